package dev.beckon;

/**
 * Where a {@link Session} stands (SESSION_STATE).
 *
 * <pre>
 *  READY      ──invite──────────────────────────────────▶ INVITATION
 *  INVITATION ──accept──────────────────────────────────▶ ACCEPTED
 *  INVITATION ──decline─────────────────────────────────▶ DECLINED
 *  INVITATION ──cancel, answered on another device──────▶ CANCELLED
 *  INVITATION ──time-out, not delivered─────────────────▶ TERMINATED
 *  ACCEPTED   ──both addresses known────────────────────▶ CONNECTED
 *  ACCEPTED   ──cancel or another answer was faster─────▶ CANCELLED
 *  ACCEPTED   ──cancel, failure, other side gone────────▶ TERMINATED
 *  CONNECTED  ──cancel, failure, other side gone────────▶ TERMINATED
 * </pre>
 *
 * From ACCEPTED to CANCELLED goes the recipient alone, whose acceptance crossed the inviter's cancel on the way, or came
 * after that of another device.
 *
 * <p>CANCELLED, DECLINED and TERMINATED are final: every method of the session but reading then fails with
 * {@link ResultCode#SR_SESSION_STATE_INVALID}.
 *
 * <p>Source: Windows Messenger reference, IMsgrSession::State; seed page 004.
 */
public enum SessionState {
    /** Not known. No session of ours is ever in it. */
    UNKNOWN(0),
    /** Made, nobody invited yet. */
    READY(1),
    /** The invitation is out; the recipient has not answered. */
    INVITATION(2),
    /** The recipient accepted; the applications start and the path between them is made. */
    ACCEPTED(3),
    /** Both sides know the way to each other. */
    CONNECTED(4),
    /** The inviter took the invitation back, or it was answered on another device. Final. */
    CANCELLED(5),
    /** The recipient declined. Final. */
    DECLINED(6),
    /** Ended after acceptance, or by a failure or a time-out. Final. */
    TERMINATED(7);

    private final int number;

    SessionState(int number) {
        this.number = number;
    }

    /** The number the reference gives it. */
    public int number() {
        return number;
    }

    /** True for CANCELLED, DECLINED and TERMINATED. */
    public boolean isFinal() {
        return number >= CANCELLED.number;
    }
}
