package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An iq get or set that the service is to answer: on its own behalf, on behalf of an account, or before sign-in.
 *
 * @param stanza the iq; it has exactly one payload
 * @param account whom it is for: an account's bare address, or the domain
 * @param session the session that sent it; null before sign-in, or if it came from elsewhere
 * @param address where it came from, as text, for limits per address; empty if unknown
 */
public record Request(Stanza stanza, Jid account, @Nullable Session session, String address) {
    /** Whether it is a get; else it is a set. */
    public boolean isGet() {
        return stanza.type().equals("get");
    }

    /** Whether it is a set; else it is a get. */
    public boolean isSet() {
        return !isGet();
    }

    /** The payload as a tree. */
    public Element payload() {
        return Objects.requireNonNull(stanza.payloadElement(), "a request has a payload");
    }

    /** Whether a session asks for its own account. */
    public boolean isOwn() {
        return session != null && session.jid().bare().equals(account);
    }
}
