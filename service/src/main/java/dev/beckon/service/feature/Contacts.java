package dev.beckon.service.feature;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.store.RosterItem;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What several features do with contact lists: push an item, show or hide presence, ask who is blocked. Any thread. */
final class Contacts {
    static final String ROSTER = "jabber:iq:roster";

    /** A session that asked for the roster is told of its changes: an "interested resource" (RFC 6121 §2.2). */
    static final Session.Key<Boolean> INTERESTED = Session.Key.flag("interested in the roster");

    private final Store store;
    private final Router router;
    private final AtomicLong pushes = new AtomicLong();

    Contacts(Store store, Router router) {
        this.store = store;
        this.router = router;
    }

    /** RFC 6121 §2.1.6. */
    void push(Jid owner, RosterItem item) {
        push(owner, element(item));
    }

    /** RFC 6121 §2.5.2: tells that an item is gone. */
    void pushRemoval(Jid owner, String contact) {
        push(
                owner,
                Element.of("item", ROSTER)
                        .attribute("jid", contact)
                        .attribute("subscription", "remove")
                        .build());
    }

    private void push(Jid owner, Element item) {
        for (Session session : interested(owner)) {
            router.deliver(
                    session,
                    Stanza.of(Element.of("iq", Namespaces.CLIENT)
                            .attribute("type", "set")
                            .attribute("id", "push" + pushes.incrementAndGet())
                            .attribute("to", session.jid())
                            .child(Element.of("query", ROSTER).child(item))));
        }
    }

    List<Session> interested(Jid owner) {
        return router.sessions(owner).stream()
                .filter(session -> Boolean.TRUE.equals(session.attribute(INTERESTED)))
                .toList();
    }

    List<Session> available(Jid owner) {
        return router.sessions(owner).stream().filter(Session::isAvailable).toList();
    }

    /** RFC 6121 §2.1.2. */
    static Element element(RosterItem item) {
        Element.Builder element = Element.of("item", ROSTER)
                .attribute("jid", item.contact())
                .attribute("name", item.name())
                .attribute("subscription", item.subscription().wireName())
                .attribute("ask", item.ask() ? "subscribe" : null)
                .attribute("approved", item.approved() ? "true" : null);
        item.groups().forEach(group -> element.child(Element.of("group", ROSTER).text(group)));
        return element.build();
    }

    /** Whether the owner's clients see a difference. A request that waits for an answer is none (RFC 6121 §3.1.3). */
    static boolean visiblyDiffer(RosterItem before, RosterItem after) {
        return after.listed()
                && (before.listed() != after.listed()
                        || before.subscription() != after.subscription()
                        || before.ask() != after.ask()
                        || before.approved() != after.approved()
                        || !Objects.equals(before.name(), after.name())
                        || !before.groups().equals(after.groups()));
    }

    /** Sends a contact the presence of each of the owner's available devices. */
    void show(Jid owner, Jid contact) {
        Set<String> blocklist = store.blocklists().of(owner.local());
        for (Session session : router.sessions(owner)) {
            Stanza presence = session.presence();
            if (presence != null) {
                show(presence, contact, blocklist);
            }
        }
    }

    /**
     * Sends a contact presence, but not those of its devices that its sender blocks (XEP-0191 §5). False if all of it is blocked.
     *
     * @param contact a bare or a full address
     */
    boolean show(Stanza presence, Jid contact, Set<String> blocklist) {
        if (Blocked.matches(blocklist, contact)) {
            return false;
        }
        if (contact.isBare() && router.sessions(contact).isEmpty()) {
            // Most contacts are away most of the time: nothing is copied for them.
            return true;
        }
        if (contact.isFull() || !Blocked.mayMatchDevices(blocklist)) {
            router.route(presence.to(contact));
            return true;
        }
        for (Session device : available(contact)) {
            if (!Blocked.matches(blocklist, device.jid())) {
                router.route(presence.to(device.jid()));
            }
        }
        return true;
    }

    /** Tells a contact that each of the owner's available devices is gone. */
    void hide(Jid owner, Jid contact) {
        for (Session session : available(owner)) {
            router.route(unavailable(session.jid(), contact));
        }
    }

    static Stanza unavailable(Jid from, Jid to) {
        return presence("unavailable", from, to);
    }

    static Stanza presence(String type, Jid from, Jid to) {
        return Stanza.of(Element.of("presence", Namespaces.CLIENT)
                .attribute("type", type)
                .attribute("from", from)
                .attribute("to", to));
    }

    /**
     * Whether an owner blocks somebody. Lists of those who are signed in are in memory; for others this may read the disk once, tens of
     * microseconds.
     */
    boolean blocks(Jid owner, Jid other) {
        return isLocal(owner)
                && !owner.local().equals("")
                && Blocked.matches(store.blocklists().of(owner.local()), other);
    }

    /** Whether an address is served here. */
    boolean isLocal(Jid jid) {
        return jid.domain().equals(router.domain().domain());
    }
}
