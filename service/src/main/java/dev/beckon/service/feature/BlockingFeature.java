package dev.beckon.service.feature;

import dev.beckon.service.Quota;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Verdict;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.RosterItem;
import dev.beckon.service.store.Store;
import dev.beckon.service.store.Subscription;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Not hearing from somebody (XEP-0191). To the blocked person the account looks as if it were offline. */
final class BlockingFeature {
    private static final String BLOCKING = "urn:xmpp:blocking";
    private static final String ERRORS = "urn:xmpp:blocking:errors";

    /** A session that asked for the blocklist is told of its changes. */
    private static final Session.Key<Boolean> INTERESTED = Session.Key.flag("interested in the blocklist");

    private final Store store;
    private final Router router;
    private final Contacts contacts;
    private final AtomicLong pushes = new AtomicLong();
    private final Supplier<Quota> quota;

    BlockingFeature(Store store, Router router, Contacts contacts, Supplier<Quota> quota) {
        this.store = store;
        this.router = router;
        this.contacts = contacts;
        this.quota = quota;
    }

    void install(Hooks hooks) {
        hooks.iq(Hooks.Target.ACCOUNT, "blocklist", BLOCKING, this::list);
        hooks.iq(Hooks.Target.ACCOUNT, "block", BLOCKING, request -> change(request, true));
        hooks.iq(Hooks.Target.ACCOUNT, "unblock", BLOCKING, request -> change(request, false));
        hooks.disco().feature(Hooks.Target.SERVER, BLOCKING);
        // Read once here, so that the filters answer from memory afterwards.
        hooks.sessionUp(
                session -> router.work(() -> store.blocklists().of(session.jid().local())));
        hooks.outbound(this::sends);
        hooks.lasting(INTERESTED);
        hooks.inbound(this::receives);
    }

    /** XEP-0191 §3.2: what the owner sends to somebody he blocks is refused. */
    private Verdict sends(Jid account, Stanza stanza) {
        Jid to = stanza.to();
        if (to == null || to.isDomain() || to.bare().equals(account) || !contacts.blocks(account, to)) {
            return Verdict.PASS;
        }
        return Verdict.refuse(new StanzaError(
                Condition.NOT_ACCEPTABLE, null, Element.of("blocked", ERRORS).build()));
    }

    /** XEP-0191 §3.2: presence of a blocked person meets silence, everything else an account that is not there. */
    private Verdict receives(Jid account, Stanza stanza) {
        Jid from = stanza.from();
        if (from == null || !contacts.blocks(account, from)) {
            return Verdict.PASS;
        }
        return stanza.kind() == Stanza.Kind.PRESENCE
                ? Verdict.DROP
                : Verdict.refuse(StanzaError.of(Condition.SERVICE_UNAVAILABLE));
    }

    private Reply list(Request request) {
        if (!request.isOwn()) {
            return Reply.error(Condition.FORBIDDEN, "a blocklist is its owner's alone");
        }
        if (!request.isGet()) {
            return Reply.error(Condition.BAD_REQUEST, "the blocklist is changed by block and unblock");
        }
        Objects.requireNonNull(request.session()).attribute(INTERESTED, true);
        return Reply.later(router.work(
                        () -> store.blocklists().of(request.account().local()))
                .thenApply(addresses -> {
                    Element.Builder list = Element.of("blocklist", BLOCKING);
                    addresses.stream().sorted().map(BlockingFeature::item).forEach(list::child);
                    return Reply.result(list);
                }));
    }

    private Reply change(Request request, boolean block) {
        if (!request.isOwn()) {
            return Reply.error(Condition.FORBIDDEN, "a blocklist is its owner's alone");
        }
        if (!request.isSet()) {
            return Reply.error(Condition.BAD_REQUEST, "the blocklist is read with blocklist");
        }
        Set<String> addresses = new LinkedHashSet<>();
        for (Element item : request.payload().children("item", BLOCKING)) {
            String text = item.attribute("jid");
            Jid jid = text == null ? null : Jid.parse(text);
            if (jid == null) {
                return Reply.error(Condition.JID_MALFORMED, "jid must be an address");
            }
            addresses.add(jid.toString());
        }
        // XEP-0191 §3.2: a block names somebody; §3.4: an unblock that names nobody is for all.
        if (block && addresses.isEmpty()) {
            return Reply.error(Condition.BAD_REQUEST, "say whom to block");
        }
        Jid account = request.account();
        return Reply.later(block ? block(account, addresses) : unblock(account, addresses));
    }

    private CompletionStage<Reply> block(Jid account, Set<String> addresses) {
        int most = quota.get().blockedAddresses();
        return store.blocklists()
                .block(account.local(), addresses, most)
                .thenCombine(router.work(() -> store.rosters().of(account.local())), (done, roster) -> {
                    if (!done) {
                        return Reply.error(
                                Condition.RESOURCE_CONSTRAINT, "at most " + most + " addresses can be blocked");
                    }
                    push(account, "block", addresses);
                    // XEP-0191 §3.2: whoever could see the owner sees the owner leave.
                    concerned(roster, Subscription::from, addresses).forEach(each -> contacts.hide(account, each));
                    return Reply.result();
                });
    }

    private CompletionStage<Reply> unblock(Jid account, Set<String> addresses) {
        return store.blocklists()
                .unblock(account.local(), addresses)
                .thenCombine(router.work(() -> store.rosters().of(account.local())), (gone, roster) -> {
                    push(account, "unblock", addresses);
                    // XEP-0191 §3.3: whoever may see the owner does again; and the other way round, so that the owner
                    // need
                    // not wait for news.
                    Set<String> unblocked = Set.copyOf(gone);
                    concerned(roster, Subscription::from, unblocked).forEach(each -> contacts.show(account, each));
                    concerned(roster, Subscription::to, unblocked).forEach(each -> contacts.show(each.bare(), account));
                    return Reply.result();
                });
    }

    /** The contacts of a list that these addresses are about: all of a contact, or those of its devices that are meant. */
    private List<Jid> concerned(List<RosterItem> roster, Predicate<Subscription> by, Set<String> addresses) {
        List<Jid> concerned = new ArrayList<>();
        for (RosterItem item : roster) {
            Jid contact = by.test(item.subscription()) ? Jid.parse(item.contact()) : null;
            if (contact == null) {
                continue;
            }
            if (Blocked.matches(addresses, contact)) {
                concerned.add(contact);
            } else if (Blocked.mayMatchDevices(addresses)) {
                contacts.available(contact).stream()
                        .map(Session::jid)
                        .filter(device -> Blocked.matches(addresses, device))
                        .forEach(concerned::add);
            }
        }
        return concerned;
    }

    private void push(Jid account, String what, Set<String> addresses) {
        Element.Builder change = Element.of(what, BLOCKING);
        addresses.stream().map(BlockingFeature::item).forEach(change::child);
        Element payload = change.build();
        for (Session session : router.sessions(account)) {
            if (session.attribute(INTERESTED) != null) {
                router.deliver(
                        session,
                        Stanza.of(Element.of("iq", Namespaces.CLIENT)
                                .attribute("type", "set")
                                .attribute("id", "block" + pushes.incrementAndGet())
                                .attribute("to", session.jid())
                                .child(payload)));
            }
        }
    }

    private static Element item(String address) {
        return Element.of("item", BLOCKING).attribute("jid", address).build();
    }
}
