package dev.beckon.session;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Schedulers. */
public final class Schedulers {
    private Schedulers() {}

    /** The wall clock and one daemon thread, until it is closed. What is given after closing is refused. */
    public static Real real() {
        return new Real();
    }

    /** See {@link #real}. */
    public static final class Real implements Scheduler, AutoCloseable {
        private static final System.Logger LOG = System.getLogger(Schedulers.class.getName());

        private final ScheduledThreadPoolExecutor executor;
        private volatile Thread thread = Thread.currentThread();

        private Real() {
            executor = new ScheduledThreadPoolExecutor(1, task -> {
                Thread made = new Thread(task, "beckon-engine");
                made.setDaemon(true);
                thread = made;
                return made;
            });
            executor.setRemoveOnCancelPolicy(true);
            executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            executor.prestartCoreThread();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        /**
         * @throws RejectedExecutionException after {@link #close}
         */
        @Override
        public void execute(Runnable task) {
            executor.execute(guarded(task));
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            var future = executor.schedule(guarded(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        }

        @Override
        public boolean isEngineThread() {
            return Thread.currentThread() == thread;
        }

        /** Lets what was given finish, for at most 5 seconds, and ends the thread. */
        @Override
        public void close() {
            executor.shutdown();
            if (isEngineThread()) {
                return;
            }
            try {
                if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                    executor.shutdownNow();
                }
            } catch (InterruptedException e) {
                executor.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }

        /** One failing task must not take the others with it, nor fail unseen. */
        private static Runnable guarded(Runnable task) {
            return () -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "A task of the session engine failed", e);
                }
            };
        }
    }
}
