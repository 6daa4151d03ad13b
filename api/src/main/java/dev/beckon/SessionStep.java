package dev.beckon;

/**
 * How far a {@link Session} has come, finer than its {@link SessionState} and for people to read: what a window shows of
 * it. Steps are taken in this order, each at most once; some are left out.
 *
 * <pre>
 *  INVITED ─▶ RINGING ─▶ APP_MISSING ─▶ ACCEPTED ─▶ LAUNCHING ─▶ ATTACHED ─▶ CONNECTED ─▶ ENDED
 * </pre>
 *
 * <p>Source: none; the reference tells of these by its events alone.
 */
public enum SessionStep {
    /** The invitation is out, or came in. Nobody is known to have seen it. */
    INVITED,
    /** A client of the recipient rings. */
    RINGING,
    /** The recipient accepted, and has to install the application first. */
    APP_MISSING,
    /** The recipient accepted. */
    ACCEPTED,
    /** The application is being started on this side. Left out where it runs already. */
    LAUNCHING,
    /** The application on this side has its session. */
    ATTACHED,
    /** Both sides know the way to each other. */
    CONNECTED,
    /** It is over; {@link Session#result} says how. */
    ENDED
}
