package dev.beckon.xmpp;

import dev.beckon.ContactStatus;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.ContactList;
import dev.beckon.session.Jid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@link ContactList} over a {@link Link}: roster and presence (RFC 6121), blocking (XEP-0191). */
final class XmppContactList implements ContactList {
    private static final int MAX_CONTACTS = 10_000;
    private static final int MAX_REQUESTS = 1000;
    private static final int MAX_BLOCKED = 10_000;

    /** A contact as the service keeps it (RFC 6121 §2.1.2). */
    private record Item(String name, String subscription, boolean asked, List<String> groups) {
        boolean seen() {
            return subscription.equals("to") || subscription.equals("both");
        }

        boolean trusted() {
            return seen() || subscription.equals("from");
        }
    }

    private final Serial serial;
    private final Link link;
    private final String bare;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Devices devices = new Devices();
    private final Set<String> answeredBefore = new HashSet<>();
    private @Nullable Listener listener;
    private boolean canBlock;
    private ContactStatus own = ContactStatus.ONLINE;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private volatile Set<String> requests = Set.of();
    private volatile Set<String> blocked = Set.of();

    XmppContactList(Serial serial, Link link, String bare) {
        this.serial = serial;
        this.link = link;
        this.bare = bare;
    }

    @Override
    public void start(Listener listener) {
        serial.run(() -> this.listener = listener);
    }

    @Override
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    @Override
    public @Nullable Entry entry(String bare) {
        return entries.get(bare);
    }

    @Override
    public Set<String> requests() {
        return requests;
    }

    @Override
    public Set<String> blocked() {
        return blocked;
    }

    @Override
    public String prepare(String signInName) {
        return Jids.bare(signInName);
    }

    // ---- what the user changes

    @Override
    public CompletionStage<Void> add(String bare, @Nullable String name) {
        return change(done -> {
            if (bare.equals(this.bare)) {
                throw new SessionException(
                        ResultCode.SR_INVITED_SELF, "that is your own sign-in name", "name somebody else");
            }
            Item known = items.get(bare);
            Node item = Node.of("item", Names.ROSTER)
                    .with("jid", bare)
                    .with("name", name != null ? name : known == null ? null : emptyToNull(known.name()));
            // RFC 6121 §2.3.2: what is not sent along is forgotten.
            for (String group : known == null ? List.<String>of() : known.groups()) {
                item = item.with(Node.of("group", Names.ROSTER).containing(group));
            }
            ask(Node.of("query", Names.ROSTER).with(item), "add " + bare, done, () -> {
                if (requests.contains(bare)) {
                    request(bare, false);
                    presence("subscribed", bare);
                }
                Item now = items.get(bare);
                if (now == null || (!now.seen() && !now.asked())) {
                    presence("subscribe", bare);
                }
            });
        });
    }

    @Override
    public CompletionStage<Void> remove(String bare) {
        return change(done -> {
            boolean asks = requests.contains(bare);
            if (!asks && !items.containsKey(bare)) {
                throw new SessionException(
                        ResultCode.E_INVALIDARG,
                        bare + " is neither in the contact list nor asks to be",
                        "see the contact list for who is");
            }
            if (asks) {
                request(bare, false);
                // RFC 6121 §3.1.6: refuses.
                presence("unsubscribed", bare);
            }
            if (!items.containsKey(bare)) {
                done.complete(null);
                return;
            }
            Node item = Node.of("item", Names.ROSTER).with("jid", bare).with("subscription", "remove");
            ask(Node.of("query", Names.ROSTER).with(item), "remove " + bare, done, () -> {});
        });
    }

    @Override
    public CompletionStage<Void> block(String bare, boolean block) {
        return change(done -> {
            if (!canBlock) {
                throw new SessionException(
                        ResultCode.E_FAIL,
                        "this service cannot block people (XEP-0191)",
                        "remove the contact instead: then nothing of theirs rings");
            }
            Node item = Node.of("item", Names.BLOCKING).with("jid", bare);
            String verb = block ? "block" : "unblock";
            ask(
                    Node.of(verb, Names.BLOCKING).with(item),
                    verb + " " + bare,
                    done,
                    () -> setBlocked(List.of(bare), block));
        });
    }

