package dev.beckon.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Calls the listeners of one connection, one after another, in order, never on the engine's thread. A listener that hangs
 * holds up its own connection only; one that throws, nothing.
 */
final class Dispatcher {
    /** Calls that may wait; a connection that lets more pile up has stopped listening. */
    static final int BACKLOG = 10_000;

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final Executor executor;
    private final Runnable onOverflow;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final CountDownLatch drained = new CountDownLatch(1);
    private boolean running;
    private boolean closed;

    Dispatcher(Executor executor, Runnable onOverflow) {
        this.executor = executor;
        this.onOverflow = onOverflow;
    }

    void post(Runnable call) {
        synchronized (waiting) {
            if (closed) {
                return;
            }
            if (waiting.size() < BACKLOG) {
                waiting.add(call);
                start();
                return;
            }
            closed = true;
            waiting.clear();
        }
        drained.countDown();
        onOverflow.run();
    }

    /** How many calls wait. */
    int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** Takes nothing more; what waits is still called. */
    void close() {
        synchronized (waiting) {
            closed = true;
            if (!running) {
                drained.countDown();
            }
        }
    }

    /** Waits until everything was called. */
    void await(long millis) throws InterruptedException {
        if (!drained.await(millis, TimeUnit.MILLISECONDS)) {
            LOG.log(System.Logger.Level.DEBUG, "a listener did not return in time");
        }
    }

    private void start() {
        if (running) {
            return;
        }
        running = true;
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            running = false;
            waiting.clear();
        }
    }

    private void run() {
        while (true) {
            Runnable call;
            synchronized (waiting) {
                call = waiting.poll();
                if (call == null) {
                    running = false;
                    if (closed) {
                        drained.countDown();
                    }
                    return;
                }
            }
            guard(call);
        }
    }

    /** Application code: whatever it throws is its own affair. */
    static void guard(Runnable call) {
        try {
            call.run();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            LOG.log(System.Logger.Level.WARNING, "A listener threw", e);
        }
    }
}
