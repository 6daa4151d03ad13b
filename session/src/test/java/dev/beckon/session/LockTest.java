package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Application;
import dev.beckon.LockStatus;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionManagerListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lock and key, spec section 5: the machine by its table, and the engine around it. */
class LockTest {
    private static final LockAuthority.Ticket TICKET =
            new LockAuthority.Ticket("good", Set.of(BOARD), Instant.parse("2026-11-20T13:00:00Z"));

    // ---- the machine

    private static LockMachine machine(LockStatus status) {
        LockMachine machine = new LockMachine();
        switch (status) {
            case NOTINITIALIZED -> {}
            case DISABLED -> machine.enabled(false);
            default -> machine.enabled(true);
        }
        if (status == LockStatus.PENDINGRESULT || status == LockStatus.UNLOCKED || status == LockStatus.UNLOCKFAILED) {
            machine.request(17);
        }
        if (status == LockStatus.UNLOCKED || status == LockStatus.UNLOCKFAILED) {
            machine.challenged(17, "nonce", true);
            machine.respond("app", "response", 17);
            machine.judged(17, status == LockStatus.UNLOCKED ? TICKET : null);
        }
        assertThat(machine.status()).isEqualTo(status);
        return machine;
    }

    private static String outcome(LockStatus status, java.util.function.Consumer<LockMachine> event) {
        LockMachine machine = machine(status);
        try {
            event.accept(machine);
            return machine.status().name();
        } catch (SessionException e) {
            assertThat(machine.status()).isEqualTo(status);
            return e.code().name();
        }
    }

    private static void row(String what, java.util.function.Consumer<LockMachine> event, String... outcomes) {
        List<String> found = new ArrayList<>();
        for (LockStatus status : LockStatus.values()) {
            found.add(outcome(status, event));
        }
        assertThat(found).as(what).containsExactly(outcomes);
    }

    /** One row per event, one column per status, in the order of {@link LockStatus}. */
    @Test
    void theTable() {
        row(
                "service locks",
                m -> m.enabled(true),
                "INITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "INITIALIZED");
        row(
                "service does not lock",
                m -> m.enabled(false),
                "DISABLED",
                "DISABLED",
                "DISABLED",
                "DISABLED",
                "DISABLED",
                "DISABLED");
        row(
                "offline",
                LockMachine::offline,
                "NOTINITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "DISABLED");
        row(
                "requestChallenge",
                m -> m.request(5),
                "LOCK_NOTINITIALIZED",
                "PENDINGRESULT",
                "LOCK_PENDING_UNLOCK",
                "LOCK_ALREADY_UNLOCKED",
                "PENDINGRESULT",
                "LOCK_DISABLED");
        row(
                "sendResponse, no challenge",
                m -> m.respond("app", "response", 5),
                "LOCK_NOTINITIALIZED",
                "E_INVALIDARG",
                "E_INVALIDARG",
                "LOCK_ALREADY_UNLOCKED",
                "E_INVALIDARG",
                "LOCK_DISABLED");
        row(
                "sendResponse to an unasked challenge",
                m -> {
                    m.challenged(99, "nonce", false);
                    m.respond("app", "response", 99);
                },
                "LOCK_NOTINITIALIZED",
                "PENDINGRESULT",
                "PENDINGRESULT",
                "UNLOCKED",
                "PENDINGRESULT",
                "LOCK_DISABLED");
        row(
                "a judgement nobody waits for",
                m -> m.judged(99, TICKET),
                "NOTINITIALIZED",
                "INITIALIZED",
                "PENDINGRESULT",
                "UNLOCKED",
                "UNLOCKFAILED",
                "DISABLED");
        row(
                "no challenge could be had",
                m -> m.failed(17),
                "NOTINITIALIZED",
                "INITIALIZED",
                "INITIALIZED",
                "UNLOCKED",
                "UNLOCKFAILED",
                "DISABLED");
        row(
                "the ticket ran out",
                LockMachine::expired,
                "NOTINITIALIZED",
                "INITIALIZED",
                "PENDINGRESULT",
                "INITIALIZED",
                "UNLOCKFAILED",
                "DISABLED");
        row(
                "a member is used",
                LockMachine::check,
                "LOCK_NOTINITIALIZED",
                "LOCK_LOCKED",
                "LOCK_LOCKED",
                "UNLOCKED",
                "LOCK_LOCKED",
                "DISABLED");
    }

    @Test
    void malformedResponsesAreRefusedAndTheChallengeStaysOpen() {
        LockMachine machine = machine(LockStatus.PENDINGRESULT);
        machine.challenged(17, "nonce", true);
        assertThat(failure(() -> machine.respond("", "response", 17))).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> machine.respond("app", "x".repeat(2000), 17))).isEqualTo(ResultCode.E_INVALIDARG);
        machine.respond("app", "response", 17);
        assertThat(failure(() -> machine.respond("app", "response", 17))).isEqualTo(ResultCode.E_INVALIDARG);
    }

