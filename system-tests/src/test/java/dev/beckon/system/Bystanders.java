package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.LockStatus;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Alice and Bob, who must not notice what goes on around them: from the beginning Bob's agent holds an invitation of Alice, and she
 * invites him again and again, and he declines.
 */
final class Bystanders implements AutoCloseable {
    private static final String PATIENCE = "times { invitation = 30 m, longest-ring = 30 m }";

    final Person alice;
    final Person bob;

    private final String kept = Stage.newGuid();
    private final String declined = Stage.newGuid();
    private final Session ringing;
    private final Thread thread = new Thread(this::exchange, "bystanders");
    private volatile boolean ended;
    private volatile int rounds;
    private volatile long longest;
    private volatile @Nullable Throwable fault;

    Bystanders(Stage stage) {
        List<Person> people = stage.peopleWith(PATIENCE, "alice", "bob");
        alice = people.get(0);
        bob = people.get(1);
        stage.befriend(alice, bob);
        await().atMost(Times.LONG).until(() -> unlocked(alice) && unlocked(bob));
        for (String guid : new String[] {kept, declined}) {
            alice.registerProbe(guid);
            bob.registerProbe(guid);
        }
        ringing = invite(kept, new Recorder());
        bob.window().awaitToAnswer(ringing);
        thread.start();
    }

    private static boolean unlocked(Person person) {
        return person.messenger().sessionManager().lock().status() == LockStatus.DISABLED;
    }

    private Session invite(String guid, Recorder recorder) {
        Session session = alice.messenger().sessionManager().createSession();
        session.setApplication(guid);
        session.addListener(recorder);
        session.invite(alice.contact(bob), null);
        return session;
    }

    private void exchange() {
        try {
            while (!ended) {
                long began = System.nanoTime();
                Recorder recorder = new Recorder();
                Session session = invite(declined, recorder);
                bob.window().awaitToAnswer(session).decline(null);
                assertThat(recorder.awaitTermination()).isEqualTo("SR_INVITATION_DECLINED");
                longest = Math.max(longest, System.nanoTime() - began);
                rounds++;
                // Not to take the machine from the tests.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        } catch (Throwable e) {
            fault = e;
        }
    }

    /** They are served now: an invitation begun after this was called is declined. */
    void assertServed() {
        int before = rounds;
        await().atMost(Times.LONG).until(() -> fault != null || rounds >= before + 2);
        assertThat(fault).isNull();
    }

    /** They noticed nothing at all: none of their exchanges took long, and the invitation that rang all the while connects. */
    void assertUndisturbed(Stage stage) throws InterruptedException {
        assertServed();
        ended = true;
        thread.join(Times.LONG.toMillis());
        assertThat(fault).isNull();
        assertThat(Duration.ofNanos(longest))
                .as("of %d exchanges the longest", rounds)
                .isLessThan(Duration.ofSeconds(20));
        Session atBob = bob.window().awaitToAnswer(ringing);
        assertThat(atBob.state()).isEqualTo(SessionState.INVITATION);
        atBob.accept(null);
        try (Launches.Launched one = stage.launches().await(kept, bob.address())) {
            one.await("connected");
            await().atMost(Times.LONG).until(() -> ringing.state() == SessionState.CONNECTED);
            ringing.cancel(ResultCode.S_OK, null);
        }
    }

    @Override
    public void close() {
        ended = true;
    }
}
