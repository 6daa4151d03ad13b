package dev.beckon.local;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The event thread of a connection: runs what is handed to it, one after another, in order. Listeners run here alone. */
final class Dispatcher {
    /** More than this wait only where a listener hangs. */
    private static final int EVENTS = 8192;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean stopped;

    void start() {
        Thread thread = new Thread(this::run, "beckon-events");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Adds a task, where not too many wait.
     *
     * @return whether there was room
     */
    synchronized boolean add(Runnable task) {
        if (tasks.size() >= EVENTS) {
            return false;
        }
        addAlways(task);
        return true;
    }

    /** Adds a task of which there are few. */
    synchronized void addAlways(Runnable task) {
        if (!stopped) {
            tasks.add(task);
            notifyAll();
        }
    }

    /** Drops what waits; what runs now is the last. */
    synchronized void stop() {
        stopped = true;
        tasks.clear();
        notifyAll();
    }

    private void run() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                report(e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        while (tasks.isEmpty() && !stopped) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The thread is nobody else's to stop: a listener that was interrupted has left this behind.
                continue;
            }
        }
        return tasks.poll();
    }

    /** A listener failed: the thread's handler hears of it, and the next listener its event. */
    static void report(Throwable failure) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
}
