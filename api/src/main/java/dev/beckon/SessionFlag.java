package dev.beckon;

/**
 * What a {@link Session} is, as a set; the empty set is the reference's NONE (0).
 *
 * <p>The reference prints INVITER for both of the first two; the second is INVITEE here.
 *
 * <p>Source: Windows Messenger reference, IMsgrSession::Flags; seed page 004.
 */
public enum SessionFlag {
    /** This side sent the invitation. */
    INVITER(1),
    /** This side received the invitation. */
    INVITEE(2),
    /** The application is registered on both sides with the same GUID. */
    APP_INVITE_COMPATIBLE(4);

    private final int number;

    SessionFlag(int number) {
        this.number = number;
    }

    /** The number the reference gives it. */
    public int number() {
        return number;
    }
}
