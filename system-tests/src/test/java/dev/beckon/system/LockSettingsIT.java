package dev.beckon.system;

import static dev.beckon.ResultCode.LOCK_DISABLED;
import static dev.beckon.ResultCode.LOCK_LOCKED;
import static dev.beckon.ResultCode.LOCK_NOTINITIALIZED;
import static dev.beckon.ResultCode.MSGR_E_NOT_LOGGED_ON;
import static dev.beckon.system.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.Session;
import dev.beckon.SessionManager;
import dev.beckon.SessionState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lock and key as the operator sets it, and over time: each on a service of its own. */
class LockSettingsIT {
    private static final String APP = "whiteboard";

    private final String guid = Stage.newGuid();
    private Stage stage;

    @AfterEach
    void close() {
        stage.close();
    }

    private static Recorder listening(Messenger application) {
        Recorder heard = new Recorder();
        application.sessionManager().addListener(heard);
        return heard;
    }

    private static LockStatus status(Messenger application) {
        return application.sessionManager().lock().status();
    }

    @Test
    void aServiceWithoutKeysDoesNotLockUntilItsFirst() {
        stage = Stage.open();
        Person alice = stage.person("alice");
        Messenger application = alice.connect(guid);
        Recorder heard = listening(application);
        SessionManager manager = application.sessionManager();
        heard.await("lock enable false");
        heard.await("lock status DISABLED");
        assertRefused(LOCK_DISABLED, () -> manager.lock().requestChallenge(1));
        assertRefused(LOCK_DISABLED, () -> manager.lock().sendResponse(APP, "response", 1));
        manager.createSession();

        // Nobody signs in again: those who are signed in are told.
        Key key = stage.key(APP, "production", guid);
        heard.await("lock enable true");
        heard.await("lock status INITIALIZED");
        assertRefused(LOCK_LOCKED, manager::createSession);
        assertThat(key.unlock(application)).isTrue();
        manager.createSession();
        assertThat(alice.window().events()).doesNotContain("connection CONNECTING");
    }

    @Test
    void beforeItIsKnownWhetherTheServiceLocksNothingOpens() {
        stage = Stage.openWith("lock.mode = on");
        Key key = stage.key(APP, "production", guid);
        stage.makeAccount("alice");
        stage.service().kill();
        Person alice = stage.personInWaiting("alice");
        Messenger application = alice.connect(guid);
        Recorder heard = listening(application);
        SessionManager manager = application.sessionManager();

        assertThat(manager.lock().status()).isEqualTo(LockStatus.NOTINITIALIZED);
        assertRefused(LOCK_NOTINITIALIZED, () -> manager.lock().requestChallenge(1));
        assertRefused(LOCK_NOTINITIALIZED, () -> manager.lock().sendResponse(APP, "response", 1));
        assertRefused(LOCK_NOTINITIALIZED, manager::createSession);
        assertRefused(LOCK_NOTINITIALIZED, manager::applications);
        assertRefused(
                LOCK_NOTINITIALIZED,
                () -> manager.getLaunchingSession(ProcessHandle.current().pid()));

        // What the user does is another matter.
        alice.registerProbe(guid);
        assertThat(alice.messenger().applications())
                .extracting(Application::guid)
                .containsExactly(guid);
        assertRefused(
                MSGR_E_NOT_LOGGED_ON,
                () -> alice.messenger().invite(alice.messenger().contact("bob@" + Stage.DOMAIN), guid, null));
        Running list =
                stage.run(Map.of(), "apps", "list", "--home", alice.home().toString());
        assertThat(list.output()).contains(guid);

        stage.startService();
        heard.await("lock enable true");
        assertThat(key.unlock(application)).isTrue();
    }

    @Test
    void aServiceForTestsTakesTestKeysAlone() {
        stage = Stage.openWith("lock { mode = on, environment = test }");
        Key test = stage.key(APP, "test", guid);
        Key production = stage.key(APP, "production", guid);
        Messenger application = stage.person("alice").connect(guid);
        assertThat(production.unlock(application)).isFalse();
        assertThat(test.unlock(application)).isTrue();
    }

    @Test
    void theOldDigestOpensWhereItIsSwitchedOn() throws Exception {
        stage = Stage.openWith("lock { mode = on, md5 = true }");
        Key key = stage.key(APP, "production", guid);
        Messenger application = stage.person("alice").connect(guid);
        Recorder heard = listening(application);
        heard.await("lock enable true");
        application.sessionManager().lock().requestChallenge(7);
        heard.await(e -> e.startsWith("challenge 7 "), "challenge");
        String nonce = heard.events().stream()
                .filter(e -> e.startsWith("challenge 7 "))
                .findFirst()
                .orElseThrow()
                .substring("challenge 7 ".length());
        application.sessionManager().lock().sendResponse(APP, LockIT.md5(nonce, key), 7);
        heard.await("lock status UNLOCKED");
    }

