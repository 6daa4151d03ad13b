package dev.beckon;

import java.util.List;

/**
 * Where an application begins: sessions and registration. One per connection of an application to the client.
 *
 * <p>Where the service locks, every member but {@link #lock} and the listeners fails with LOCK_LOCKED until the lock is
 * open, and with LOCK_NOTINITIALIZED until it is known whether the service locks.
 *
 * <p>Thread: any. Source: MsgrSessionManager, IMsgrSessionManager; seed pages 000, 001 and 002.
 */
public interface SessionManager {
    /**
     * A new session in READY with a fresh session ID. One that never leaves READY ends with its connection.
     *
     * @throws SessionException E_OUTOFMEMORY (over 100 of this connection are in READY)
     */
    Session createSession();

    /**
     * The session for which the client launched this process, or one of its ancestors.
     *
     * @param processId usually {@code ProcessHandle.current().pid()}
     * @throws SessionException E_INVALIDARG (not a positive number), E_FAIL (the client launched no such process)
     */
    Session getLaunchingSession(long processId);

    /**
     * Registers an application with this user's client, for good.
     *
     * @throws SessionException SR_APP_ALREADY_REGISTERED (unregister first, to change anything), E_INVALIDARG (a limit or
     *     form broken), E_FAIL (the path does not resolve), REGDB_E_WRITEREGDB (could not be stored)
     */
    void registerApplication(Application application);

    /**
     * Removes an application.
     *
     * @throws SessionException SR_APP_NOT_REGISTERED, E_INVALIDARG, REGDB_E_WRITEREGDB
     */
    void unregisterApplication(String guid);

    /** The registered applications, by name. */
    List<Application> applications();

    /** What keeps this object closed. */
    Lock lock();

    /** Hears what happens from now on. */
    void addListener(SessionManagerListener listener);

    /** Stops hearing. */
    void removeListener(SessionManagerListener listener);
}
