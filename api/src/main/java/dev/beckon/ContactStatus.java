package dev.beckon;

/**
 * Whether and how a contact can be reached.
 *
 * <p>Source: Windows Messenger reference, MISTATUS.
 */
public enum ContactStatus {
    /** Not known: not a contact, or not signed in oneself. */
    UNKNOWN(0),
    /** Not signed in. */
    OFFLINE(1),
    /** Signed in. */
    ONLINE(2),
    /** Signed in, shown to others as offline; meanwhile contacts stay as last seen. Only ever seen of oneself. */
    INVISIBLE(6),
    /** Busy. */
    BUSY(10),
    /** Back in a moment. */
    BE_RIGHT_BACK(14),
    /** Signed in, nobody at the keyboard. */
    IDLE(18),
    /** Away. */
    AWAY(34),
    /** On the phone. */
    ON_THE_PHONE(50),
    /** Out to lunch. */
    OUT_TO_LUNCH(66);

    private final int number;

    ContactStatus(int number) {
        this.number = number;
    }

    /** The number the reference gives it. */
    public int number() {
        return number;
    }

    /** True where the contact is signed in and can be invited. */
    public boolean isSignedIn() {
        return number >= ONLINE.number;
    }
}