    @Override
    public CompletionStage<Void> status(ContactStatus status) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        serial.run(() -> {
            if (status == ContactStatus.UNKNOWN || status == ContactStatus.OFFLINE) {
                done.completeExceptionally(new SessionException(
                        ResultCode.E_INVALIDARG, status + " is nothing one can be shown as", "sign out instead"));
                return;
            }
            boolean returns = own == ContactStatus.INVISIBLE && status != ContactStatus.INVISIBLE;
            own = status;
            if (!link.isUp()) {
                done.complete(null); // shown with the next sign-in
                return;
            }
            announce(done);
            if (returns) {
                // RFC 6121 §4.5.2: nobody's presence came meanwhile; §4.2.2: now that of all who are there comes anew.
                devices.clear();
                items.keySet().forEach(this::publish);
            }
        });
        return done;
    }

    private void announce(CompletableFuture<Void> done) {
        Node shown = StatusCodec.encode(own);
        link.outbox().send(own == ContactStatus.INVISIBLE ? shown : shown.with(Disco.caps()), new Outbox.Fate() {
            @Override
            public void handed() {
                done.complete(null);
            }

            @Override
            public void lost() {
                done.completeExceptionally(offline());
            }
        });
    }

    private interface Change {
        void make(CompletableFuture<Void> done);
    }

    private CompletionStage<Void> change(Change change) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        serial.run(() -> {
            if (!link.isUp()) {
                done.completeExceptionally(offline());
                return;
            }
            try {
                change.make(done);
            } catch (SessionException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void ask(Node payload, String what, CompletableFuture<Void> done, Runnable then) {
        link.outbox().ask("set", null, payload, new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                then.run();
                done.complete(null);
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                done.completeExceptionally(
                        condition.equals(Failure.OFFLINE)
                                ? offline()
                                : new SessionException(
                                        ResultCode.E_FAIL,
                                        "the service did not " + what + ": " + (text.isEmpty() ? condition : text),
                                        "try again later, or ask whoever runs the service"));
            }
        });
    }

    private static SessionException offline() {
        return new SessionException(
                ResultCode.MSGR_E_NOT_LOGGED_ON, "not signed in", "try again once the client is signed in");
    }

    private void presence(String type, String to) {
        link.outbox().send(Node.of("presence", Names.CLIENT).with("type", type).with("to", to), Outbox.Fate.IGNORED);
    }

    // ---- what the service says

    /** Asks for the roster and the blocklist; before initial presence, as RFC 6121 §2.2 wants it. */
    void load(Runnable loaded, Runnable failed) {
        link.outbox().ask("get", null, Node.of("query", Names.ROSTER), new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                roster(iq);
                loaded.run();
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                failed.run();
            }
        });
    }

    void loadBlocked(Runnable known) {
        link.outbox().ask("get", null, Node.of("blocklist", Names.BLOCKING), new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                canBlock = true;
                Node list = iq.child("blocklist", Names.BLOCKING);
                List<String> now = list == null ? List.of() : jids(list);
                List<String> before = List.copyOf(blocked);
                setBlocked(before.stream().filter(jid -> !now.contains(jid)).toList(), false);
                setBlocked(now, true);
                known.run();
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                canBlock = false;
                known.run();
            }
        });
    }

    private void roster(Node iq) {
        Node query = iq.child("query", Names.ROSTER);
        items.clear();
        for (Node item : query == null ? List.<Node>of() : query.children("item", Names.ROSTER)) {
            Jid jid = Jids.parse(item.attribute("jid"));
            if (jid != null && !jid.isFull() && !jid.bare().equals(bare) && items.size() < MAX_CONTACTS) {
                items.put(jid.bare(), item(item));
            }
        }
        // The service asks again at every sign-in for what is not answered yet.
        answeredBefore.clear();
        answeredBefore.addAll(requests);
        requests = Set.of();
    }

    private static Item item(Node item) {
        String subscription = item.attributes().getOrDefault("subscription", "none");
        return new Item(
                item.attributes().getOrDefault("name", ""),
                subscription,
                "subscribe".equals(item.attribute("ask")),
                item.children("group", Names.ROSTER).stream().map(Node::text).toList());
    }

    /** Signed in, and the roster is known: tells the service, which tells contacts. */
    void up() {
        Set<String> all = new LinkedHashSet<>(entries.keySet());
        all.addAll(items.keySet());
        all.forEach(this::publish);
        announce(new CompletableFuture<>());
    }

    /** While disconnected nobody's status is known. */
    void down() {
        devices.clear();
        items.keySet().forEach(this::publish);
    }

    /** RFC 6121 §2.1.6: a change to the roster; only one's own account may say so. */
    boolean push(Node query) {
        List<Node> pushed = query.children("item", Names.ROSTER);
        if (pushed.size() != 1) {
            return false;
        }
        Jid jid = Jids.parse(pushed.get(0).attribute("jid"));
        if (jid == null || jid.isFull() || jid.bare().equals(bare)) {
            return jid != null;
        }
        Item item = item(pushed.get(0));
        if (item.subscription().equals("remove")) {
            items.remove(jid.bare());
            devices.forget(jid.bare());
        } else if (items.containsKey(jid.bare()) || items.size() < MAX_CONTACTS) {
            items.put(jid.bare(), item);
        }
        // Answered here or on another device.
        if (item.subscription().equals("from") || item.subscription().equals("both")) {
            request(jid.bare(), false);
        }
        publish(jid.bare());
        return true;
    }

    /** XEP-0191 §3.3, §3.4: blocked or unblocked on another device. */
    void blockPush(Node change) {
        boolean block = change.name().equals("block");
        List<String> named = jids(change);
        // An unblock without items means everybody.
        setBlocked(named.isEmpty() && !block ? List.copyOf(blocked) : named, block);
    }

    private static List<String> jids(Node list) {
        List<String> jids = new ArrayList<>();
        for (Node item : list.children("item", Names.BLOCKING)) {
            Jid jid = Jids.parse(item.attribute("jid"));
            if (jid != null && !jid.isFull()) {
                jids.add(jid.bare());
            }
        }
        return jids;
    }

    private void setBlocked(Collection<String> jids, boolean block) {
        Set<String> now = new HashSet<>(blocked);
        List<String> changed = new ArrayList<>();
        for (String jid : jids) {
            if (block ? now.size() < MAX_BLOCKED && now.add(jid) : now.remove(jid)) {
                changed.add(jid);
            }
        }
        blocked = Set.copyOf(now);
        changed.forEach(this::changed);
    }

    /**
     * A presence came in.
     *
     * @return full addresses that are not available any more
     */
    List<Jid> presence(Node stanza, Jid from) {
        String type = stanza.attributes().getOrDefault("type", "");
        switch (type) {
            case "" -> {
                available(stanza, from);
                return List.of();
            }
            case "unavailable" -> {
                return unavailable(from);
            }
            case "subscribe" -> subscribe(from.bare());
            case "unsubscribe" -> request(from.bare(), false);
            default -> {}
        }
        return List.of();
    }

    private void available(Node stanza, Jid from) {
        // Presence of strangers is nothing the user asked for, and without a bound. That of a contact may come before
        // the
        // roster says that it will.
        if (from.isFull() && items.containsKey(from.bare())) {
            devices.available(from, stanza);
            publish(from.bare());
        }
    }

    private List<Jid> unavailable(Jid from) {
        List<Jid> gone = devices.unavailable(from);
        publish(from.bare());
        return gone;
    }

    private void subscribe(String from) {
        Item item = items.get(from);
        // Whom the user has added may see the user in turn: both sides end as both.
        if (item != null && (item.seen() || item.asked())) {
            presence("subscribed", from);
            return;
        }
        if (!from.equals(bare) && requests.size() < MAX_REQUESTS && !requests.contains(from)) {
            boolean again = answeredBefore.remove(from);
            request(from, true);
            if (!again && listener != null) {
                listener.requested(from);
            }
        }
    }

    private void request(String from, boolean asks) {
        Set<String> now = new LinkedHashSet<>(requests);
        if (asks ? now.add(from) : now.remove(from)) {
            requests = Collections.unmodifiableSet(now);
        }
    }

    // ---- what is shown

    private void publish(String jid) {
        Item item = items.get(jid);
        Entry now = item == null ? null : entry(jid, item);
        Entry before = now == null ? entries.remove(jid) : entries.put(jid, now);
        if (!Objects.equals(before, now)) {
            changed(jid);
        }
    }

    private Entry entry(String jid, Item item) {
        ContactStatus status = ContactStatus.UNKNOWN;
        Set<Jid> available = Set.of();
        if (item.seen() && link.isUp()) {
            status = devices.status(jid);
            available = devices.of(jid);
        }
        return new Entry(jid, item.name(), item.trusted(), item.seen(), status, available);
    }

    private void changed(String jid) {
        if (listener != null) {
            listener.changed(jid);
        }
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
