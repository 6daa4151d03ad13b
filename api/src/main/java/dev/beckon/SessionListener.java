package dev.beckon;

import org.jspecify.annotations.Nullable;

/**
 * What happens to a {@link Session}. On both sides {@link #onStateChanged} comes first, then what is more exact.
 *
 * <p>Thread: events of one connection come one after another, in order, on a thread of that connection; calling the
 * session from within is allowed. An event never fires twice. Source: DMsgrSessionEvents.
 */
public interface SessionListener {
    /** The state is another; {@link Session#state} is the new one. */
    default void onStateChanged(Session session, SessionState previous) {}

    /** The recipient accepted (inviter only). */
    default void onAccepted(Session session, @Nullable String appData) {}

    /** The recipient declined (inviter only). */
    default void onDeclined(Session session, @Nullable String appData) {}

    /** The other side cancelled. */
    default void onCancelled(Session session, @Nullable String appData) {}

    /** The recipient accepted but does not have the application (inviter only); installing it goes on with the session. */
    default void onAppNotPresent(Session session, String name, String url) {}

    /** The session is approved to start. */
    default void onReadyToLaunch(Session session) {}

    /**
     * The client is about to launch the application.
     *
     * @return false to keep the client from it, because this listener starts the application, or is it. An answer that
     *     takes over 2 seconds counts as true
     */
    default boolean beforeAppLaunch(Session session) {
        return true;
    }

    /** The other side sent context data; it is {@link Session#contextData} now. */
    default void onContextData(Session session, String data) {}

    /** Something sent for this session did not arrive. */
    default void onSendError(Session session, ResultCode code) {}

    /** The session is over. The last event of every session that left READY. */
    default void onTermination(Session session, ResultCode code, @Nullable String appData) {}
}
