package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.CHESS;
import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Application;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionState;
import org.junit.jupiter.api.Test;

/** Who has a session, who is launched for it, and what happens when they go. */
class LaunchTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice =
            new Device(network, ALICE, "desk", "192.0.2.1").knows(BOB).with(BOARD, "Board");
    private final Device bob =
            new Device(network, BOB, "desk", "192.0.2.2").knows(ALICE).with(BOARD, "Board");

    private Device.App inviting() {
        Device.App app = alice.app(50, BOARD, null);
        app.invites(BOB, BOARD, "board 7");
        return app;
    }

    // ---- onInvitation

    @Test
    void anApplicationThatHandlesTheInvitationKeepsTheWindowFromAsking() {
        Device.App board = bob.app(60, BOARD, null);
        board.handles = true;
        inviting();
        assertThat(board.invited).hasSize(1);
        assertThat(bob.toAnswer).isEmpty();
    }

    @Test
    void anApplicationThatDoesNotHandleItLeavesItToTheWindow() {
        bob.app(60, BOARD, null);
        inviting();
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void onlyThoseThatSpeakForTheApplicationOrForNoneAreAsked() {
        Device.App chess = bob.app(60, CHESS, null);
        Device.App any = bob.app(61, null, null);
        inviting();
        assertThat(chess.invited).isEmpty();
        assertThat(any.invited).hasSize(1);
    }

    @Test
    void whenTheAskerGoesTheWindowAsks() {
        Device.App board = bob.app(60, BOARD, null);
        board.handles = true;
        Device.App app = inviting();
        board.messenger.close();
        bob.settle();
        assertThat(bob.toAnswer).hasSize(1);
        bob.asked().decline(null);
        bob.settle();
        assertThat(app.session.state()).isEqualTo(SessionState.DECLINED);
    }

    @Test
    void anApplicationThatAcceptsHasTheSessionAndNothingIsLaunched() {
        Device.App board = bob.app(60, BOARD, null);
        board.handles = true;
        Device.App app = inviting();
        board.invited.get(0).accept(null);
        bob.settle();
        assertThat(bob.launcher.started).isEmpty();
        assertThat(app.session.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(board.heard).containsExactly("from INVITATION", "ready to launch", "from ACCEPTED");
    }

    @Test
    void acceptedInTheWindowARunningApplicationIsToldInsteadOfLaunchingASecond() {
        Device.App board = bob.app(60, BOARD, null);
        Device.App app = inviting();
        bob.asked().accept(null);
        clock.passSeconds(2);
        assertThat(bob.launcher.started).isEmpty();
        assertThat(board.handed).isEmpty();
        assertThat(board.heard).containsExactly("from INVITATION", "ready to launch", "from ACCEPTED");
        assertThat(app.session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void aRunningApplicationOfTheInviterIsHandedTheWindowsSession() {
        Device.App board = alice.app(60, BOARD, null);
        Session session = alice.invites(BOB, BOARD, null);
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        assertThat(alice.launcher.started).isEmpty();
        assertThat(board.handed).hasSize(1);
        assertThat(board.handed.get(0).sessionId()).isEqualTo(session.sessionId());
        assertThat(session.state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void policyMayAcceptWithoutAsking() {
        bob.rules.unasked = true;
        Device.App app = inviting();
        assertThat(app.session.state()).isEqualTo(SessionState.ACCEPTED);
        assertThat(bob.toAnswer).isEmpty();
        assertThat(bob.launcher.started).hasSize(1);
    }

    @Test
    void unaskedNoDownloadPageOpens() {
        Device carol = new Device(network, "carol@c.example", "desk", "192.0.2.3").knows(ALICE);
        carol.rules.unasked = true;
        alice.app(50, BOARD, null).invites("carol@c.example", BOARD, null);
        assertThat(carol.launcher.pages).isEmpty();
        assertThat(carol.toAnswer).hasSize(1);
    }

    // ---- launching

    @Test
    void beforeAppLaunchMayKeepTheClientFromLaunching() {
        inviting();
        bob.heardOf(bob.asked()).launches = false;
        bob.asked().accept(null);
        clock.passSeconds(2);
        assertThat(bob.heardOf(bob.asked()).asked).isEqualTo(1);
        assertThat(bob.launcher.started).isEmpty();
        assertThat(bob.asked().state()).isEqualTo(SessionState.CONNECTED);
    }

    @Test
    void theLaunchedProcessFindsItsSession() {
        inviting();
        bob.asked().accept(null);
        bob.settle();
        Device.App other = bob.app(70, CHESS, null);
        assertThat(failure(() -> other.messenger.sessionManager().getLaunchingSession(70)))
                .isEqualTo(ResultCode.E_FAIL);
        assertThat(failure(() -> other.messenger.sessionManager().getLaunchingSession(0)))
                .isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(bob.launchedApp().session.sessionId()).isEqualTo(bob.asked().sessionId());
    }

    @Test
    void aProcessThatIsNoDescendantIsKnownByItsEnvironment() {
        inviting();
        bob.asked().accept(null);
        bob.settle();
        Device.App app = bob.app(9999, null, bob.launcher.started.get(0).sessionId);
        assertThat(app.messenger.sessionManager().getLaunchingSession(9999).sessionId())
                .isEqualTo(bob.asked().sessionId());
    }

    @Test
    void aLaunchedApplicationMayChooseItsAddress() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        Device.App board = bob.launchedApp();
        board.session.setLocalAddress("[2001:db8::2]:7000");
        bob.settle();
        assertThat(app.session.remoteAddress()).isEqualTo("[2001:db8::2]:7000");
        assertThat(failure(() -> board.session.setLocalAddress("192.0.2.9")))
                .isEqualTo(ResultCode.SR_SESSION_STATE_INVALID);
        assertThat(failure(() -> board.session.setLocalAddress("example.org"))).isEqualTo(ResultCode.E_INVALIDARG);
    }

    @Test
    void contextDataThatComesBeforeTheApplicationAttachesIsKept() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        app.session.sendContextData("one");
        app.session.sendContextData("two");
        alice.settle();
        Device.App board = bob.launchedApp();
        clock.passSeconds(2);
        assertThat(board.heard).containsExactly("ready to launch", "context one", "context two", "from ACCEPTED");
        assertThat(board.session.contextData()).isEqualTo("two");
    }

    @Test
    void aProcessThatEndsBeforeItAttachesFailsAtOnce() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        bob.launcher.started.get(0).process.exited(1);
        bob.settle();
        assertThat(app.heard).endsWith("terminated SR_APPLICATION_LAUNCH_FAILED null");
    }

    @Test
    void whenTheOwnersConnectionGoesBothSidesEnd() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        Device.App board = bob.launchedApp();
        clock.passSeconds(2);
        board.messenger.close();
        bob.settle();
        assertThat(app.heard).endsWith("from CONNECTED", "terminated SR_CONNECTION_FAILURE null");
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void whenTheOwnersProcessEndsBothSidesEnd() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        bob.launcher.started.get(0).process.exited(137);
        bob.settle();
        assertThat(app.heard).endsWith("from CONNECTED", "terminated SR_CONNECTION_FAILURE null");
    }

    @Test
    void anInvitersApplicationThatGoesTakesItsInvitationBack() {
        Device.App app = inviting();
        app.messenger.close();
        alice.settle();
        assertThat(bob.asked().state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void aSessionInReadyGoesWithItsConnection() {
        Device.App app = alice.app(50, BOARD, null);
        app.creates(BOARD);
        app.messenger.close();
        assertThat(alice.engine.sessions.living()).isEmpty();
    }

    // ---- missing application

    @Test
    void aMissingApplicationIsFetchedAndTheSessionGoesOn() {
        Device carol = new Device(network, "carol@c.example", "desk", "192.0.2.3").knows(ALICE);
        Device.App app = alice.app(50, BOARD, null);
        app.invites("carol@c.example", BOARD, null);
        carol.asked().accept("soon");
        carol.settle();
        assertThat(carol.launcher.pages).containsExactly("https://apps.example/Board");
        assertThat(app.heard).containsExactly("from READY", "not present Board https://apps.example/Board");
        clock.passSeconds(600);
        assertThat(app.session.state()).isEqualTo(SessionState.INVITATION);
        carol.registry.add(new Application(BOARD, "Board", "", "/opt/board"));
        carol.settle();
        assertThat(app.heard).endsWith("from INVITATION", "accepted soon", "ready to launch");
        assertThat(carol.launcher.started).hasSize(1);
    }

    @Test
    void installedWhileOfflineItGoesOnAfterwards() {
        Device carol = new Device(network, "carol@c.example", "desk", "192.0.2.3").knows(ALICE);
        Device.App app = alice.app(50, BOARD, null);
        app.invites("carol@c.example", BOARD, null);
        carol.asked().accept("soon");
        carol.settle();
        carol.line.drop();
        carol.registry.add(new Application(BOARD, "Board", "", "/opt/board"));
        carol.settle();
        assertThat(carol.asked().state()).isEqualTo(SessionState.INVITATION);
        carol.line.signIn();
        carol.settle();
        assertThat(app.heard).contains("accepted soon");
    }

    @Test
    void aClosedConnectionDoesNothingMore() {
        Device.App app = inviting();
        app.messenger.close();
        assertThat(failure(() -> app.session.cancel(ResultCode.S_OK, null))).isEqualTo(ResultCode.E_FAIL);
        assertThat(failure(() -> app.messenger.sessionManager().createSession()))
                .isEqualTo(ResultCode.E_FAIL);
        assertThat(app.session.state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void whileItIsMissingEitherMayStillSayNo() {
        Device carol = new Device(network, "carol@c.example", "desk", "192.0.2.3").knows(ALICE);
        Device.App first = alice.app(50, BOARD, null);
        first.invites("carol@c.example", BOARD, null);
        carol.asked().accept(null);
        carol.asked().decline(null);
        carol.settle();
        assertThat(first.session.state()).isEqualTo(SessionState.DECLINED);
        Device.App second = alice.app(51, BOARD, null);
        second.invites("carol@c.example", BOARD, null);
        carol.asked().accept(null);
        second.session.cancel(ResultCode.S_OK, null);
        carol.settle();
        assertThat(carol.asked().state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void aMissingApplicationIsWaitedForFifteenMinutes() {
        Device carol = new Device(network, "carol@c.example", "desk", "192.0.2.3").knows(ALICE);
        Device.App app = alice.app(50, BOARD, null);
        app.invites("carol@c.example", BOARD, null);
        carol.asked().accept(null);
        clock.passSeconds(15 * 60 + 1);
        assertThat(app.heard).endsWith("terminated SR_SESSION_TIMEOUT null");
        assertThat(carol.asked().state()).isEqualTo(SessionState.TERMINATED);
    }

    // ---- shutting down

    @Test
    void shuttingDownEndsSessionsProperly() {
        Device.App app = inviting();
        bob.asked().accept(null);
        bob.settle();
        bob.launchedApp();
        clock.passSeconds(2);
        alice.engine.close();
        clock.settle();
        assertThat(bob.asked().state()).isEqualTo(SessionState.TERMINATED);
        assertThat(app.heard).endsWith("from CONNECTED", "terminated SR_SESSION_CANCELLED_LOCAL null", "shutdown");
    }
}
