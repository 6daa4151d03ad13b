package dev.beckon.xmpp;

import dev.beckon.ContactStatus;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@link ContactStatus} as presence (RFC 6121 §4.7.2.1) and back. Any client understands {@code <show>}; what it has no
 * word for stands beside it in {@code <availability xmlns='urn:beckon:app:1' status='…'/>}, which other Beckon clients
 * read.
 *
 * <table>
 *   <caption>The mapping</caption>
 *   <tr><td>ONLINE</td><td>no show, or chat</td></tr>
 *   <tr><td>BUSY</td><td>dnd</td></tr>
 *   <tr><td>ON_THE_PHONE</td><td>dnd, marked on-the-phone</td></tr>
 *   <tr><td>AWAY</td><td>away, or xa</td></tr>
 *   <tr><td>BE_RIGHT_BACK, IDLE, OUT_TO_LUNCH</td><td>away, marked be-right-back, idle, out-to-lunch</td></tr>
 *   <tr><td>INVISIBLE</td><td>unavailable</td></tr>
 * </table>
 */
final class StatusCodec {
    private StatusCodec() {}

    /** The presence that shows a status, without capabilities. */
    static Node encode(ContactStatus status) {
        Node presence = Node.of("presence", Names.CLIENT);
        if (status == ContactStatus.INVISIBLE) {
            return presence.with("type", "unavailable");
        }
        String show = show(status);
        if (!show.isEmpty()) {
            presence = presence.with(Node.of("show", Names.CLIENT).containing(show));
        }
        return isMarked(status)
                ? presence.with(Node.of("availability", Names.APP).with("status", word(status)))
                : presence;
    }

    /** The status an available presence shows. */
    static ContactStatus decode(Node presence) {
        Node marker = presence.child("availability", Names.APP);
        @Nullable String marked = marker == null ? null : marker.attribute("status");
        Node shown = presence.child("show", Names.CLIENT);
        String show = shown == null ? "" : shown.text();
        for (ContactStatus status : ContactStatus.values()) {
            // A marker that does not fit what everybody else sees is not believed.
            if (isMarked(status) && word(status).equals(marked) && show(status).equals(show)) {
                return status;
            }
        }
        return switch (show) {
            case "dnd" -> ContactStatus.BUSY;
            case "away", "xa" -> ContactStatus.AWAY;
            default -> ContactStatus.ONLINE;
        };
    }

    private static boolean isMarked(ContactStatus status) {
        return switch (status) {
            case ON_THE_PHONE, BE_RIGHT_BACK, IDLE, OUT_TO_LUNCH -> true;
            default -> false;
        };
    }

    private static String show(ContactStatus status) {
        return switch (status) {
            case BUSY, ON_THE_PHONE -> "dnd";
            case AWAY, BE_RIGHT_BACK, IDLE, OUT_TO_LUNCH -> "away";
            default -> "";
        };
    }

    private static String word(ContactStatus status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
