package dev.beckon.service.feature;

import dev.beckon.service.Quota;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.RosterItem;
import dev.beckon.service.store.Rosters.Outcome;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reading and editing one's contact list (RFC 6121 §2). */
final class RosterFeature {
    private static final int LONGEST_NAME = 256;
    private static final int MOST_GROUPS = 32;

    private final Store store;
    private final Router router;
    private final Contacts contacts;
    private final SubscriptionFeature subscriptions;
    private final Supplier<Quota> quota;

    RosterFeature(
            Store store, Router router, Contacts contacts, SubscriptionFeature subscriptions, Supplier<Quota> quota) {
        this.store = store;
        this.router = router;
        this.contacts = contacts;
        this.subscriptions = subscriptions;
        this.quota = quota;
    }

    void install(Hooks hooks) {
        hooks.lasting(Contacts.INTERESTED);
        hooks.iq(Hooks.Target.ACCOUNT, "query", Contacts.ROSTER, this::handle);
    }

    private Reply handle(Request request) {
        // RFC 6121 §2.3.3, §2.1.5: a roster is its owner's alone.
        if (!request.isOwn()) {
            return Reply.error(Condition.FORBIDDEN, "a contact list is its owner's alone");
        }
        return request.isGet() ? get(request) : set(request);
    }

    /** RFC 6121 §2.2. */
    private Reply get(Request request) {
        Objects.requireNonNull(request.session()).attribute(Contacts.INTERESTED, true);
        return Reply.later(router.work(
                        () -> store.rosters().of(request.account().local()))
                .thenApply(items -> {
                    Element.Builder query = Element.of("query", Contacts.ROSTER);
                    // RFC 6121 §3.1.3: a stranger's request is no item.
                    items.stream()
                            .filter(RosterItem::listed)
                            .map(Contacts::element)
                            .forEach(query::child);
                    return Reply.result(query);
                }));
    }

    private Reply set(Request request) {
        List<Element> items = request.payload().children("item", Contacts.ROSTER);
        if (items.size() != 1) {
            return Reply.error(Condition.BAD_REQUEST, "a roster set has exactly one item");
        }
        Element item = items.get(0);
        String address = item.attribute("jid");
        Jid contact = address == null ? null : Jid.parse(address);
        if (contact == null || !contact.isBare()) {
            return Reply.error(Condition.BAD_REQUEST, "jid must be the bare address of a contact");
        }
        if (contact.equals(request.account())) {
            return Reply.error(Condition.NOT_ALLOWED, "nobody is a contact of oneself");
        }
        return item.attribute("subscription", "").equals("remove")
                ? Reply.later(remove(request.account(), contact))
                : update(request.account(), contact, item);
    }

    /** RFC 6121 §2.3, §2.4: the client sets name and groups; everything else is the server's. */
    private Reply update(Jid account, Jid contact, Element item) {
        String name = item.attribute("name");
        Set<String> groups = new LinkedHashSet<>();
        for (Element group : item.children("group", Contacts.ROSTER)) {
            if (!groups.add(group.text())) {
                return Reply.error(Condition.BAD_REQUEST, "a group is named twice");
            }
        }
        Optional<StanzaError> fault = fault(name, groups);
        if (fault.isPresent()) {
            return Reply.error(fault.get());
        }
        String kept = name == null || name.isEmpty() ? null : name;
        int most = quota.get().rosterItems();
        return Reply.later(store.rosters()
                .change(
                        account.local(),
                        contact.toString(),
                        (before, size) -> !before.listed() && size.contacts() >= most
                                ? new Outcome<>(before, Optional.<RosterItem>empty())
                                : kept(before.named(kept, List.copyOf(groups))))
                .thenApply(result -> {
                    if (result.isEmpty()) {
                        return Reply.error(Condition.ITEM_NOT_FOUND, "there is no such account any more");
                    }
                    if (result.get().isEmpty()) {
                        return Reply.error(
                                Condition.RESOURCE_CONSTRAINT,
                                "the contact list is full (" + most + "); remove a contact first");
                    }
                    contacts.push(account, result.get().get());
                    return Reply.result();
                }));
    }

    private static Outcome<Optional<RosterItem>> kept(RosterItem item) {
        return new Outcome<>(item, Optional.of(item));
    }

    /** RFC 6121 §2.3.3. */
    private static Optional<StanzaError> fault(@Nullable String name, Set<String> groups) {
        if (name != null && tooLong(name)) {
            return Optional.of(StanzaError.of(
                    Condition.NOT_ACCEPTABLE, "a contact's name has at most " + LONGEST_NAME + " characters"));
        }
        if (groups.size() > MOST_GROUPS) {
            return Optional.of(
                    StanzaError.of(Condition.NOT_ACCEPTABLE, "a contact is in at most " + MOST_GROUPS + " groups"));
        }
        if (groups.stream().anyMatch(group -> group.isEmpty() || tooLong(group))) {
            return Optional.of(StanzaError.of(
                    Condition.NOT_ACCEPTABLE, "a group's name has 1 to " + LONGEST_NAME + " characters"));
        }
        return Optional.empty();
    }

    private static boolean tooLong(String text) {
        return text.codePointCount(0, text.length()) > LONGEST_NAME;
    }

    /** RFC 6121 §2.5. */
    private CompletionStage<Reply> remove(Jid account, Jid contact) {
        return subscriptions
                .remove(account, contact)
                .thenApply(removed -> removed.isPresent()
                        ? Reply.result()
                        : Reply.error(Condition.ITEM_NOT_FOUND, contact + " is not in the contact list"));
    }
}
