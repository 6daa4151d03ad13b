package dev.beckon.system;

import static dev.beckon.ResultCode.E_INVALIDARG;
import static dev.beckon.ResultCode.LOCK_ALREADY_UNLOCKED;
import static dev.beckon.ResultCode.LOCK_LOCKED;
import static dev.beckon.ResultCode.LOCK_PENDING_UNLOCK;
import static dev.beckon.ResultCode.S_OK;
import static dev.beckon.system.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.Session;
import dev.beckon.SessionManager;
import dev.beckon.SessionState;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lock and key on a service that locks: what opens, what does not, and what is closed meanwhile. */
class LockIT {
    private static Stage stage;
    private static Person alice;
    private static Person bob;

    private final String guid = Stage.newGuid();
    private final String appId = "app-" + guid.substring(1, 9);
    private final Recorder heard = new Recorder();
    private Key key;
    private Messenger application;
    private SessionManager manager;

    @BeforeAll
    static void open() {
        stage = Stage.openWith("lock.mode = on");
        List<Person> people = stage.peopleWith("", "alice", "bob");
        alice = people.get(0);
        bob = people.get(1);
        stage.befriend(alice, bob);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @BeforeEach
    void connect() {
        key = stage.key(appId, "production", guid);
        alice.registerProbe(guid);
        bob.register(guid, stage.probe(guid, key).toString());
        application = alice.connect(guid);
        manager = application.sessionManager();
        manager.addListener(heard);
        heard.await("lock enable true");
    }

    @AfterEach
    void disconnect() {
        application.close();
    }

    private String challenge(long cookie) {
        manager.lock().requestChallenge(cookie);
        return awaitChallenge("challenge " + cookie + " ");
    }

    private String awaitChallenge(String prefix) {
        heard.await(e -> e.startsWith(prefix), prefix);
        return heard.events().stream()
                .filter(e -> e.startsWith(prefix))
                .findFirst()
                .orElseThrow()
                .split(" ")[2];
    }

    private void assertEveryMemberLocked() {
        assertRefused(LOCK_LOCKED, manager::createSession);
        assertRefused(LOCK_LOCKED, manager::applications);
        assertRefused(
                LOCK_LOCKED,
                () -> manager.getLaunchingSession(ProcessHandle.current().pid()));
        assertRefused(
                LOCK_LOCKED,
                () -> manager.registerApplication(new Application(Stage.newGuid(), "Chess", "", "/bin/true")));
        assertRefused(LOCK_LOCKED, () -> manager.unregisterApplication(guid));
    }

    @Test
    void untilItIsOpenEveryMemberIsClosed() {
        heard.await("lock enable true");
        assertThat(manager.lock().status()).isEqualTo(LockStatus.INITIALIZED);
        assertEveryMemberLocked();
    }

    @Test
    void aWrongResponseOpensNothingAndTheRightOneDoes() {
        challenge(1);
        manager.lock().sendResponse(appId, new Key(appId, "guess").response("nonce", application), 1);
        heard.await("lock result 1 false");
        heard.await("lock status UNLOCKFAILED");
        assertThat(manager.lock().status()).isEqualTo(LockStatus.UNLOCKFAILED);
        assertEveryMemberLocked();

        manager.lock().sendResponse(appId, key.response(challenge(2), application), 2);
        heard.await("lock result 2 true");
        heard.await("lock status UNLOCKED");
        assertThat(manager.applications()).extracting(Application::guid).contains(guid);
        assertThat(manager.createSession().state()).isEqualTo(SessionState.READY);
        assertThat(heard.events())
                .containsSubsequence(
                        "lock enable true",
                        "lock status PENDINGRESULT",
                        "lock result 1 false",
                        "lock status UNLOCKFAILED",
                        "lock status PENDINGRESULT",
                        "lock result 2 true",
                        "lock status UNLOCKED");
    }

    @Test
    void unlockedItInvitesRingsAndConnects() {
        assertThat(key.unlock(application)).isTrue();
        Recorder onA = new Recorder();
        Session a = manager.createSession();
        a.setApplication(guid);
        a.addListener(onA);
        a.invite(application.contact(bob.address()), "board 7");
        bob.window().awaitToAnswer(a).accept(null);
        // What is launched at Bob's opens its lock with the same key before it asks for its session.
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            assertThat(atBob.sessionId()).isEqualTo(a.sessionId());
            atBob.await("connected");
            onA.await("left ACCEPTED");
            a.sendContextData("port=7000");
            atBob.await("context \"port=7000\"");
            a.cancel(S_OK, null);
            atBob.await("termination SR_SESSION_CANCELLED_REMOTE");
        }
    }

