package dev.beckon.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * How long a command stays: until Ctrl-C or SIGTERM, which close what runs and end the process with 0 (a second one ends it at
 * once), or until it ends by itself.
 */
final class Lifetime {
    private final CompletableFuture<Exit> end = new CompletableFuture<>();
    private final Thread hook = new Thread(this::stopped, "beckon-stops");
    private @Nullable Runnable close;

    /** From now on this is closed, once, whichever way it ends. */
    void closes(Runnable closing) {
        close = closing;
        Runtime.getRuntime().addShutdownHook(hook);
        Signals.stopInOrderThenAtOnce();
    }

    /** Ends by itself. */
    void end(Exit exit, String problem) {
        end.completeExceptionally(new Failure(exit, problem, ""));
    }

    /** Waits for the end. */
    int await() throws InterruptedException {
        try {
            return end.get().number();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                Runtime.getRuntime().removeShutdownHook(hook);
                if (close != null) {
                    close.run();
                }
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }

    /** A JVM that was asked to stop ends with 143 or 130; who was asked to stop and did, has done well. */
    private void stopped() {
        if (close != null) {
            close.run();
        }
        Runtime.getRuntime().halt(Exit.DONE.number());
    }
}
