package dev.beckon.service.route;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** Where stanzas go. What features may do with stanzas and sessions. Thread-safe; nothing here blocks. */
public interface Router {
    /** The domain served. */
    Jid domain();

    /**
     * Takes a stanza to its {@code to} as RFC 6121 §8.5 says, as if it had come from its {@code from}: to a device, to those of an
     * account that should have it, to handlers. What cannot be delivered is answered with an error where the RFC wants one. Inbound
     * filters apply, outbound ones do not.
     */
    void route(Stanza stanza);

    /** Tells whoever sent a message that it could not be delivered, with this error. */
    void bounce(Stanza message, StanzaError error);

    /** Hands a stanza to one session as it is, whatever its {@code to}; no filter applies. */
    void deliver(Session session, Stanza stanza);

    /** The sessions of an account, available or not. */
    List<Session> sessions(Jid bare);

    /** The session of a full address, or null. */
    @Nullable
    Session session(Jid full);

    /** All sessions at this moment. */
    List<Session> sessions();

    /**
     * Runs work that may block (the store, key derivation) off the event loops. If too much waits already, the future fails with
     * {@link java.util.concurrent.RejectedExecutionException}, which a request's sender is told as {@code resource-constraint}.
     */
    <T> CompletableFuture<T> work(Callable<T> work);

    /** Runs {@code task}, which must not block, after a while. */
    ScheduledFuture<?> schedule(Duration delay, Runnable task);
}