    @Test
    void goingOfflineLocksEachObjectAgain() {
        stage = Stage.openWith("lock.mode = on");
        Key key = stage.key(APP, "production", guid);
        List<Person> people = stage.peopleWith("", "alice", "bob");
        Person alice = people.get(0);
        Person bob = people.get(1);
        stage.befriend(alice, bob);
        alice.registerProbe(guid);
        Messenger one = alice.connect(guid);
        Messenger other = alice.connect(guid);
        Recorder heard = listening(one);
        assertThat(key.unlock(one)).isTrue();
        assertThat(key.unlock(other)).isTrue();
        Session session = one.sessionManager().createSession();

        stage.service().kill();
        await().atMost(Times.LONG).until(() -> status(one) == LockStatus.INITIALIZED);
        assertThat(status(other)).isEqualTo(LockStatus.INITIALIZED);
        assertRefused(LOCK_LOCKED, () -> session.setApplication(guid));
        stage.startService();
        alice.awaitUp();
        alice.awaitOnline(bob);
        assertRefused(LOCK_LOCKED, one.sessionManager()::createSession);
        // The ticket the window had is of the time before, too.
        assertRefused(LOCK_LOCKED, () -> alice.messenger().invite(alice.contact(bob), guid, null));

        heard.await(e -> e.equals("lock enable true") && count(heard, e) == 2, "the second lock enable true");
        assertThat(key.unlock(one)).isTrue();
        assertThat(status(other)).isEqualTo(LockStatus.INITIALIZED);
        assertRefused(LOCK_LOCKED, other.sessionManager()::createSession);
        session.setApplication(guid);
        session.invite(one.contact(bob.address()), null);
        bob.window().awaitToAnswer(session).decline(null);
        await().atMost(Times.LONG).until(() -> session.state() == SessionState.DECLINED);
    }

    private static long count(Recorder heard, String event) {
        return heard.events().stream().filter(event::equals).count();
    }

    @Test
    void beforeItsTicketRunsOutEachApplicationIsChallengedForItself() {
        stage = Stage.openWith("lock { mode = on, ticket-life = 10 s }");
        String chess = Stage.newGuid();
        Key boardKey = stage.key(APP, "production", guid);
        Key chessKey = stage.key("chess", "production", chess);
        List<Person> people = stage.peopleWith("", "alice", "bob");
        Person alice = people.get(0);
        Person bob = people.get(1);
        stage.befriend(alice, bob);
        alice.registerProbe(guid);
        alice.registerProbe(chess);
        Messenger board = alice.connect(guid);
        Messenger secondBoard = alice.connect(guid);
        Messenger game = alice.connect(chess);
        Messenger forgetful = alice.connect(chess);
        List<Recorder> heard = List.of(listening(board), listening(secondBoard), listening(game));
        assertThat(boardKey.unlock(board)).isTrue();
        assertThat(boardKey.unlock(secondBoard)).isTrue();
        assertThat(chessKey.unlock(game)).isTrue();
        Key.Keeping boardAnswers = boardKey.keepUnlocked(board);
        Key.Keeping secondAnswers = boardKey.keepUnlocked(secondBoard);
        Key.Keeping chessAnswers = chessKey.keepUnlocked(game);

        // Two renewals: longer than any ticket of the beginning lives. Nobody is asked for another's key.
        for (Recorder each : heard) {
            each.await(e -> succeeded(each) >= 3, "two renewals");
        }
        for (Recorder each : heard) {
            assertThat(each.events()).noneMatch(e -> e.endsWith(" false")).containsOnlyOnce("lock status UNLOCKED");
        }
        assertThat(List.of(status(board), status(secondBoard), status(game))).containsOnly(LockStatus.UNLOCKED);
        assertThat(status(forgetful)).isEqualTo(LockStatus.INITIALIZED);
        Session a = alice.messenger().invite(alice.contact(bob), chess, null);
        bob.window().awaitToAnswer(a).decline(null);

        // Whoever does not answer is locked once its ticket has run out.
        chessAnswers.close();
        await().atMost(Times.LONG).until(() -> status(game) == LockStatus.INITIALIZED);
        assertRefused(LOCK_LOCKED, game.sessionManager()::createSession);
        assertRefused(LOCK_LOCKED, () -> alice.messenger().invite(alice.contact(bob), chess, null));
        assertThat(status(board)).isEqualTo(LockStatus.UNLOCKED);
        boardAnswers.close();
        secondAnswers.close();
    }

    private static long succeeded(Recorder heard) {
        return heard.events().stream()
                .filter(e -> e.startsWith("lock result ") && e.endsWith(" true"))
                .count();
    }
}
