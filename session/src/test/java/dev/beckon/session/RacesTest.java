package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.CHESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What crosses on the way, comes twice, from elsewhere or too late: docs/wire.md, "Races" and "Who is answered". */
class RacesTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice = new Device(network, ALICE, "desk", "192.0.2.1")
            .knows(BOB)
            .with(BOARD, "Board")
            .with(CHESS, "Chess");
    private final Device bob = new Device(network, BOB, "desk", "192.0.2.2")
            .knows(ALICE)
            .with(BOARD, "Board")
            .with(CHESS, "Chess");

    private Device.App inviting() {
        Device.App app = alice.app(50, BOARD, null);
        app.invites(BOB, BOARD, "board 7");
        return app;
    }

    private String sid(Device.App app) {
        return app.session.sessionId().replaceAll("[{}]", "").toLowerCase(java.util.Locale.ROOT);
    }

    @Test
    void whenRetractAndProceedCrossTheRetractWins() {
        Device.App app = inviting();
        network.hold(s -> s instanceof Signal.Proceed);
        bob.asked().accept(null);
        app.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        network.release();
        assertThat(app.session.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.heardOf(bob.asked())).endsWith("cancelled null", "terminated SR_SESSION_CANCELLED_REMOTE null");
    }

    @Test
    void whenTheRetractIsLateTheProceedIsRefusedAndBothAreCancelledStill() {
        Device.App app = inviting();
        network.hold(s -> s instanceof Signal.Proceed || s instanceof Signal.Retract);
        bob.asked().accept(null);
        app.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        network.release();
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.heardOf(bob.asked()))
                .filteredOn(e -> e.startsWith("terminated"))
                .hasSize(1);
    }

    @Test
    void whenRejectAndRetractCrossEachKeepsItsOwn() {
        Device.App app = inviting();
        network.hold(s -> s instanceof Signal.Reject || s instanceof Signal.Retract);
        bob.asked().decline(null);
        app.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        network.release();
        assertThat(app.session.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.asked().state()).isEqualTo(SessionState.DECLINED);
    }

    @Test
    void whenTwoEndsCrossBothAreTerminatedOnce() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        Device.App board = bob.launchedApp();
        clock.passSeconds(2);
        network.hold(s -> s instanceof Signal.Terminate);
        app.session.cancel(ResultCode.S_OK, null);
        board.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        network.release();
        assertThat(app.heard).endsWith("from CONNECTED", "terminated SR_SESSION_CANCELLED_LOCAL null");
        assertThat(board.heard).endsWith("from CONNECTED", "terminated SR_SESSION_CANCELLED_LOCAL null");
    }

    // ---- crossing invitations

    @Test
    void crossingInvitationsBecomeOneSession() {
        network.hold(s -> s instanceof Signal.Propose);
        Device.App a = inviting();
        Device.App b = bob.app(60, BOARD, null);
        b.invites(ALICE, BOARD, "board 8");
        network.release();
        clock.passSeconds(2);
        Device.App winner = sid(a).equals(sid(b)) && a.session.flags().contains(SessionFlag.INVITER) ? a : b;
        Device.App loser = winner == a ? b : a;
        assertThat(a.session.sessionId()).isEqualTo(b.session.sessionId());
        assertThat(winner.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(loser.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(loser.session.flags()).contains(SessionFlag.INVITEE);
        assertThat(winner.heard)
                .containsExactly(
                        "from READY",
                        "from INVITATION",
                        winner == a ? "accepted board 8" : "accepted board 7",
                        "ready to launch",
                        "from ACCEPTED");
        assertThat(loser.heard).containsExactly("from READY", "from INVITATION", "ready to launch", "from ACCEPTED");
        assertThat(alice.toAnswer).isEmpty();
        assertThat(bob.toAnswer).isEmpty();
        assertThat(alice.launcher.started).isEmpty();
        assertThat(bob.launcher.started).isEmpty();
    }

    @Test
    void crossingWorksWhicheverArrivesFirst() {
        for (int i = 0; i < 20; i++) {
            boolean aliceFirst = i % 2 == 0;
            network.hold(s -> s instanceof Signal.Propose);
            Device.App a = inviting();
            Device.App b = bob.app(60, BOARD, null);
            b.invites(ALICE, BOARD, null);
            String held = aliceFirst ? ALICE : BOB;
            network.fate = p -> java.util.List.of(
                    p.from().bare().equals(held) ? java.time.Duration.ofMillis(50) : java.time.Duration.ZERO);
            network.release();
            clock.passSeconds(3);
            assertThat(a.session.sessionId()).isEqualTo(b.session.sessionId());
            assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
            assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
            a.messenger.close();
            b.messenger.close();
            clock.passSeconds(1);
        }
    }

    @Test
    void crossingInvitationsForDifferentApplicationsBothStand() {
        network.hold(s -> s instanceof Signal.Propose);
        Device.App a = inviting();
        Device.App b = bob.app(60, CHESS, null);
        b.invites(ALICE, CHESS, null);
        network.release();
        assertThat(a.session.state()).isEqualTo(SessionState.INVITATION);
        assertThat(b.session.state()).isEqualTo(SessionState.INVITATION);
        assertThat(alice.toAnswer).hasSize(1);
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void invitingWhoIsRingingAnswersTheInvitation() {
        for (int i = 0; i < 20; i++) {
            Device.App a = inviting();
            Device.App b = bob.app(60, BOARD, null);
            b.invites(ALICE, BOARD, null);
            clock.passSeconds(3);
            assertThat(a.session.sessionId()).isEqualTo(b.session.sessionId());
            assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
            assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
            assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
            assertThat(bob.heardOf(bob.asked())).endsWith("terminated SR_SESSION_CANCELLED_LOCAL null");
            assertThat(bob.window.missedInvitations()).isEmpty();
            a.messenger.close();
            b.messenger.close();
            clock.passSeconds(1);
        }
    }

    // ---- several devices

    @Test
    void acceptedElsewhereStopsRinging() {
        Device phone =
                new Device(network, BOB, "phone", "192.0.2.3").knows(ALICE).with(BOARD, "Board");
        Device.App app = inviting();
        phone.asked().accept(null);
        clock.settle();
        assertThat(app.session.state()).isEqualTo(SessionState.ACCEPTED);
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.heardOf(bob.asked()))
                .containsExactly("from INVITATION", "terminated SR_SESSION_CANCELLED_LOCAL null");
        // The inviter's retry after an outage neither rings again nor counts as missed.
        bob.line.receive(alice.line.jid, network.sentBy(ALICE).get(0));
        assertThat(bob.toAnswer).hasSize(1);
        app.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        assertThat(bob.window.missedInvitations()).isEmpty();
        assertThat(phone.window.missedInvitations()).isEmpty();
    }

    @Test
    void withoutCarbonsItStopsRingingToo() {
        network.carbons = false;
        Device desk = new Device(network, "carol@c.example", "desk", "192.0.2.3")
                .knows(ALICE)
                .with(BOARD, "Board");
        Device phone = new Device(network, "carol@c.example", "phone", "192.0.2.4")
                .knows(ALICE)
                .with(BOARD, "Board");
        Device.App app = alice.app(50, BOARD, null);
        app.invites("carol@c.example", BOARD, null);
        phone.asked().decline(null);
        clock.settle();
        assertThat(app.session.state()).isEqualTo(SessionState.DECLINED);
        assertThat(desk.asked().state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void twoDevicesThatAcceptAtOnceFirstComeFirstServed() {
        Device phone =
                new Device(network, BOB, "phone", "192.0.2.3").knows(ALICE).with(BOARD, "Board");
        Device.App app = inviting();
        phone.asked().accept("phone");
        bob.asked().accept("desk");
        clock.settle();
        assertThat(app.heard).contains("accepted phone").doesNotContain("accepted desk");
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.heardOf(bob.asked())).endsWith("from ACCEPTED", "terminated SR_SESSION_CANCELLED_LOCAL null");
        assertThat(phone.asked().state()).isEqualTo(SessionState.ACCEPTED);
    }

    @Test
    void onMissingAppOtherDevicesKeepRinging() {
        Device phone = new Device(network, BOB, "phone", "192.0.2.3").knows(ALICE);
        Device.App app = inviting();
        phone.asked().accept(null);
        clock.passSeconds(60);
        assertThat(bob.asked().state()).isEqualTo(SessionState.INVITATION);
        bob.asked().accept(null);
        clock.settle();
        assertThat(app.session.state()).isEqualTo(SessionState.ACCEPTED);
        assertThat(phone.asked().state()).isEqualTo(SessionState.CANCELLED);
    }

    // ---- who is answered

    @Test
    void afterAcceptanceOnlyTheBoundDeviceIsHeard() {
        Device.App app = inviting();
        bob.asked().accept(null);
        clock.settle();
        Jid phone = new Jid(BOB, "phone");
        Ending cancel = new Ending(Reason.CANCEL, null, null, false);
        assertThat(alice.line.receive(phone, new Signal.Proceed(sid(app), null)).what)
                .isEqualTo("item-not-found");
        assertThat(alice.line.receive(phone, new Signal.Terminate(sid(app), cancel)).what)
                .isEqualTo("item-not-found");
        assertThat(alice.line.receive(phone, new Signal.Reject(sid(app), cancel)).what)
                .isEqualTo("item-not-found");
        assertThat(alice.line.receive(phone, new Signal.Finish(sid(app), cancel)).what)
                .isEqualTo("item-not-found");
        assertThat(alice.line.receive(phone, new Signal.Ringing(sid(app), true)).what)
                .isEqualTo("ack");
        assertThat(alice.line.receive(phone, new Signal.AppMissing(sid(app))).what)
                .isEqualTo("ack");
        assertThat(app.session.state()).isEqualTo(SessionState.ACCEPTED);
    }

    @Test
    void strangersGetSilenceAndAnsweredIqs() {
        Device.App app = inviting();
        Jid mallory = new Jid("mallory@m.example", "x");
        Ending cancel = new Ending(Reason.CANCEL, null, null, false);
        assertThat(alice.line.receive(mallory, new Signal.Proceed(sid(app), null)).what)
                .isEqualTo("silence");
        assertThat(bob.line.receive(mallory, new Signal.Retract(sid(app), cancel)).what)
                .isEqualTo("silence");
        assertThat(alice.line.receive(mallory, new Signal.Terminate(sid(app), cancel)).what)
                .isEqualTo("item-not-found");
        assertThat(bob.line.receive(mallory, new Signal.Malformed("", false, "propose", BOARD, "bad-request", "?"))
                        .what)
                .isEqualTo("silence");
        assertThat(bob.line.receive(mallory, new Signal.Malformed("", true, "session-initiate", "", "bad-request", "?"))
                        .what)
                .isEqualTo("bad-request");
        assertThat(app.session.state()).isEqualTo(SessionState.INVITATION);
        assertThat(bob.asked().state()).isEqualTo(SessionState.INVITATION);
    }

    @Test
    void whatIsUnknownIsIgnoredUnlessItMustBeAnswered() {
        String unknown = UUID.randomUUID().toString();
        Jid friend = new Jid(BOB, "desk");
        assertThat(alice.line.receive(friend, new Signal.Proceed(unknown, null)).what)
                .isEqualTo("silence");
        assertThat(alice.line.receive(friend, new Signal.Ringing(unknown, true)).what)
                .isEqualTo("silence");
        assertThat(alice.line.receive(friend, new Signal.Ping(unknown)).what).isEqualTo("item-not-found");
        assertThat(alice.line.receive(
                                friend, new Signal.Malformed(unknown, false, "propose", BOARD, "bad-request", "?"))
                        .what)
                .isEqualTo("bad-request");
        assertThat(alice.line.receive(friend, new Signal.Malformed(unknown, false, "proceed", "", "bad-request", "?"))
                        .what)
                .isEqualTo("silence");
    }

    @Test
    void duplicatesChangeNothing() {
        network.fate = p -> java.util.List.of(java.time.Duration.ZERO, java.time.Duration.ZERO);
        Device.App app = inviting();
        assertThat(bob.toAnswer).hasSize(1);
        bob.asked().accept("once");
        bob.settle();
        Device.App board = bob.launchedApp();
        clock.passSeconds(2);
        board.session.cancel(ResultCode.S_OK, null);
        clock.passSeconds(2);
        assertThat(app.heard)
                .containsExactly(
                        "from READY",
                        "from INVITATION",
                        "accepted once",
                        "ready to launch",
                        "from ACCEPTED",
                        "from CONNECTED",
                        "cancelled null",
                        "terminated SR_SESSION_CANCELLED_REMOTE null");
    }

    @Test
    void anExactDuplicateOfAnIqIsAcknowledgedAgain() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        Signal initiate = network.sentBy(ALICE).stream()
                .filter(s -> s instanceof Signal.Initiate)
                .findFirst()
                .orElseThrow();
        Signal accept = network.sentBy(BOB).stream()
                .filter(s -> s instanceof Signal.Accept)
                .findFirst()
                .orElseThrow();
        assertThat(bob.line.receive(alice.line.jid, initiate).what).isEqualTo("ack");
        assertThat(alice.line.receive(bob.line.jid, accept).what).isEqualTo("ack");
        Signal other = new Signal.Accept(sid(app), BOARD, new Signal.Endpoint("192.0.2.66", Signal.Endpoint.ADDRESSES));
        assertThat(alice.line.receive(bob.line.jid, other).what).isEqualTo("unexpected-request");
        assertThat(app.session.remoteAddress()).isEqualTo("192.0.2.2");
    }

    @Test
    void aRefusedProceedLeavesTheInvitationOpen() {
        Device.App app = inviting();
        var answer = alice.line.receive(
                bob.line.jid, new Signal.Malformed(sid(app), false, "proceed", "", "bad-request", "513 bytes"));
        assertThat(answer.what).isEqualTo("bad-request");
        assertThat(app.session.state()).isEqualTo(SessionState.INVITATION);
    }

    @Test
    void oneDevicesErrorLeavesTheInvitationStanding() {
        Device.App app = alice.app(50, BOARD, null);
        alice.registry.all.put(
                CHESS, new dev.beckon.Application(CHESS, "Chess", "http://apps.example/chess", "/opt/chess"));
        app.invites(BOB, CHESS, null);
        assertThat(bob.toAnswer).isEmpty();
        assertThat(app.session.state()).isEqualTo(SessionState.INVITATION);
    }

    @Test
    void anEndThatCannotBeReadIsAProtocolError() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        var answer = alice.line.receive(
                bob.line.jid, new Signal.Malformed(sid(app), true, "session-terminate", "", "bad-request", "?"));
        assertThat(answer.what).isEqualTo("bad-request");
        assertThat(app.heard).endsWith("from CONNECTED", "terminated SR_SESSION_PROTOCOL_ERROR null");
    }

    @Test
    void aRejectWithoutAReasonIsADecline() {
        Device.App app = inviting();
        alice.line.receive(bob.line.jid, new Signal.Reject(sid(app), new Ending(null, null, null, false)));
        assertThat(app.heard).endsWith("declined null", "terminated SR_INVITATION_DECLINED null");
    }

    @Test
    void anotherGuidOrAMissingAddressIsRefused() {
        Device.App app = inviting();
        bob.asked().accept(null);
        network.hold(s -> s instanceof Signal.Initiate);
        bob.settle();
        var there = new Signal.Endpoint("192.0.2.1", Signal.Endpoint.ADDRESSES);
        var nowhere = new Signal.Endpoint(null, Signal.Endpoint.ADDRESSES);
        assertThat(bob.line.receive(alice.line.jid, new Signal.Initiate(sid(app), CHESS, there)).what)
                .isEqualTo("bad-request");
        assertThat(bob.line.receive(alice.line.jid, new Signal.Initiate(sid(app), BOARD, nowhere)).what)
                .isEqualTo("bad-request");
        assertThat(bob.asked().state()).isEqualTo(SessionState.ACCEPTED);
    }

    @Test
    void aTransportNotSpokenEndsTheSession() {
        Device.App app = inviting();
        network.hold(s -> s instanceof Signal.Initiate);
        bob.asked().accept(null);
        bob.settle();
        var ice = new Signal.Endpoint(null, "urn:xmpp:jingle:transports:ice-udp:1");
        assertThat(bob.line.receive(alice.line.jid, new Signal.Initiate(sid(app), BOARD, ice)).what)
                .isEqualTo("ack");
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
        assertThat(network.sentBy(BOB))
                .anyMatch(s -> s instanceof Signal.Terminate t && t.ending().reason() == Reason.UNSUPPORTED_TRANSPORTS);
        assertThat(app.session.state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void noAddressLeavesBeforeAcceptance() {
        inviting();
        clock.passSeconds(60);
        assertThat(alice.paths.opened).isZero();
        assertThat(bob.paths.opened).isZero();
        assertThat(network.sent).noneMatch(p -> p.signal() instanceof Signal.Initiate);
    }

    // ---- context data

    @Test
    void aFloodOfContextDataIsRefused() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        Device.App board = bob.launchedApp();
        clock.passSeconds(2);
        String last = "";
        for (int i = 0; i < Negotiation.HEARD + 1; i++) {
            last = bob.line.receive(alice.line.jid, new Signal.ContextData(sid(app), "x")).what;
        }
        assertThat(last).isEqualTo("resource-constraint");
        assertThat(board.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void contextDataWaitsForTheSessionAndIsLimitedAfterwards() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        for (int i = 0; i < 20; i++) {
            app.session.sendContextData("before " + i);
        }
        Device.App board = bob.launchedApp();
        clock.passSeconds(2);
        for (int i = 0; i < 5; i++) {
            app.session.sendContextData("after " + i);
        }
        assertThat(Device.failure(() -> app.session.sendContextData("too much")))
                .isEqualTo(ResultCode.SR_CONTEXT_DATA_OVER_LIMIT);
        assertThat(Device.failure(() -> app.session.sendContextData("x".repeat(301))))
                .isEqualTo(ResultCode.SR_CONTEXT_DATA_OVER_LIMIT);
        clock.settle();
        assertThat(board.heard).filteredOn(e -> e.startsWith("context before")).hasSize(20);
        assertThat(board.heard).filteredOn(e -> e.startsWith("context after")).hasSize(5);
    }
}
