package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import org.junit.jupiter.api.Test;

/** The rows of the state table, spec section 3, between two people. */
class TwoPeopleTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice =
            new Device(network, ALICE, "desk", "192.0.2.1").knows(BOB).with(BOARD, "Board");
    private final Device bob =
            new Device(network, BOB, "desk", "192.0.2.2").knows(ALICE).with(BOARD, "Board");

    /** Alice's application invites, Bob's window is asked. */
    private Device.App inviting() {
        Device.App app = alice.app(50, BOARD, null);
        app.invites(BOB, BOARD, "board 7");
        return app;
    }

    /** Both are CONNECTED: Alice's application invited, Bob's was launched. */
    private Device.App[] connected() {
        Device.App a = inviting();
        bob.asked().accept("here I am");
        bob.settle();
        Device.App b = bob.launchedApp();
        clock.passSeconds(2);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
        return new Device.App[] {a, b};
    }

    @Test
    void aNewSessionIsReady() {
        Session session = alice.app(50, BOARD, null).messenger.sessionManager().createSession();
        assertThat(session.state()).isEqualTo(SessionState.READY);
        assertThat(session.sessionId()).matches("\\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}}");
        assertThat(session.flags()).isEmpty();
        assertThat(failure(session::application)).isEqualTo(ResultCode.SR_APP_NOT_SPECIFIED);
        assertThat(failure(session::user)).isEqualTo(ResultCode.SR_NO_USER_INVITED);
    }

    @Test
    void anInvitationRingsAtTheRecipient() {
        Device.App app = inviting();
        assertThat(app.heard).containsExactly("from READY");
        assertThat(app.session.state()).isEqualTo(SessionState.INVITATION);
        Session invitation = bob.asked();
        assertThat(invitation.state()).isEqualTo(SessionState.INVITATION);
        assertThat(invitation.sessionId()).isEqualTo(app.session.sessionId());
        assertThat(invitation.contextData()).isEqualTo("board 7");
        assertThat(invitation.user().signInName()).isEqualTo(ALICE);
        assertThat(invitation.flags()).containsExactly(SessionFlag.INVITEE, SessionFlag.APP_INVITE_COMPATIBLE);
        assertThat(app.session.flags()).containsExactly(SessionFlag.INVITER, SessionFlag.APP_INVITE_COMPATIBLE);
    }

    @Test
    void acceptanceConnectsBoth() {
        Device.App[] apps = connected();
        assertThat(apps[0].heard)
                .containsExactly(
                        "from READY", "from INVITATION", "accepted here I am", "ready to launch", "from ACCEPTED");
        assertThat(bob.heardOf(bob.asked())).containsExactly("from INVITATION", "ready to launch", "from ACCEPTED");
        assertThat(apps[0].session.remoteAddress()).isEqualTo("192.0.2.2");
        assertThat(apps[1].session.remoteAddress()).isEqualTo("192.0.2.1");
        assertThat(alice.launcher.started).isEmpty();
        assertThat(bob.launcher.started).hasSize(1);
    }

    @Test
    void fromTheWindowBothSidesLaunch() {
        Session session = alice.invites(BOB, BOARD, null);
        bob.asked().accept(null);
        bob.settle();
        assertThat(alice.launcher.started).hasSize(1);
        Device.App a = alice.launchedApp();
        Device.App b = bob.launchedApp();
        clock.passSeconds(2);
        assertThat(session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(a.session.sessionId()).isEqualTo(b.session.sessionId());
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void decliningTellsTheInviter() {
        Device.App app = inviting();
        bob.asked().decline("no time");
        bob.settle();
        assertThat(app.heard)
                .containsExactly(
                        "from READY",
                        "from INVITATION",
                        "declined no time",
                        "terminated SR_INVITATION_DECLINED no time");
        assertThat(app.session.state()).isEqualTo(SessionState.DECLINED);
        assertThat(bob.asked().state()).isEqualTo(SessionState.DECLINED);
        assertThat(bob.heardOf(bob.asked()))
                .containsExactly("from INVITATION", "terminated SR_INVITATION_DECLINED null");
    }

    @Test
    void cancellingBeforeAcceptanceTakesItBack() {
        Device.App app = inviting();
        app.session.cancel(ResultCode.S_OK, "changed my mind");
        alice.settle();
        assertThat(app.session.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(app.heard)
                .containsExactly("from READY", "from INVITATION", "terminated SR_SESSION_CANCELLED_LOCAL null");
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.heardOf(bob.asked()))
                .containsExactly(
                        "from INVITATION",
                        "cancelled changed my mind",
                        "terminated SR_SESSION_CANCELLED_REMOTE changed my mind");
        assertThat(bob.window.missedInvitations()).hasSize(1);
    }

    @Test
    void anUnansweredInvitationTimesOutOnBothSides() {
        Device.App app = inviting();
        clock.passSeconds(119);
        assertThat(app.session.state()).isEqualTo(SessionState.INVITATION);
        clock.passSeconds(2);
        assertThat(app.session.state()).isEqualTo(SessionState.TERMINATED);
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
        assertThat(app.heard).endsWith("from INVITATION", "terminated SR_SESSION_TIMEOUT null");
        assertThat(bob.heardOf(bob.asked())).containsExactly("from INVITATION", "terminated SR_SESSION_TIMEOUT null");
        assertThat(bob.window.missedInvitations()).hasSize(1);
    }

    @Test
    void anInvitationNobodyReceivesIsASendError() {
        bob.line.drop();
        clock.settle();
        Device.App app = inviting();
        assertThat(app.heard)
                .containsExactly(
                        "from READY",
                        "from INVITATION",
                        "send error SR_INVITATION_SEND_FAILURE",
                        "terminated SR_INVITATION_SEND_FAILURE null");
    }

    @Test
    void eitherMayEndAConnectedSession() {
        Device.App[] apps = connected();
        apps[1].session.cancel(ResultCode.S_OK, "bye");
        bob.settle();
        assertThat(apps[1].heard).endsWith("from CONNECTED", "terminated SR_SESSION_CANCELLED_LOCAL null");
        assertThat(apps[0].heard)
                .endsWith("from CONNECTED", "cancelled bye", "terminated SR_SESSION_CANCELLED_REMOTE bye");
        assertThat(alice.paths.open).isZero();
        assertThat(bob.paths.open).isZero();
        assertThat(network.sent)
                .filteredOn(p -> p.signal() instanceof Signal.Finish)
                .hasSize(2);
    }

    @Test
    void theCodeGivenReachesTheOtherSide() {
        Device.App[] apps = connected();
        apps[0].session.cancel(ResultCode.SR_CONNECTION_FAILURE, null);
        alice.settle();
        assertThat(apps[1].heard).endsWith("from CONNECTED", "cancelled null", "terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void takenBackWithACodeOfTheApplicationBothAreCancelledAndTheCodeIsTold() {
        Device.App app = inviting();
        app.session.cancel(ResultCode.SR_SESSION_TIMEOUT, "too slow");
        alice.settle();
        assertThat(app.session.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
        assertThat(bob.heardOf(bob.asked()))
                .containsExactly("from INVITATION", "cancelled too slow", "terminated SR_SESSION_TIMEOUT too slow");
    }

    @Test
    void cancellingBeforeConnectedSaysSo() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        app.session.cancel(ResultCode.S_OK, null);
        alice.settle();
        assertThat(app.heard).endsWith("from ACCEPTED", "terminated SR_CANCEL_BEFORE_CONNECT null");
        assertThat(bob.heardOf(bob.asked()))
                .endsWith("from ACCEPTED", "cancelled null", "terminated SR_CANCEL_BEFORE_CONNECT null");
    }

    @Test
    void noPathEndsBoth() {
        bob.paths.fails = true;
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        assertThat(app.heard).endsWith("from ACCEPTED", "terminated SR_CONNECTION_FAILURE null");
        assertThat(bob.heardOf(bob.asked())).endsWith("from ACCEPTED", "terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void anApplicationThatCannotBeStartedEndsBoth() {
        bob.launcher.fails = true;
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        assertThat(app.heard).endsWith("from ACCEPTED", "terminated SR_APPLICATION_LAUNCH_FAILED null");
        assertThat(bob.heardOf(bob.asked())).endsWith("from ACCEPTED", "terminated SR_APPLICATION_LAUNCH_FAILED null");
    }

    @Test
    void anApplicationThatNeverAttachesEndsBoth() {
        Device.App app = inviting();
        bob.asked().accept(null);
        clock.passSeconds(26);
        assertThat(app.heard).endsWith("from ACCEPTED", "terminated SR_APPLICATION_LAUNCH_FAILED null");
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
    }
}
