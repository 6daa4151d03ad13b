package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.session.Jid;
import dev.beckon.session.LockAuthority;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding out whether a service locks, on a network that answers as each test says. */
class XmppLockAuthorityTest {
    private static final Jid LOCK = Jid.bare("lock.a.example");

    private final Serial serial = new Serial("lock-authority-test");
    private final List<Boolean> told = new CopyOnWriteArrayList<>();
    private final List<LockAuthority.Challenge> challenges = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    /** What becomes of a question about the authority: an error condition, or empty where it answers. */
    private volatile String fate = "";

    private volatile boolean listed = true;
    private Outbox outbox;
    private XmppLockAuthority authority;

    @BeforeEach
    void raise() {
        outbox = new Outbox(serial, "alice@a.example", Duration.ofSeconds(30), this::answer, () -> {});
        authority = new XmppLockAuthority(serial, outbox, "alice@a.example", Set.of(), Duration.ofMillis(20));
        authority.start(new LockAuthority.Listener() {
            @Override
            public void enabled(boolean locks) {
                told.add(locks);
            }

            @Override
            public void challenged(LockAuthority.Challenge challenge) {
                challenges.add(challenge);
            }
        });
        serial.run(outbox::open);
    }

    @AfterEach
    void stop() {
        serial.stop();
    }

    private boolean answer(Node iq) {
        String to = String.valueOf(iq.attribute("to"));
        Node payload = iq.children().get(0);
        Node result = null;
        String condition = "service-unavailable";
        if (payload.is("query", Names.DISCO_ITEMS)) {
            result = Node.of("query", Names.DISCO_ITEMS);
            if (listed) {
                result = result.with(Node.of("item", Names.DISCO_ITEMS).with("jid", LOCK.toString()));
            }
        } else if (payload.is("query", Names.DISCO_INFO)) {
            result = Node.of("query", Names.DISCO_INFO);
            if (to.equals(LOCK.toString())) {
                asked.add(to);
                condition = fate;
                result = fate.isEmpty()
                        ? result.with(Node.of("feature", Names.DISCO_INFO).with("var", Names.LOCK))
                        : null;
            }
        }
        Node answer = Node.of("iq", Names.CLIENT)
                .with("id", iq.attribute("id"))
                .with("type", result == null ? "error" : "result")
                .with(result == null ? Node.of("error", Names.CLIENT).with(Node.of(condition, Names.STANZAS)) : result);
        serial.run(() -> outbox.answered(answer, Jid.bare(to), null));
        return true;
    }

    private void awaitTold(Boolean... wanted) {
        await().atMost(Device.SOON).untilAsserted(() -> assertThat(told).containsExactly(wanted));
    }

    private void settle() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        serial.run(() -> done.complete(null));
        done.join();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "remote-server-timeout",
                "remote-server-not-found",
                "internal-server-error",
                "resource-constraint"
            })
    void anAuthorityThatCannotBeReachedLeavesItOpenWhetherTheServiceLocks(String condition) {
        fate = condition;
        serial.run(authority::up);
        await().atMost(Device.SOON).until(() -> asked.size() >= 4);
        assertThat(told).isEmpty();
        assertThat(failure(authority.challenge(17).toCompletableFuture())).isEqualTo(ResultCode.LOCK_NOTINITIALIZED);
        fate = "";
        awaitTold(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"item-not-found", "service-unavailable"})
    void onlyThatThereIsNoAuthorityOpensTheLock(String condition) {
        fate = condition;
        serial.run(authority::up);
        awaitTold(false);
        assertThat(failure(authority.challenge(17).toCompletableFuture())).isEqualTo(ResultCode.LOCK_DISABLED);
    }

    @Test
    void aServiceThatListsNoAuthorityDoesNotLock() {
        listed = false;
        serial.run(authority::up);
        awaitTold(false);
    }

    @Test
    void nothingIsLookedForOnceOffline() {
        fate = "resource-constraint";
        serial.run(authority::up);
        await().atMost(Device.SOON).until(() -> !asked.isEmpty());
        serial.run(authority::down);
        settle();
        int then = asked.size();
        fate = "";
        await().during(Duration.ofMillis(200)).atMost(Device.SOON).until(() -> asked.size() <= then + 1);
        assertThat(told).isEmpty();
    }

    @Test
    void aServiceThatBeginsToLockIsHeardAtOnce() {
        listed = false;
        serial.run(authority::up);
        awaitTold(false);
        listed = true;
        serial.run(() -> authority.changed(Jid.bare("lock.b.example")));
        serial.run(() -> authority.changed(Jid.bare("evil-a.example")));
        serial.run(() -> authority.changed(new Jid("mallory@lock.a.example", "x")));
        settle();
        assertThat(asked).isEmpty();
        serial.run(() -> authority.changed(LOCK));
        awaitTold(false, true);
    }

    @Test
    void whatHasNotChangedIsNotToldAgain() {
        serial.run(authority::up);
        awaitTold(true);
        serial.run(() -> authority.changed(LOCK));
        await().atMost(Device.SOON).until(() -> asked.size() == 2);
        settle();
        assertThat(told).containsExactly(true);
        serial.run(authority::down);
        serial.run(authority::up);
        awaitTold(true, true);
    }

    @Test
    void anUnaskedChallengeNamesWhoIsToAnswer() {
        serial.run(authority::up);
        awaitTold(true);
        Node challenge = Node.of("challenge", Names.LOCK)
                .with("cookie", "17")
                .with("nonce", "n")
                .with("expires", "2026-11-20T12:00:00Z");
        serial.run(() -> authority.challenged(LOCK, challenge.with("app-id", "board")));
        serial.run(() -> authority.challenged(LOCK, challenge));
        serial.run(() -> authority.challenged(LOCK, challenge.with("app-id", "x".repeat(257))));
        serial.run(() -> authority.challenged(Jid.bare("lock.b.example"), challenge));
        settle();
        assertThat(challenges).extracting(LockAuthority.Challenge::appId).containsExactly("board", null);
    }

    private static ResultCode failure(CompletableFuture<?> future) {
        try {
            future.join();
            throw new AssertionError("it did not fail");
        } catch (CompletionException e) {
            return ((SessionException) e.getCause()).code();
        }
    }
}
