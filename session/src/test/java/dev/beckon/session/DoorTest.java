package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.CHESS;
import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import dev.beckon.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which invitations ring, and who learns of it. */
class DoorTest {
    private static final String ALICE = "alice@a.example";
    private static final Jid DESK = new Jid(ALICE, "desk");

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device bob = new Device(network, "bob@b.example", "desk", "192.0.2.2")
            .knows(ALICE)
            .with(BOARD, "Board");

    private Signal.Propose propose(String guid, Duration life, @Nullable String ticket) {
        Instant sent = clock.now();
        return new Signal.Propose(
                UUID.randomUUID().toString(),
                guid,
                "Board",
                "https://apps.example/b",
                sent,
                sent.plus(life),
                "x",
                ticket);
    }

    private Signal.Propose propose() {
        return propose(BOARD, Duration.ofSeconds(120), null);
    }

    private String receive(Jid from, Signal signal) {
        return bob.line.receive(from, signal).what;
    }

    @Test
    void aStrangersInvitationIsSilentlyMissed() {
        assertThat(receive(new Jid("mallory@m.example", "x"), propose())).isEqualTo("silence");
        assertThat(bob.seen).isEmpty();
        assertThat(network.sent).isEmpty();
        assertThat(bob.window.missedInvitations()).hasSize(1);
    }

    @Test
    void aStrangerCannotCrowdOutOtherMissedInvitations() {
        for (int i = 0; i < 300; i++) {
            receive(new Jid("mallory@m.example", "x"), propose());
        }
        assertThat(bob.window.missedInvitations()).hasSize(Sessions.MISSED_PER_PERSON);
    }

