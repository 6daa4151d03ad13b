package dev.beckon.service.route;

/**
 * One feature of the service: one class that says in {@link #install} what it handles.
 *
 * <p>Threads: everything a feature is called with runs on an event loop that serves other people too, so it never blocks; work that
 * waits (the store, key derivation) goes to {@link Router#work}. Until a handler or hook has completed, the session it was called
 * for takes no further stanza from its client, so each sees them in order; handlers of different sessions run at the same time.
 */
public interface Feature {
    /** Registers what this feature handles. Called once, before the first connection; {@code router} may be kept. */
    void install(Hooks hooks, Router router);
}
