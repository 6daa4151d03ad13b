package dev.beckon.xmpp;

import dev.beckon.session.Carrier.Carbon;
import dev.beckon.session.Jid;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as it counts, out of the carbon it may have come in.
 *
 * @param from who the service says sent it
 * @param to whom it was for; one's own bare address where it did not say
 * @param delayed the stamp of one's own service (XEP-0203), null without one
 */
record Letter(
        Node message,
        Jid from,
        Jid to,
        Carbon carbon,
        @Nullable Instant delayed) {
    /**
     * What came in.
     *
     * @param from who the service says sent it: for a carbon, one's own account
     * @param self one's own bare address
     * @return null for what is none: an error, what is said in a room, a copy that does not count
     */
    static @Nullable Letter of(Node message, Jid from, String self) {
        if (!isLetter(message)) {
            return null;
        }
        // XEP-0280 §11: a copy counts only if one's own account says that it is one.
        if (from.equals(Jid.bare(self))) {
            Node received = message.child("received", Names.CARBONS);
            Node copy = received != null ? received : message.child("sent", Names.CARBONS);
            if (copy != null) {
                return copied(copy, received != null ? Carbon.RECEIVED : Carbon.SENT, self);
            }
        }
        Jid to = Jids.parse(message.attribute("to"));
        return new Letter(message, from, to == null ? Jid.bare(self) : to, Carbon.NONE, delay(message, self));
    }

    private static @Nullable Letter copied(Node copy, Carbon kind, String self) {
        Node forwarded = copy.child("forwarded", Names.FORWARD);
        Node message = forwarded == null ? null : forwarded.child("message", Names.CLIENT);
        if (message == null || forwarded == null || !isLetter(message)) {
            return null;
        }
        Jid from = Jids.parse(message.attribute("from"));
        Jid to = Jids.parse(message.attribute("to"));
        if (from == null || to == null) {
            return null;
        }
        Jid own = kind == Carbon.SENT ? from : to;
        return own.bare().equals(self) ? new Letter(message, from, to, kind, delay(forwarded, self)) : null;
    }

    private static boolean isLetter(Node message) {
        String type = message.attribute("type");
        return !"error".equals(type) && !"groupchat".equals(type);
    }

    // XEP-0203 §3: anybody can write a stamp; those of one's own service and account count, the oldest of them.
    private static @Nullable Instant delay(Node element, String self) {
        Instant oldest = null;
        for (Node delay : element.children("delay", Names.DELAY)) {
            Jid by = Jids.parse(delay.attribute("from"));
            boolean own = by != null && (by.equals(Jid.bare(self)) || by.equals(Jid.bare(Jids.domainOf(self))));
            Instant stamp = own ? Text.parseTime(delay.attribute("stamp")) : null;
            if (stamp != null && (oldest == null || stamp.isBefore(oldest))) {
                oldest = stamp;
            }
        }
        return oldest;
    }
}
