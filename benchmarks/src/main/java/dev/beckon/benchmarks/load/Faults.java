package dev.beckon.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the server did wrong. The first fault ends the run: what comes after follows from it. Thread-safe. */
final class Faults {
    private final CompletableFuture<Void> first = new CompletableFuture<>();

    void add(String what) {
        first.completeExceptionally(new ServerFault(what));
    }

    /** Throws the first fault, if there is one. */
    void check() throws ServerFault, InterruptedException {
        await(Duration.ZERO);
    }

    /** Lets time pass, or throws the fault that comes meanwhile. */
    void await(Duration time) throws ServerFault, InterruptedException {
        try {
            first.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // nothing went wrong
        } catch (ExecutionException e) {
            throw (ServerFault) e.getCause();
        }
    }
}
