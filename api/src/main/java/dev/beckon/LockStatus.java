package dev.beckon;

/**
 * Where a {@link Lock} stands.
 *
 * <p>Source: Windows Messenger reference, Messenger Lock and Key API.
 */
public enum LockStatus {
    /** Not known yet whether the service locks. */
    NOTINITIALIZED(1),
    /** Locked. */
    INITIALIZED(2),
    /** A challenge was asked for, or a response is being judged. */
    PENDINGRESULT(3),
    /** Open. */
    UNLOCKED(4),
    /** The last response was wrong; locked. */
    UNLOCKFAILED(5),
    /** The service does not lock. */
    DISABLED(6);

    private final int number;

    LockStatus(int number) {
        this.number = number;
    }

    /** The number the reference gives it. */
    public int number() {
        return number;
    }
}
