package dev.beckon.session;

import java.time.Duration;
import java.time.Instant;

/** The engine's thread and clock. Tests turn it by hand. */
public interface Scheduler {
    /** The wall clock. */
    Instant now();

    /** Runs on the engine's thread, after everything given before. */
    void execute(Runnable task);

    /** Runs on the engine's thread after a delay. */
    Timer schedule(Duration delay, Runnable task);

    /** True on the engine's thread. */
    boolean isEngineThread();

    /** Something that will run. */
    interface Timer {
        /** Keeps it from running. */
        void cancel();
    }
}
