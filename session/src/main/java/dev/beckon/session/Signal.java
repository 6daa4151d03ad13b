package dev.beckon.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What two clients say to each other about a session. {@code sid} is the session's lower-case UUID.
 *
 * <p>The first group travels in messages (JMI, XEP-0353), the second in iqs (Jingle, XEP-0166).
 */
public sealed interface Signal {
    /** The session it is about; empty where a malformed stanza did not tell. */
    String sid();

    /** Invites. The ticket is null where the inviter's service does not lock. */
    record Propose(
            String sid,
            String guid,
            String name,
            String url,
            Instant sent,
            Instant expires,
            @Nullable String data,
            @Nullable String ticket)
            implements Signal {}

    /** A device of the recipient rings. */
    record Ringing(String sid, boolean appPresent) implements Signal {}

    /** The recipient accepts. */
    record Proceed(String sid, @Nullable String data) implements Signal {}

    /** The recipient declines. */
    record Reject(String sid, Ending ending) implements Signal {}

    /** The inviter takes the invitation back. */
    record Retract(String sid, Ending ending) implements Signal {}

    /** The recipient accepted, but has to install the application first. */
    record AppMissing(String sid) implements Signal {}

    /** The session is over. */
    record Finish(String sid, Ending ending) implements Signal {}

    /** Jingle session-initiate. */
    record Initiate(String sid, String guid, Endpoint endpoint) implements Signal {}

    /** Jingle session-accept. */
    record Accept(String sid, String guid, Endpoint endpoint) implements Signal {}

    /** Jingle session-info with context data. */
    record ContextData(String sid, String data) implements Signal {}

    /** Jingle session-info without payload: XEP-0166 §6.8, asks whether the session is alive. */
    record Ping(String sid) implements Signal {}

    /** Jingle session-terminate. */
    record Terminate(String sid, Ending ending) implements Signal {}

    /**
     * Something about a session that cannot be read or breaks a limit.
     *
     * @param iq true where it was an iq, which must be answered
     * @param kind what it was meant to be: the local name of the JMI element or the Jingle action
     * @param guid application where a propose still told, else empty
     * @param condition the stanza error it deserves, {@code bad-request} mostly
     * @param problem what is wrong, for people
     */
    record Malformed(String sid, boolean iq, String kind, String guid, String condition, String problem)
            implements Signal {}

    /**
     * Where a side can be reached, in session-initiate and session-accept.
     *
     * @param address {@code 192.0.2.1}, {@code 192.0.2.1:7000} or {@code [2001:db8::1]:7000}; null where none was told
     * @param transport namespace of the Jingle transport
     */
    record Endpoint(@Nullable String address, String transport) {
        /** The transport in which nothing is negotiated. */
        public static final String ADDRESSES = "urn:beckon:transport:address:1";
    }
}
