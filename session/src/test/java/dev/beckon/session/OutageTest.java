package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import dev.beckon.SessionState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that go and come back, and the other side that does not. */
class OutageTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice =
            new Device(network, ALICE, "desk", "192.0.2.1").knows(BOB).with(BOARD, "Board");
    private final Device bob =
            new Device(network, BOB, "desk", "192.0.2.2").knows(ALICE).with(BOARD, "Board");
    private Device.App a;

    @BeforeEach
    void invite() {
        a = alice.app(50, BOARD, null);
        a.invites(BOB, BOARD, null);
    }

    private Device.App connect() {
        bob.asked().accept(null);
        bob.settle();
        Device.App b = bob.launchedApp();
        clock.passSeconds(2);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
        return b;
    }

    @Test
    void aShortOutageIsSurvived() {
        Device.App b = connect();
        alice.line.drop();
        clock.passSeconds(40);
        alice.line.signIn();
        clock.passSeconds(300);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void aLongOutageEndsBothSidesWithinAMinute() {
        Device.App b = connect();
        alice.line.drop();
        clock.passSeconds(61);
        assertThat(a.heard).endsWith("from CONNECTED", "terminated SR_CONNECTION_FAILURE null");
        assertThat(b.heard).endsWith("from CONNECTED", "terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void whoOnlyTurnsInvisibleIsStillThere() {
        Device.App b = connect();
        alice.line.seesGone(bob.line.jid);
        bob.line.seesGone(alice.line.jid);
        clock.passSeconds(300);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void withoutPresenceAKilledAgentIsMissedWithinTwoMinutes() {
        Device.App b = connect();
        // Nobody says that it is gone, and nobody answers.
        network.fate = p -> java.util.List.of();
        clock.passSeconds(30 + 15 + 60 + 1);
        assertThat(b.heard).endsWith("terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void anAgentThatStartedAnewKnowsNothingAndTheOtherSideEndsAtOnce() {
        Device.App b = connect();
        alice.line.drop();
        clock.settle();
        new Device(network, ALICE, "desk", "192.0.2.1").knows(BOB).with(BOARD, "Board");
        clock.passSeconds(11);
        assertThat(b.heard).endsWith("terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void signedInAsAnotherDeviceTheSessionEnds() {
        Device.App b = connect();
        alice.line.drop();
        alice.line.signInAs(new Jid(ALICE, "other"));
        clock.passSeconds(75);
        assertThat(a.heard).endsWith("terminated SR_CONNECTION_FAILURE null");
        assertThat(b.heard).endsWith("terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void anInvitationSurvivesAnOutageOfTheInviter() {
        alice.line.drop();
        clock.passSeconds(30);
        alice.line.signIn();
        clock.settle();
        assertThat(bob.toAnswer).hasSize(1);
        connect();
    }

    @Test
    void anInvitationSurvivesAnotherAddressOfTheInviter() {
        alice.line.drop();
        clock.passSeconds(5);
        alice.line.signInAs(new Jid(ALICE, "other"));
        clock.settle();
        connect();
    }

    @Test
    void anInvitationSurvivesARestartOfTheService() {
        alice.line.drop();
        bob.line.drop();
        clock.passSeconds(5);
        alice.line.signIn(); // first: bob is not there yet, and the retry finds nobody
        clock.passSeconds(3);
        bob.line.signIn();
        clock.passSeconds(6);
        assertThat(a.session.state()).isEqualTo(SessionState.INVITATION);
        connect();
    }

    @Test
    void offlineOneCannotAcceptButTryAgain() {
        bob.line.drop();
        clock.settle();
        assertThat(failure(() -> bob.asked().accept(null))).isEqualTo(ResultCode.SR_ACCEPT_SEND_FAILURE);
        assertThat(bob.asked().state()).isEqualTo(SessionState.INVITATION);
        bob.line.signIn();
        clock.settle();
        connect();
    }

    @Test
    void offlineOneCanCancelAndTheOtherSideLearnsLater() {
        alice.line.drop();
        clock.settle();
        a.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        assertThat(a.heard)
                .endsWith(
                        "from INVITATION",
                        "send error SR_CANCEL_SEND_FAILURE",
                        "terminated SR_SESSION_CANCELLED_LOCAL null");
        assertThat(bob.asked().state()).isEqualTo(SessionState.INVITATION);
        alice.line.signIn();
        clock.settle();
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void offlineOneCanDeclineAndTheOtherSideLearnsLater() {
        bob.line.drop();
        clock.settle();
        bob.asked().decline(null);
        bob.settle();
        assertThat(bob.heardOf(bob.asked())).contains("send error SR_DECLINE_SEND_FAILURE");
        bob.line.signIn();
        clock.settle();
        assertThat(a.session.state()).isEqualTo(SessionState.DECLINED);
    }

    @Test
    void anAcceptanceThatIsLostIsSaidAgainAfterReconnecting() {
        network.fate = p ->
                p.signal() instanceof Signal.Proceed ? java.util.List.of() : java.util.List.of(java.time.Duration.ZERO);
        bob.asked().accept("here");
        bob.settle();
        network.fate = p -> java.util.List.of(java.time.Duration.ZERO);
        bob.line.drop();
        clock.passSeconds(3);
        bob.line.signIn();
        clock.settle();
        assertThat(a.heard).contains("accepted here");
        bob.launchedApp();
        clock.passSeconds(3);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    /** What is said on a connection that is dead already, and noticed to be a little later. */
    private void lostWithTheConnection(Device device, Runnable said) {
        device.line.dying = true;
        said.run();
        clock.settle();
        device.line.drop();
        clock.passSeconds(3);
        device.line.signIn();
        clock.settle();
    }

    @Test
    void anInvitationLostWithTheConnectionIsSentAgain() {
        a.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        lostWithTheConnection(alice, () -> a.invites(BOB, BOARD, "again"));
        assertThat(bob.asked().contextData()).isEqualTo("again");
        connect();
    }

    @Test
    void anInvitationThatFoundNoRoomIsSentAgainSoonOnTheSameConnection() {
        a.session.cancel(ResultCode.S_OK, null);
        clock.settle();
        alice.line.dying = true;
        a.invites(BOB, BOARD, "again");
        alice.line.loseUnconfirmed();
        clock.passSeconds(6);
        assertThat(bob.asked().contextData()).isEqualTo("again");
        connect();
    }

    @Test
    void anAcceptanceLostWithTheConnectionIsSentAgain() {
        lostWithTheConnection(bob, () -> bob.asked().accept("here"));
        assertThat(a.heard).contains("accepted here");
    }

    @Test
    void aRefusalLostWithTheConnectionIsSentAgain() {
        lostWithTheConnection(bob, () -> bob.asked().decline("not now"));
        assertThat(a.heard).endsWith("declined not now", "terminated SR_INVITATION_DECLINED not now");
    }

    @Test
    void aCancellationLostWithTheConnectionIsSentAgain() {
        lostWithTheConnection(alice, () -> a.session.cancel(ResultCode.S_OK, "no"));
        assertThat(bob.heardOf(bob.asked())).endsWith("cancelled no", "terminated SR_SESSION_CANCELLED_REMOTE no");
    }

    @Test
    void anEndBeforeThereIsAJingleSessionLostWithTheConnectionIsSentAgain() {
        network.hold(s -> s instanceof Signal.Initiate);
        bob.asked().accept(null);
        bob.settle();
        lostWithTheConnection(bob, () -> bob.asked().cancel(ResultCode.S_OK, "no"));
        assertThat(network.sentBy(BOB)).anyMatch(s -> s instanceof Signal.Finish);
        assertThat(a.heard).endsWith("cancelled no", "terminated SR_CANCEL_BEFORE_CONNECT no");
    }

    @Test
    void anEndLostWithTheConnectionIsSentAgain() {
        Device.App b = connect();
        lostWithTheConnection(bob, () -> b.session.cancel(ResultCode.S_OK, "bye"));
        assertThat(a.heard).endsWith("cancelled bye", "terminated SR_SESSION_CANCELLED_REMOTE bye");
    }

    private void loses(Class<? extends Signal> kind) {
        network.fate =
                p -> kind.isInstance(p.signal()) ? java.util.List.of() : java.util.List.of(java.time.Duration.ZERO);
    }

    @Test
    void anInviterThatAsksAgainIsToldOfTheAcceptanceAgain() {
        loses(Signal.Proceed.class);
        bob.asked().accept("here");
        bob.settle();
        loses(Signal.Ringing.class);
        bob.launchedApp();
        alice.line.drop();
        clock.passSeconds(20);
        alice.line.signIn();
        clock.settle();
        assertThat(a.heard).contains("accepted here");
        clock.passSeconds(15);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void anInviterThatComesBackAsAnotherDeviceAfterTheAcceptanceIsToldOfIt() {
        alice.line.drop();
        clock.settle();
        bob.asked().accept("here");
        bob.settle();
        Device.App b = bob.launchedApp();
        alice.line.signInAs(new Jid(ALICE, "other"));
        clock.passSeconds(2);
        assertThat(a.heard).contains("accepted here");
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void onceTheSessionIsUnderWayNobodyTakesItOverByAskingAgain() {
        bob.asked().accept(null);
        bob.settle();
        Signal propose = network.sentBy(ALICE).get(0);
        network.sent.clear();
        bob.line.receive(new Jid(ALICE, "other"), propose);
        assertThat(network.sentBy(BOB)).isEmpty();
        bob.launchedApp();
        clock.passSeconds(2);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void anInviterThatAsksAgainIsToldOfTheRefusalAgain() {
        loses(Signal.Reject.class);
        bob.asked().decline("not now");
        bob.settle();
        loses(Signal.Ringing.class);
        alice.line.drop();
        clock.passSeconds(5);
        alice.line.signInAs(new Jid(ALICE, "other"));
        clock.settle();
        assertThat(a.heard).endsWith("declined not now", "terminated SR_INVITATION_DECLINED not now");
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void anInviterThatAsksAgainIsToldAgainThatTheApplicationIsMissing() {
        bob.registry.unregister(BOARD);
        clock.settle();
        loses(Signal.AppMissing.class);
        bob.asked().accept(null);
        bob.settle();
        loses(Signal.Ringing.class);
        alice.line.drop();
        clock.passSeconds(5);
        alice.line.signIn();
        clock.settle();
        assertThat(a.heard).contains("not present Board https://apps.example/Board");
        clock.passSeconds(300);
        assertThat(a.session.state()).isEqualTo(SessionState.INVITATION);
        bob.with(BOARD, "Board");
        assertThat(a.session.state()).isEqualTo(SessionState.ACCEPTED);
    }

    @Test
    void aLostInitiateOrAcceptIsSaidAgain() {
        java.util.Set<Class<?>> once = new java.util.HashSet<>();
        network.fate = p -> (p.signal() instanceof Signal.Initiate || p.signal() instanceof Signal.Accept)
                        && once.add(p.signal().getClass())
                ? java.util.List.of()
                : java.util.List.of(java.time.Duration.ZERO);
        bob.asked().accept(null);
        bob.settle();
        Device.App b = bob.launchedApp();
        clock.passSeconds(40);
        assertThat(once).hasSize(2);
        assertThat(a.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void anAcceptanceNobodyHearsEndsWithASendError() {
        network.hold(s -> s instanceof Signal.Initiate);
        alice.line.drop();
        clock.settle();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(31);
        assertThat(bob.heardOf(bob.asked()))
                .endsWith("send error SR_ACCEPT_SEND_FAILURE", "terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void contextDataThatIsLostIsReported() {
        Device.App b = connect();
        alice.line.drop();
        a.session.sendContextData("x");
        clock.settle();
        assertThat(a.heard).endsWith("send error SR_CONTEXT_DATA_SEND_FAILURE");
        assertThat(b.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void whatHappenedOfflineIsHeardOfByTheWindow() {
        assertThat(alice.window.connection().state()).isEqualTo(dev.beckon.Messenger.Connection.State.SIGNED_IN);
        alice.line.drop();
        clock.settle();
        assertThat(alice.window.connection().state()).isEqualTo(dev.beckon.Messenger.Connection.State.CONNECTING);
        assertThat(alice.window.connection().reason()).isEqualTo("connection lost");
    }
}
