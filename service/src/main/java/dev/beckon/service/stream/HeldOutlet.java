package dev.beckon.service.stream;

import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps what others send to a session until its client was told that it has one: RFC 6120 §7.1 has a client expect no stanza before
 * the result of its bind, and whoever guesses the resource could send one. Thread-safe.
 */
final class HeldOutlet implements Session.Outlet {
    private Session.Outlet outlet;
    private final int limit;
    private final Queue<Stanza> held = new ArrayDeque<>();
    private int bytes;
    private volatile boolean released;

    /** Holds at most {@code limit} bytes; more ends the stream. */
    HeldOutlet(Session.Outlet outlet, int limit) {
        this.outlet = outlet;
        this.limit = limit;
    }

    @Override
    public void send(Stanza stanza) {
        if (!released && hold(stanza)) {
            return;
        }
        outlet.send(stanza);
    }

    private synchronized boolean hold(Stanza stanza) {
        if (released) {
            return false;
        }
        bytes += stanza.bytes().length;
        if (bytes <= limit) {
            held.add(stanza);
        } else if (!held.isEmpty()) {
            held.clear();
            outlet.close(StreamError.of(
                    Condition.RESOURCE_CONSTRAINT, "more than " + limit + " bytes came before a resource was bound"));
        }
        return true;
    }

    /** Sends what was held, in its order, to where the session's stanzas go from now on. */
    synchronized void release(Session session, Session.Outlet next) {
        outlet = next;
        held.forEach(next::send);
        held.clear();
        released = true;
        session.outlet(next);
    }

    @Override
    public void close(StreamError error) {
        outlet.close(error);
    }

    @Override
    public String address() {
        return outlet.address();
    }
}
