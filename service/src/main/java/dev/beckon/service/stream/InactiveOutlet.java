package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spares a client that nobody looks at (XEP-0352): who came and went, and who is typing, waits until it is active, or until something
 * comes that wakes it anyway; of each contact only the newest. Whatever may matter at once goes through at once. Thread-safe.
 */
final class InactiveOutlet implements Session.Outlet {
    static final String NAMESPACE = "urn:xmpp:csi:0";

    /** The stream feature. */
    static final String FEATURE = "<csi xmlns='" + NAMESPACE + "'/>";

    private static final String CHAT_STATES = "http://jabber.org/protocol/chatstates";
    private static final String HINTS = "urn:xmpp:hints";
    private static final String CARBONS = "urn:xmpp:carbons:2";
    private static final String FORWARD = "urn:xmpp:forward:0";

    /** So many bytes wait; when more do, the client may as well have them. */
    private static final int MOST_BYTES = 64 * 1024;

    private record Subject(Stanza.Kind kind, @Nullable Jid from) {}

    private final Session.Outlet next;
    private final Map<Subject, Stanza> waiting = new LinkedHashMap<>();
    private int bytes;
    private boolean active;

    private InactiveOutlet(Session.Outlet next) {
        this.next = next;
    }

    /** The client says that nobody looks at it. */
    static void deactivate(Session session) {
        Session.Outlet outlet = session.outlet();
        if (!(outlet instanceof InactiveOutlet)) {
            session.outlet(new InactiveOutlet(outlet));
        }
    }

    /** The client is looked at, if it was not: it gets what waits. */
    static void activate(Session session) {
        if (session.outlet() instanceof InactiveOutlet inactive) {
            inactive.flush(true);
            session.outlet(inactive.next);
        }
    }

    private synchronized void flush(boolean active) {
        this.active |= active;
        waiting.values().forEach(next::send);
        waiting.clear();
        bytes = 0;
    }

    @Override
    public synchronized void send(Stanza stanza) {
        if (!active && mayWait(stanza)) {
            Subject subject = new Subject(stanza.kind(), stanza.from());
            Stanza older = waiting.remove(subject);
            waiting.put(subject, stanza);
            bytes += stanza.bytes().length - (older == null ? 0 : older.bytes().length);
            if (bytes > MOST_BYTES) {
                flush(false);
            }
            return;
        }
        flush(false);
        next.send(stanza);
    }

    private static boolean mayWait(Stanza stanza) {
        return switch (stanza.kind()) {
            case PRESENCE -> stanza.type().isEmpty() || stanza.type().equals("unavailable");
            case MESSAGE -> !stanza.isError() && (isChatState(stanza.payloads()) || isCarbonOfChatState(stanza));
            case IQ -> false;
        };
    }

    /** Whether a message says nothing but that somebody is typing, or has stopped. */
    private static boolean isChatState(List<Stanza.Payload> payloads) {
        boolean state = false;
        for (Stanza.Payload payload : payloads) {
            if (payload.namespace().equals(CHAT_STATES)) {
                state = true;
            } else if (!payload.namespace().equals(HINTS) && !payload.is("thread", Namespaces.CLIENT)) {
                return false;
            }
        }
        return state;
    }

    private static boolean isCarbonOfChatState(Stanza message) {
        if (!message.has("received", CARBONS) && !message.has("sent", CARBONS)) {
            return false;
        }
        Element carbon = message.payloadElement();
        Element forwarded = carbon == null ? null : carbon.child("forwarded", FORWARD);
        Element copied = forwarded == null ? null : forwarded.child("message", Namespaces.CLIENT);
        // Anybody can write what looks like a carbon: what is copied in it need not be a good stanza.
        return copied != null
                && isChatState(copied.children().stream()
                        .map(child -> new Stanza.Payload(child.name(), child.namespace()))
                        .toList());
    }

    @Override
    public void close(StreamError error) {
        next.close(error);
    }

    @Override
    public String address() {
        return next.address();
    }

    @Override
    public boolean isConnected() {
        return next.isConnected();
    }
}
