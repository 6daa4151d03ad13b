package dev.beckon;

import java.time.Instant;

/**
 * A line of text between this user and another person, and what became of it.
 *
 * <p>Ordinary XMPP chat: the other may use any client. Nothing of it is kept by the client; whoever shows it keeps it.
 *
 * @param id names it among this client's messages: made here, never by the other side
 * @param contact the other person, sign-in name
 * @param own true where this user wrote it, here or on another device
 * @param text 1 to 5,000 characters, as they were written: line breaks and all
 * @param when when it was sent; for one received, when it came in, or was stored by this user's service
 * @param fate what became of it
 * @param problem with FAILED: why, and what to do, for people; else empty
 */
public record ChatMessage(
        String id, String contact, boolean own, String text, Instant when, Fate fate, String problem) {

    /**
     * What became of a message.
     *
     * <pre>
     *  SENDING ──the service has it──▶ SENT ──it came back, within 20 minutes──▶ FAILED
     *  SENDING ──it could not be sent────────────────────────────────────────▶ FAILED
     * </pre>
     */
    public enum Fate {
        /** On its way to the service. */
        SENDING,
        /** The service has it, or another device of this user sent it. */
        SENT,
        /** It did not arrive, as far as is known. It is not sent again by itself. */
        FAILED,
        /** Somebody else wrote it. */
        RECEIVED
    }
}
