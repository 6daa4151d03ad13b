package dev.beckon.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/** A clock turned by hand, and one thread for everything: the test's. */
final class TurnedScheduler implements Scheduler {
    private record Due(Instant at, long order, Runnable task, boolean[] cancelled) {}

    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::order));
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private long order;

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        boolean[] cancelled = new boolean[1];
        timers.add(new Due(now.plus(delay), order++, task, cancelled));
        return () -> cancelled[0] = true;
    }

    @Override
    public boolean isEngineThread() {
        return true;
    }

    /** Runs what there is to do now. */
    void settle() {
        for (int i = 0; !tasks.isEmpty(); i++) {
            if (i > 1_000_000) {
                throw new AssertionError("it never comes to rest");
            }
            tasks.remove().run();
        }
    }

    /** Lets time pass. */
    void pass(Duration time) {
        settle();
        Instant until = now.plus(time);
        while (!timers.isEmpty() && !timers.peek().at().isAfter(until)) {
            Due due = timers.remove();
            if (!due.cancelled()[0]) {
                now = due.at();
                due.task().run();
                settle();
            }
        }
        now = until;
    }

    void passSeconds(long seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    /** Timers that are still to run. */
    long open() {
        return timers.stream().filter(t -> !t.cancelled()[0]).count();
    }
}
