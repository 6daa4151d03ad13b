package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.store.RosterItem;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is there: initial presence, broadcasts, what a device that signs in is told, directed presence (RFC 6121 §4). */
final class PresenceFeature {
    private static final Logger log = LoggerFactory.getLogger(PresenceFeature.class);
    private static final int MOST_DIRECTED = 256;

    /** To whom a session has shown itself one by one; they are told when it leaves (RFC 6121 §4.6.3). */
    private static final Session.Key<Set<Jid>> DIRECTED =
            Session.Key.lasting("directed presence", PresenceFeature::written, PresenceFeature::read);

    private final Store store;
    private final Router router;
    private final Contacts contacts;
    private final SubscriptionFeature subscriptions;

    PresenceFeature(Store store, Router router, Contacts contacts, SubscriptionFeature subscriptions) {
        this.store = store;
        this.router = router;
        this.contacts = contacts;
        this.subscriptions = subscriptions;
    }

    void install(Hooks hooks) {
        hooks.presence(this::presence);
        hooks.lasting(DIRECTED);
        hooks.sessionDown(session -> {
            leaveDirected(session, Set.of());
            return Hooks.DONE;
        });
    }

    /** One address a line: none holds a line break. */
    private static String written(Set<Jid> shown) {
        synchronized (shown) {
            return shown.stream().map(Jid::toString).collect(Collectors.joining("\n"));
        }
    }

    private static Set<Jid> read(String lines) {
        return lines.lines().map(Jid::of).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private record View(List<RosterItem> roster, Set<String> visible) {}

    private CompletionStage<?> presence(Session session, Stanza presence, @Nullable Stanza before) {
        boolean leaving = presence.type().equals("unavailable");
        Jid to = presence.to();
        if (to != null) {
            directed(session, to, leaving);
            return Hooks.DONE;
        }
        if (leaving && before == null) {
            leaveDirected(session, Set.of());
            return Hooks.DONE;
        }
        Jid account = session.jid().bare();
        boolean initial = !leaving && before == null;
        return router.work(() -> new View(
                        store.rosters().of(account.local()),
                        initial ? store.rosters().visibleTo(account.toString()) : Set.of()))
                .thenAccept(view -> {
                    broadcast(session, presence, leaving, view);
                    if (initial) {
                        welcome(session, view);
                    }
                });
    }

    /** RFC 6121 §4.2.2, §4.4.2, §4.5.2: to those who may see the account, and to its own devices. */
    private void broadcast(Session session, Stanza presence, boolean leaving, View view) {
        Jid account = session.jid().bare();
        Set<String> blocklist = store.blocklists().of(account.local());
        Set<Jid> told = new LinkedHashSet<>();
        for (RosterItem item : view.roster) {
            Jid contact = item.subscription().from() ? Jid.parse(item.contact()) : null;
            if (contact != null && contacts.show(presence, contact, blocklist)) {
                told.add(contact);
            }
        }
        for (Session own : contacts.available(account)) {
            router.deliver(own, presence.to(own.jid()));
        }
        if (leaving) {
            leaveDirected(session, told);
        }
    }

    /**
     * What a device learns when it becomes available: who else is, on its own account and among the contacts that let it see (what
     * probes would bring, RFC 6121 §4.3; all contacts are here), and who asks to see it (§3.1.3).
     */
    private void welcome(Session session, View view) {
        Jid account = session.jid().bare();
        Set<String> blocklist = store.blocklists().of(account.local());
        for (Session other : router.sessions(account)) {
            if (other != session) {
                show(other, session);
            }
        }
        for (RosterItem item : view.roster) {
            Jid contact = Jid.parse(item.contact());
            if (contact == null || !contacts.isLocal(contact) || Blocked.matches(blocklist, contact)) {
                continue;
            }
            if (item.subscription().to()
                    && view.visible.contains(contact.local())
                    && !router.sessions(contact).isEmpty()
                    && !contacts.blocks(contact, session.jid())) {
                for (Session other : router.sessions(contact)) {
                    if (!Blocked.matches(blocklist, other.jid())) {
                        show(other, session);
                    }
                }
            }
            subscriptions.settle(account, item, view.visible.contains(contact.local()));
            byte[] request = item.request();
            if (request != null) {
                deliverKept(session, request);
            }
        }
    }

    private void show(Session other, Session to) {
        Stanza presence = other.presence();
        if (presence != null) {
            router.deliver(to, presence.to(to.jid()));
        }
    }

    private void deliverKept(Session session, byte[] request) {
        try {
            router.deliver(session, Stanza.of(XmlScanner.parse(request)));
        } catch (XmlException | IllegalArgumentException e) {
            log.warn("a request kept for {} cannot be read: {}", session, e.getMessage());
        }
    }

    private void directed(Session session, Jid to, boolean leaving) {
        Set<Jid> shown = session.attribute(DIRECTED);
        if (leaving) {
            if (shown != null) {
                synchronized (shown) {
                    shown.remove(to);
                }
            }
            return;
        }
        if (to.bare().equals(session.jid().bare())) {
            return;
        }
        if (shown == null) {
            shown = new LinkedHashSet<>();
            session.attribute(DIRECTED, shown);
        }
        Jid forgotten = null;
        synchronized (shown) {
            shown.add(to);
            if (shown.size() > MOST_DIRECTED) {
                forgotten = shown.iterator().next();
                shown.remove(forgotten);
            }
        }
        if (forgotten != null) {
            // More than is remembered: whoever was shown it first sees it leave now rather than never.
            router.route(Contacts.unavailable(session.jid(), forgotten));
        }
    }

    /** RFC 6121 §4.6.3: whoever was sent directed presence is told of the leaving, unless the broadcast told already. */
    private void leaveDirected(Session session, Set<Jid> told) {
        Set<Jid> shown = session.attribute(DIRECTED);
        if (shown == null) {
            return;
        }
        List<Jid> left;
        synchronized (shown) {
            left = new ArrayList<>(shown);
            shown.clear();
        }
        for (Jid each : left) {
            if (!told.contains(each.bare())) {
                router.route(Contacts.unavailable(session.jid(), each));
            }
        }
    }
}
