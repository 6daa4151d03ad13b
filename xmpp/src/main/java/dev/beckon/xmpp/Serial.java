package dev.beckon.xmpp;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that owns a client's state. After {@link #stop} nothing runs any more, silently. */
final class Serial {
    private static final Logger LOG = LoggerFactory.getLogger(Serial.class);

    private final ScheduledThreadPoolExecutor executor;

    Serial(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void run(Runnable task) {
        try {
            executor.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            // stopped
        }
    }

    /** Runs it later; cancelling the result keeps it from running. */
    Future<?> later(Duration delay, Runnable task) {
        try {
            return executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return new FutureTask<>(() -> {}, null);
        }
    }

    /** Lets what was given before run, then ends. */
    void stop() {
        executor.shutdown();
    }

    /** One bad stanza or listener must not stop all that follow. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("A task of the XMPP client failed", e);
        }
    }
}