    @Test
    void policyMayLetStrangersRing() {
        bob.rules.strangers = true;
        receive(new Jid("mallory@m.example", "x"), propose());
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void theBlockedAreNotEvenMissed() {
        bob.contacts.blocked.add(ALICE);
        assertThat(receive(DESK, propose())).isEqualTo("silence");
        assertThat(bob.window.missedInvitations()).isEmpty();
        assertThat(bob.seen).isEmpty();
    }

    @Test
    void threeForOneApplicationAndTenFromOnePersonAreEnough() {
        for (int i = 0; i < 5; i++) {
            receive(DESK, propose());
        }
        assertThat(bob.toAnswer).hasSize(3);
        for (int i = 0; i < 20; i++) {
            receive(
                    DESK,
                    propose("{00000000-0000-0000-0000-0000000000%02d}".formatted(i), Duration.ofSeconds(120), null));
        }
        assertThat(bob.toAnswer).hasSize(10);
        clock.passSeconds(121);
        receive(DESK, propose());
        assertThat(bob.toAnswer).hasSize(11);
    }

    @Test
    void whoIsOverTheLimitGetsSilenceWhateverIsSent() {
        Signal.Malformed unreadable = new Signal.Malformed("", false, "propose", BOARD, "bad-request", "?");
        assertThat(receive(DESK, unreadable)).isEqualTo("bad-request");
        for (int i = 0; i < 3; i++) {
            receive(DESK, propose());
        }
        assertThat(receive(DESK, unreadable)).isEqualTo("silence");
    }

    @Test
    void anInvitationOlderThanItsLifeIsMissed() {
        Signal.Propose old = propose();
        clock.passSeconds(181);
        bob.line.receive(DESK, bob.line.jid, old, old.sent(), Carrier.Carbon.NONE);
        assertThat(bob.toAnswer).isEmpty();
        assertThat(bob.window.missedInvitations()).hasSize(1);
    }

    @Test
    void aDelayedInvitationRingsForWhatIsLeft() {
        Signal.Propose old = propose();
        clock.passSeconds(150);
        bob.line.receive(DESK, bob.line.jid, old, old.sent(), Carrier.Carbon.NONE);
        assertThat(bob.toAnswer).hasSize(1);
        clock.passSeconds(31);
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void aWrongClockOverThereKeepsNobodyFromRinging() {
        Instant past = clock.now().minus(Duration.ofDays(400));
        receive(
                DESK,
                new Signal.Propose(
                        UUID.randomUUID().toString(), BOARD, "Board", "", past, past.plusSeconds(120), null, null));
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void nothingRingsLongerThanTenMinutes() {
        receive(DESK, propose(BOARD, Duration.ofDays(1), null));
        clock.passSeconds(599);
        assertThat(bob.asked().state()).isEqualTo(SessionState.INVITATION);
        clock.passSeconds(2);
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void whatBreaksALimitIsRefused() {
        assertThat(receive(DESK, propose("{lower}", Duration.ofSeconds(1), null)))
                .isEqualTo("bad-request");
        assertThat(receive(DESK, propose(BOARD, Duration.ZERO, null))).isEqualTo("bad-request");
        Instant now = clock.now();
        Signal.Propose http = new Signal.Propose(
                UUID.randomUUID().toString(), BOARD, "B", "http://apps.example/", now, now.plusSeconds(9), null, null);
        assertThat(receive(DESK, http)).isEqualTo("bad-request");
        bob.rules.http = true;
        assertThat(receive(DESK, http)).isEqualTo("ack");
    }

    @Test
    void aRetriedInvitationRingsOnce() {
        Signal.Propose propose = propose();
        receive(DESK, propose);
        receive(DESK, propose);
        assertThat(bob.toAnswer).hasSize(1);
        assertThat(network.sent).hasSize(1);
    }

    // ---- the lock

    @Test
    void whereTheServiceLocksOnlyAGoodTicketRings() {
        bob.authority.locks = true;
        bob.authority.listener.enabled(true);
        receive(DESK, propose(BOARD, Duration.ofSeconds(120), null));
        receive(DESK, propose(BOARD, Duration.ofSeconds(120), "forged"));
        assertThat(bob.toAnswer).isEmpty();
        assertThat(network.sent).isEmpty();
        assertThat(bob.window.missedInvitations()).hasSize(2);
        receive(DESK, propose(BOARD, Duration.ofSeconds(120), "good"));
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void beforeItIsKnownWhetherTheServiceLocksInvitationsWait() {
        Device carol = new Device(network, "carol@c.example", "desk", "192.0.2.3", Settings.DEFAULT);
        // A device that has just signed in: the authority has not been found yet.
        Device.Authority authority = new Device.Authority();
        Engine engine = new Engine(
                new Ports(
                        carol.line,
                        carol.contacts,
                        carol.talk,
                        authority,
                        carol.registry,
                        carol.launcher,
                        carol.paths,
                        carol.rules,
                        clock),
                Settings.DEFAULT,
                clock::execute,
                UUID::randomUUID);
        carol.knows(ALICE);
        carol.line.signIn();
        clock.settle();
        carol.line.receive(DESK, propose(BOARD, Duration.ofSeconds(120), "good"));
        assertThat(engine.sessions.living()).isEmpty();
        authority.listener.enabled(true);
        clock.settle();
        assertThat(engine.sessions.living()).hasSize(1);
    }

    // ---- inviting

    @Test
    void oneCannotInviteOneselfOrSomebodyWhoIsNotThere() {
        Device.App app = bob.app(50, BOARD, null);
        app.creates(BOARD);
        assertThat(failure(() -> app.session.invite(bob.contact("bob@b.example"), null)))
                .isEqualTo(ResultCode.SR_INVITED_SELF);
        bob.contacts.entries.put(
                "carol@c.example",
                new ContactList.Entry(
                        "carol@c.example", "", true, true, dev.beckon.ContactStatus.OFFLINE, java.util.Set.of()));
        assertThat(failure(() -> app.session.invite(bob.contact("carol@c.example"), null)))
                .isEqualTo(ResultCode.MSGR_E_NOT_LOGGED_ON);
        assertThat(failure(() -> app.session.invite(bob.contact(ALICE), "x".repeat(513))))
                .isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> app.session.setApplication(CHESS))).isEqualTo(ResultCode.SR_APP_NOT_REGISTERED);
        assertThat(failure(() -> app.session.sendContextData("x"))).isEqualTo(ResultCode.SR_NOT_VALID_FOR_APP_INVITE);
        assertThat(failure(() -> app.session.accept(null))).isEqualTo(ResultCode.SR_NOT_INVITEE);
        var empty = app.messenger.sessionManager().createSession();
        assertThat(failure(() -> empty.invite(bob.contact(ALICE), null))).isEqualTo(ResultCode.SR_APP_NOT_SPECIFIED);
        bob.line.drop();
        clock.settle();
        assertThat(failure(() -> app.session.invite(bob.contact(ALICE), null)))
                .isEqualTo(ResultCode.MSGR_E_NOT_LOGGED_ON);
        assertThat(app.session.state()).isEqualTo(SessionState.READY);
    }

    @Test
    void theSameNameGivesTheSameContact() {
        assertThat(bob.contact("Alice@a.example")).isSameAs(bob.contact(ALICE));
        assertThat(bob.app(50, null, null).messenger.contact(ALICE)).isSameAs(bob.contact(ALICE));
    }

    @Test
    void aConnectionHasAHundredReadySessionsAtMost() {
        Device.App app = bob.app(50, BOARD, null);
        for (int i = 0; i < 100; i++) {
            app.messenger.sessionManager().createSession();
        }
        assertThat(failure(() -> app.messenger.sessionManager().createSession()))
                .isEqualTo(ResultCode.E_OUTOFMEMORY);
    }
}
