package dev.beckon.session;

import static dev.beckon.SessionStep.ACCEPTED;
import static dev.beckon.SessionStep.APP_MISSING;
import static dev.beckon.SessionStep.ATTACHED;
import static dev.beckon.SessionStep.CONNECTED;
import static dev.beckon.SessionStep.ENDED;
import static dev.beckon.SessionStep.INVITED;
import static dev.beckon.SessionStep.LAUNCHING;
import static dev.beckon.SessionStep.RINGING;
import static dev.beckon.session.Device.BOARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Application;
import dev.beckon.MessengerListener;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a window shows of a session as it comes along. */
class StepsTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice =
            new Device(network, ALICE, "desk", "192.0.2.1").knows(BOB).with(BOARD, "Board");
    private final Device bob = new Device(network, BOB, "desk", "192.0.2.2").knows(ALICE);

    private static List<SessionStep> steps(Session session) {
        return session.steps().stream().map(Session.Step::step).toList();
    }

    /** What the window of a device was told from here on. */
    private static List<String> told(Device device) {
        List<String> told = new ArrayList<>();
        device.window.addListener(new MessengerListener() {
            @Override
            public void onSession(Session session) {
                told.add("session");
                session.addListener(new SessionListener() {
                    @Override
                    public void onStateChanged(Session same, SessionState previous) {
                        told.add("from " + previous);
                    }

                    @Override
                    public void onTermination(Session same, ResultCode code, @Nullable String appData) {
                        told.add("terminated");
                    }
                });
            }

            @Override
            public void onSessionStep(Session session, SessionStep step) {
                told.add(step.name());
            }
        });
        return told;
    }

    @Test
    void fromTheWindowASessionGoesThroughEveryStepOnBothSides() {
        bob.with(BOARD, "Board");
        List<String> told = told(alice);
        Instant begun = clock.now();
        Session session = alice.invites(BOB, BOARD, "board 7");
        assertThat(session.step()).isEqualTo(RINGING);
        clock.passSeconds(10);
        bob.asked().accept(null);
        bob.settle();
        assertThat(session.step()).isEqualTo(LAUNCHING);
        assertThat(bob.asked().step()).isEqualTo(LAUNCHING);
        alice.launchedApp();
        bob.launchedApp();
        assertThat(session.step()).isEqualTo(ATTACHED);
        clock.passSeconds(2);

        assertThat(steps(session)).containsExactly(INVITED, RINGING, ACCEPTED, LAUNCHING, ATTACHED, CONNECTED);
        assertThat(steps(bob.asked())).isEqualTo(steps(session));
        assertThat(session.steps().get(0).when()).isEqualTo(begun);
        assertThat(session.steps().get(2).when()).isEqualTo(begun.plusSeconds(10));
        session.cancel(ResultCode.S_OK, null);
        alice.settle();
        assertThat(session.step()).isEqualTo(ENDED);
        assertThat(bob.asked().step()).isEqualTo(ENDED);
        assertThat(told)
                .containsExactly(
                        "session",
                        "INVITED",
                        "RINGING",
                        "from INVITATION",
                        "ACCEPTED",
                        "LAUNCHING",
                        "ATTACHED",
                        "from ACCEPTED",
                        "CONNECTED",
                        "from CONNECTED",
                        "ENDED",
                        "terminated");
    }

    @Test
    void nobodyRingsWhereTheRecipientIsNotThere() {
        network.fate = lost -> List.of();
        Session session = alice.invites(BOB, BOARD, null);
        assertThat(steps(session)).containsExactly(INVITED);
    }

    @Test
    void anApplicationThatRunsAlreadyIsNotLaunched() {
        bob.with(BOARD, "Board");
        Device.App running = bob.app(60, BOARD, null);
        running.handles = true;
        Session session = alice.app(50, BOARD, null).invites(BOB, BOARD, null);
        running.invited.get(0).accept(null);
        clock.passSeconds(2);
        assertThat(steps(session)).containsExactly(INVITED, RINGING, ACCEPTED, ATTACHED, CONNECTED);
        assertThat(steps(running.invited.get(0))).isEqualTo(steps(session));
    }

    @Test
    void aMissingApplicationIsAStepOnBothSides() {
        Session session = alice.invites(BOB, BOARD, null);
        bob.asked().accept(null);
        bob.settle();
        bob.asked().accept(null);
        bob.settle();
        assertThat(steps(session)).containsExactly(INVITED, RINGING, APP_MISSING);
        assertThat(steps(bob.asked())).containsExactly(INVITED, RINGING, APP_MISSING);
        bob.registry.add(new Application(BOARD, "Board", "", "/opt/Board"));
        bob.settle();
        assertThat(steps(bob.asked())).containsExactly(INVITED, RINGING, APP_MISSING, ACCEPTED, LAUNCHING);
        assertThat(steps(session)).containsExactly(INVITED, RINGING, APP_MISSING, ACCEPTED, LAUNCHING);
    }

    @Test
    void anInvitationSaysUntilWhenItMayBeAnswered() {
        assertThat(alice.app(50, BOARD, null).creates(BOARD).expires()).isNull();
        Instant begun = clock.now();
        Session session = alice.invites(BOB, BOARD, null);
        assertThat(session.expires()).isEqualTo(begun.plusSeconds(120));
        assertThat(bob.asked().expires()).isEqualTo(begun.plusSeconds(120));
        clock.passSeconds(60);
        bob.asked().accept(null);
        bob.settle();
        Instant installed = begun.plusSeconds(60).plus(Duration.ofMinutes(15));
        assertThat(session.expires()).isEqualTo(installed);
        assertThat(bob.asked().expires()).isEqualTo(installed);
        bob.with(BOARD, "Board");
        assertThat(session.expires()).isNull();
        assertThat(bob.asked().expires()).isNull();
    }

    @Test
    void aSessionSaysWithWhatItEnded() {
        Session session = alice.invites(BOB, BOARD, null);
        assertThat(session.result()).isNull();
        bob.asked().decline(null);
        bob.settle();
        assertThat(session.result()).isEqualTo(ResultCode.SR_INVITATION_DECLINED);
        assertThat(bob.asked().result()).isEqualTo(ResultCode.SR_INVITATION_DECLINED);
        Session lapsed = alice.invites(BOB, BOARD, null);
        clock.passSeconds(121);
        assertThat(lapsed.result()).isEqualTo(ResultCode.SR_SESSION_TIMEOUT);
        assertThat(steps(lapsed)).containsExactly(INVITED, RINGING, ENDED);
    }

    @Test
    void theTextOfTheInvitationStaysWhenContextDataComes() {
        bob.with(BOARD, "Board");
        Device.App app = alice.app(50, BOARD, null);
        assertThat(app.creates(BOARD).invitationText()).isNull();
        app.session.invite(alice.contact(BOB), "board 7");
        clock.settle();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        app.session.sendContextData("port 7000");
        clock.settle();
        assertThat(bob.asked().contextData()).isEqualTo("port 7000");
        assertThat(bob.asked().invitationText()).isEqualTo("board 7");
        assertThat(app.session.invitationText()).isEqualTo("board 7");
    }

    @Test
    void whatTheOtherSideRepeatsIsNoStep() {
        Session session = alice.invites(BOB, BOARD, null);
        List<String> told = told(alice);
        String sid = network.sent.get(0).signal().sid();
        bob.line.send(new Jid(ALICE, "desk"), new Signal.Ringing(sid, false), Engine.UNHEARD);
        bob.line.send(new Jid(ALICE, "desk"), new Signal.AppMissing(sid), Engine.UNHEARD);
        bob.line.send(new Jid(ALICE, "desk"), new Signal.Ringing(sid, true), Engine.UNHEARD);
        clock.settle();
        assertThat(steps(session)).containsExactly(INVITED, RINGING, APP_MISSING);
        assertThat(told).containsExactly("APP_MISSING");
    }

    @Test
    void crossingInvitationsAreOneSessionThatGoesOn() {
        bob.with(BOARD, "Board");
        Session hers = alice.window.invite(alice.contact(BOB), BOARD, "from alice");
        Session his = bob.window.invite(bob.contact(ALICE), BOARD, "from bob");
        clock.settle();
        assertThat(hers.sessionId()).isEqualTo(his.sessionId());
        assertThat(hers.invitationText()).isEqualTo(his.invitationText());
        for (Session session : List.of(hers, his)) {
            assertThat(steps(session)).startsWith(INVITED).endsWith(ACCEPTED, LAUNCHING);
            assertThat(session.expires()).isNull();
        }
        assertThat(alice.window.sessions()).containsExactly(hers);
        assertThat(bob.window.sessions()).containsExactly(his);
    }
}
