package dev.beckon;

import org.jspecify.annotations.Nullable;

/**
 * What happens to a {@link SessionManager}.
 *
 * <p>Thread: as for {@link SessionListener}. Source: DMsgrSessionManagerEvents.
 */
public interface SessionManagerListener {
    /**
     * Somebody invites this user to an application this connection speaks for, or, for a connection that speaks for
     * none, to any.
     *
     * @return true to say that this application asks the user itself: the client then does not. An answer that takes over
     *     2 seconds counts as false
     */
    default boolean onInvitation(Session session, @Nullable String appData) {
        return false;
    }

    /**
     * A session for this running application was accepted outside of it, from the client's window: it is handed over here
     * instead of launching a second process. What {@link SessionManager#getLaunchingSession} is for a new process.
     */
    default void onLaunchingSession(Session session) {}

    /** An application was registered, by this connection or another, or by hand. */
    default void onAppRegistered(String guid) {}

    /** An application was unregistered. */
    default void onAppUnregistered(String guid) {}

    /** The client is shutting down; live sessions end. The last event. */
    default void onAppShutdown() {}

    /** It is known now whether the service locks. */
    default void onLockEnable(boolean enabled) {}

    /** The service challenges: answer with {@link Lock#sendResponse}. It may come unasked, with a cookie of its own. */
    default void onLockChallenge(long cookie, String challenge) {}

    /** A response was judged. */
    default void onLockResult(long cookie, boolean succeeded) {}

    /** The lock stands elsewhere. */
    default void onLockStatusChanged(LockStatus status) {}
}