    @Test
    void aWrongAnswerToARenewalLocks() {
        LockMachine machine = machine(LockStatus.UNLOCKED);
        machine.challenged(99, "nonce", false);
        machine.respond("app", "wrong", 99);
        machine.judged(99, null);
        assertThat(machine.status()).isEqualTo(LockStatus.UNLOCKFAILED);
    }

    // ---- the engine around it

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice = new Device(network, "alice@a.example", "desk", "192.0.2.1")
            .knows("bob@b.example")
            .with(BOARD, "Board");
    private final Device bob = new Device(network, "bob@b.example", "desk", "192.0.2.2")
            .knows("alice@a.example")
            .with(BOARD, "Board");
    private final List<String> heard = new ArrayList<>();

    private Device.App lockedApp() {
        return lockedApp(heard);
    }

    private Device.App lockedApp(List<String> heard) {
        alice.authority.locks = true;
        if (alice.engine.locks.locks() != Boolean.TRUE) {
            alice.authority.listener.enabled(true);
        }
        clock.settle();
        Device.App app = alice.app(50, BOARD, null);
        app.messenger.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public void onLockChallenge(long cookie, String challenge) {
                heard.add("challenge " + cookie + " " + challenge);
            }

            @Override
            public void onLockResult(long cookie, boolean succeeded) {
                heard.add("result " + cookie + " " + succeeded);
            }

            @Override
            public void onLockStatusChanged(LockStatus status) {
                heard.add("status " + status);
            }
        });
        return app;
    }

    private void unlock(Device.App app) {
        unlock(app, "app");
    }

    private void unlock(Device.App app, String appId) {
        app.messenger.sessionManager().lock().requestChallenge(17);
        alice.authority.challenge.complete(
                new LockAuthority.Challenge(17, "nonce", clock.now().plusSeconds(60), null));
        clock.settle();
        app.messenger.sessionManager().lock().sendResponse(appId, "response", 17);
        alice.authority.judgement.complete(
                alice.authority.ticketUntil(clock.now().plusSeconds(3600), BOARD));
        clock.settle();
    }

    @Test
    void untilItIsOpenEveryMemberFails() {
        Device.App app = lockedApp();
        var manager = app.messenger.sessionManager();
        assertThat(failure(manager::createSession)).isEqualTo(ResultCode.LOCK_LOCKED);
        assertThat(failure(manager::applications)).isEqualTo(ResultCode.LOCK_LOCKED);
        assertThat(failure(() -> manager.getLaunchingSession(1))).isEqualTo(ResultCode.LOCK_LOCKED);
        assertThat(failure(() -> manager.unregisterApplication(BOARD))).isEqualTo(ResultCode.LOCK_LOCKED);
        unlock(app);
        assertThat(heard)
                .containsExactly("status PENDINGRESULT", "challenge 17 nonce", "result 17 true", "status UNLOCKED");
        manager.createSession();
    }

    @Test
    void theUserKeepsApplicationsLockedOrNotSignedInOrNot() {
        lockedApp();
        alice.line.drop();
        clock.settle();
        Application chess = new Application("{00000000-0000-4000-8000-00000000C4E5}", "Chess", "", "/bin/chess");
        alice.window.registerApplication(chess);
        assertThat(alice.window.applications()).contains(chess);
        alice.window.unregisterApplication(chess.guid());
        assertThat(alice.window.applications()).doesNotContain(chess);
        assertThat(failure(() -> alice.window.unregisterApplication("chess"))).isEqualTo(ResultCode.E_INVALIDARG);
    }

    @Test
    void anInvitationCarriesTheTicket() {
        Device.App app = lockedApp();
        unlock(app);
        app.invites("bob@b.example", BOARD, null);
        assertThat(network.sentBy("alice@a.example"))
                .anyMatch(s -> s instanceof Signal.Propose p && "good".equals(p.ticket()));
    }

    @Test
    void fromTheWindowTheApplicationsTicketServes() {
        Device.App app = lockedApp();
        assertThat(failure(() -> alice.invites("bob@b.example", BOARD, null))).isEqualTo(ResultCode.LOCK_LOCKED);
        assertThat(alice.window.sessions()).isEmpty();
        unlock(app);
        alice.invites("bob@b.example", BOARD, null);
        assertThat(bob.toAnswer).hasSize(1);
    }

    @Test
    void offlineItLocksAgain() {
        Device.App app = lockedApp();
        unlock(app);
        app.creates(BOARD);
        alice.line.drop();
        clock.settle();
        assertThat(app.messenger.sessionManager().lock().status()).isEqualTo(LockStatus.INITIALIZED);
        assertThat(failure(() -> app.session.setApplication(BOARD))).isEqualTo(ResultCode.LOCK_LOCKED);
        alice.line.signIn();
        alice.authority.listener.enabled(true);
        clock.settle();
        assertThat(failure(() -> alice.invites("bob@b.example", BOARD, null))).isEqualTo(ResultCode.LOCK_LOCKED);
        unlock(app);
        app.session.setApplication(BOARD);
    }

    @Test
    void whileItIsLockedSessionEventsWaitAndAreNotLost() {
        Device.App app = lockedApp();
        unlock(app);
        app.invites("bob@b.example", BOARD, null);
        alice.authority.listener.enabled(true); // signed in anew
        clock.settle();
        bob.asked().decline("no");
        clock.settle();
        assertThat(app.heard).containsExactly("from READY");
        unlock(app);
        assertThat(app.heard).contains("declined no");
    }

    @Test
    void aLockedApplicationIsNotAskedAboutInvitations() {
        Device.App app = lockedApp();
        app.handles = true;
        alice.authority.goodTicket = "from bob";
        Signal.Propose propose = new Signal.Propose(
                "ca3cf894-5325-482f-a412-a6e9f832298d",
                BOARD,
                "Board",
                "",
                clock.now(),
                clock.now().plusSeconds(60),
                null,
                "from bob");
        alice.line.receive(new Jid("bob@b.example", "desk"), propose);
        assertThat(app.invited).isEmpty();
        assertThat(alice.toAnswer).hasSize(1);
    }

    @Test
    void whenTheTicketRunsOutItLocksAgain() {
        Device.App app = lockedApp();
        unlock(app);
        clock.passSeconds(3601);
        assertThat(app.messenger.sessionManager().lock().status()).isEqualTo(LockStatus.INITIALIZED);
        unlock(app);
        assertThat(app.messenger.sessionManager().lock().status()).isEqualTo(LockStatus.UNLOCKED);
    }

    @Test
    void anUnaskedChallengeRenewsWithoutLocking() {
        Device.App app = lockedApp();
        unlock(app);
        heard.clear();
        clock.passSeconds(3000);
        alice.authority.listener.challenged(
                new LockAuthority.Challenge(99, "again", clock.now().plusSeconds(60), null));
        clock.settle();
        app.messenger.sessionManager().lock().sendResponse("app", "response", 99);
        alice.authority.judgement.complete(
                alice.authority.ticketUntil(clock.now().plusSeconds(3600), BOARD));
        clock.passSeconds(1000);
        assertThat(heard).containsExactly("challenge 99 again", "result 99 true");
        assertThat(app.messenger.sessionManager().lock().status()).isEqualTo(LockStatus.UNLOCKED);
    }

    private static LockStatus status(Device.App app) {
        return app.messenger.sessionManager().lock().status();
    }

    private void challengeUnasked(long cookie, String appId) {
        alice.authority.listener.challenged(
                new LockAuthority.Challenge(cookie, "again", clock.now().plusSeconds(60), appId));
        clock.settle();
    }

    @Test
    void anUnaskedChallengeReachesOnlyWhoUnlockedWithThatApplicationId() {
        Device.App board = lockedApp();
        List<String> chessHeard = new ArrayList<>();
        Device.App chess = lockedApp(chessHeard);
        Device.App locked = lockedApp(new ArrayList<>());
        unlock(board, "board");
        unlock(chess, "chess");
        heard.clear();
        chessHeard.clear();
        challengeUnasked(99, "chess");
        assertThat(heard).isEmpty();
        assertThat(chessHeard).containsExactly("challenge 99 again");
        challengeUnasked(98, "board");
        challengeUnasked(97, "none");
        assertThat(heard).containsExactly("challenge 98 again");
        assertThat(chessHeard).containsExactly("challenge 99 again");
        assertThat(status(locked)).isEqualTo(LockStatus.INITIALIZED);
    }

    @Test
    void twoObjectsOfOneApplicationGetAChallengeEach() {
        lockedAndUnlocked(heard);
        List<String> second = new ArrayList<>();
        Device.App other = lockedAndUnlocked(second);
        heard.clear();
        second.clear();
        challengeUnasked(99, "board");
        assertThat(heard).containsExactly("challenge 99 again");
        assertThat(second).isEmpty();
        alice.authority.challenge.complete(
                new LockAuthority.Challenge(5, "its own", clock.now().plusSeconds(60), null));
        clock.settle();
        assertThat(second).containsExactly("challenge 5 its own");
        other.messenger.sessionManager().lock().sendResponse("board", "response", 5);
    }

    private Device.App lockedAndUnlocked(List<String> heard) {
        Device.App app = lockedApp(heard);
        unlock(app, "board");
        return app;
    }

    @Test
    void whatOneObjectEarnsKeepsAllOfItsApplicationOpen() {
        Device.App first = lockedAndUnlocked(heard);
        Device.App chess = lockedApp(new ArrayList<>());
        unlock(chess, "chess");
        clock.passSeconds(3000);
        Device.App second = lockedAndUnlocked(new ArrayList<>());
        clock.passSeconds(1000);
        assertThat(status(first)).isEqualTo(LockStatus.UNLOCKED);
        assertThat(status(chess)).isEqualTo(LockStatus.INITIALIZED);
        clock.passSeconds(3000);
        assertThat(status(first)).isEqualTo(status(second)).isEqualTo(LockStatus.INITIALIZED);
    }

    @Test
    void whetherAnInvitationMayRingIsJudgedByWhatIsKnownSinceSigningIn() {
        bob.line.drop();
        bob.line.signIn();
        clock.settle();
        alice.invites("bob@b.example", BOARD, null);
        assertThat(bob.toAnswer).isEmpty();
        bob.authority.listener.enabled(true);
        clock.settle();
        assertThat(bob.toAnswer).isEmpty();
        assertThat(bob.window.missedInvitations()).hasSize(1);
    }

    @Test
    void aRefusedResponseAndAnAbsentAuthorityAreTold() {
        Device.App app = lockedApp();
        var lock = app.messenger.sessionManager().lock();
        lock.requestChallenge(1);
        alice.authority.challenge.completeExceptionally(new java.io.IOException("gone"));
        clock.settle();
        assertThat(heard).containsExactly("status PENDINGRESULT", "result 1 false", "status INITIALIZED");
        lock.requestChallenge(2);
        alice.authority.challenge.complete(
                new LockAuthority.Challenge(2, "n", clock.now().plusSeconds(60), null));
        clock.settle();
        lock.sendResponse("app", "wrong", 2);
        alice.authority.judgement = failed(alice.authority.judgement);
        clock.settle();
        assertThat(lock.status()).isEqualTo(LockStatus.UNLOCKFAILED);
        assertThat(heard).endsWith("result 2 false", "status UNLOCKFAILED");
    }

    private static CompletableFuture<LockAuthority.Ticket> failed(CompletableFuture<LockAuthority.Ticket> judgement) {
        judgement.completeExceptionally(new LockAuthority.Refused("wrong"));
        return judgement;
    }
}