    @Test
    void everyStepHasItsCode() {
        assertRefused(E_INVALIDARG, () -> manager.lock().sendResponse(appId, "response", 17));
        String nonce = challenge(17);
        assertRefused(LOCK_PENDING_UNLOCK, () -> manager.lock().requestChallenge(18));
        assertRefused(E_INVALIDARG, () -> manager.lock().sendResponse(appId, "response", 18));
        assertRefused(E_INVALIDARG, () -> manager.lock().sendResponse("", "response", 17));
        assertRefused(E_INVALIDARG, () -> manager.lock().sendResponse(appId, "", 17));
        manager.lock().sendResponse(appId, key.response(nonce, application), 17);
        heard.await("lock status UNLOCKED");
        assertRefused(LOCK_ALREADY_UNLOCKED, () -> manager.lock().requestChallenge(18));
        assertRefused(LOCK_ALREADY_UNLOCKED, () -> manager.lock().sendResponse(appId, "response", 17));
    }

    @Test
    void openingHoldsForOneObject() {
        assertThat(key.unlock(application)).isTrue();
        Messenger second = alice.connect(guid);
        assertThat(second.sessionManager().lock().status()).isEqualTo(LockStatus.INITIALIZED);
        assertRefused(LOCK_LOCKED, second.sessionManager()::createSession);
        assertThat(key.unlock(second)).isTrue();
        second.sessionManager().createSession();
    }

    @Test
    void aKeyOfTheTestEnvironmentOpensNothingInProduction() {
        Key test = stage.key("test-" + appId, "test", guid);
        assertThat(test.unlock(application)).isFalse();
        assertEveryMemberLocked();
    }

    @Test
    void anUnknownApplicationIdOpensNothing() {
        assertThat(new Key("nobody", key.secret()).unlock(application)).isFalse();
    }

    @Test
    void theOldDigestIsRefusedUnlessSwitchedOn() throws Exception {
        String nonce = challenge(5);
        manager.lock().sendResponse(appId, md5(nonce, key), 5);
        heard.await("lock result 5 false");
        assertThat(manager.lock().status()).isEqualTo(LockStatus.UNLOCKFAILED);
    }

    static String md5(String nonce, Key key) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest((nonce + key.secret()).getBytes()));
    }

    @Test
    void aRevokedKeyIsAskedForAtOnceAndClosesWhatItOpened() {
        assertThat(key.unlock(application)).isTrue();
        try (Key.Keeping answering = key.keepUnlocked(application)) {
            stage.run(
                    Map.of(),
                    "key",
                    "revoke",
                    appId,
                    "--home",
                    stage.serviceHome().toString());
            heard.await("lock status UNLOCKFAILED");
        }
        assertEveryMemberLocked();
        assertThat(key.unlock(application)).isFalse();
        Key next = stage.key(appId, "production", guid);
        assertThat(next.unlock(application)).isTrue();
    }

    @Test
    void aKeyInvitesToWhatItWasIssuedForAlone() {
        String chess = Stage.newGuid();
        alice.registerProbe(chess);
        assertThat(key.unlock(application)).isTrue();
        Session a = manager.createSession();
        a.setApplication(chess);
        assertRefused(LOCK_LOCKED, () -> a.invite(application.contact(bob.address()), null));
    }

    // --- The window

    @Test
    void theWindowInvitesOnceTheApplicationHasBeenUnlocked() {
        assertThatThrownBy(() -> alice.messenger().invite(alice.contact(bob), guid, null))
                .hasMessageContaining("LOCK_LOCKED")
                .hasMessageContaining("has not been unlocked since sign-in")
                .hasMessageContaining("start the application");
        Running refused = inviteCommand();
        assertThat(refused.awaitExit()).as(refused.output()).isEqualTo(7);
        assertThat(refused.output()).contains("has not been unlocked since sign-in", "start the application");
        assertThat(alice.messenger().sessions()).noneMatch(s -> s.application().equals(guid));

        assertThat(key.unlock(application)).isTrue();
        Session a = alice.messenger().invite(alice.contact(bob), guid, null);
        bob.window().awaitToAnswer(a).decline(null);
        await().atMost(Times.LONG).until(() -> a.state() == SessionState.DECLINED);

        // The ticket outlives the object that earned it.
        application.close();
        Running command = inviteCommand();
        assertThat(command.awaitExit()).as(command.output()).isZero();
        await().atMost(Times.LONG)
                .until(() -> bob.messenger().sessions().stream()
                        .anyMatch(s -> s.application().equals(guid) && s.state() == SessionState.INVITATION));
    }

    private Running inviteCommand() {
        return stage.run(
                Map.of(),
                "invite",
                bob.address(),
                "--app",
                guid,
                "--home",
                alice.home().toString());
    }

    @Test
    void theUserKeepsApplicationsWhileAllIsLocked() {
        String home = alice.home().toString();
        String chess = Stage.newGuid();
        assertThat(stage.run(
                                Map.of(),
                                "apps",
                                "register",
                                "Chess",
                                "--path",
                                "/bin/true",
                                "--guid",
                                chess,
                                "--home",
                                home)
                        .awaitExit())
                .isZero();
        assertThat(stage.run(Map.of(), "apps", "list", "--home", home).output()).contains(chess);
        assertThat(alice.messenger().applications())
                .extracting(Application::guid)
                .contains(chess);
        assertThat(stage.run(Map.of(), "apps", "unregister", chess, "--home", home)
                        .awaitExit())
                .isZero();
        assertThat(alice.messenger().applications())
                .extracting(Application::guid)
                .doesNotContain(chess);
    }
}
