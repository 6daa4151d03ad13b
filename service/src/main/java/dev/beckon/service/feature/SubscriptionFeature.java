package dev.beckon.service.feature;

import dev.beckon.service.Quota;
import dev.beckon.service.RateLimit;
import dev.beckon.service.feature.SubscriptionStates.Kind;
import dev.beckon.service.feature.SubscriptionStates.Step;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.RosterItem;
import dev.beckon.service.store.Rosters;
import dev.beckon.service.store.Rosters.Outcome;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asking for, giving and taking back the right to see somebody's presence (RFC 6121 §3), and probes (§4.3). */
final class SubscriptionFeature {
    private static final Logger log = LoggerFactory.getLogger(SubscriptionFeature.class);

    /** A request longer than this is kept without its content. */
    private static final int KEPT_REQUEST_BYTES = 4096;

    private final Store store;
    private final Router router;
    private final Contacts contacts;
    private final Supplier<Quota> quota;
    private final RateLimit asking;

    SubscriptionFeature(Store store, Router router, Contacts contacts, Supplier<Quota> quota, Clock clock) {
        this.store = store;
        this.router = router;
        this.contacts = contacts;
        this.quota = quota;
        asking = new RateLimit(() -> quota.get().subscriptionRequestsPerHour(), Duration.ofHours(1), clock);
    }

    void install(Hooks hooks) {
        hooks.subscriptionSent(this::sent);
        hooks.subscriptionReceived(this::received);
        // RFC 6121 §3.4.1: an answer may be given before the question.
        hooks.streamFeature(
                Hooks.Stage.AFTER_SIGN_IN,
                () -> Element.of("sub", "urn:xmpp:features:pre-approval").build());
    }

    /** What follows from one change, once it is on disk. */
    private record Moved(RosterItem before, Step step, boolean refused) {
        static Moved by(RosterItem before, Step step) {
            return new Moved(before, step, false);
        }

        static Moved refused(RosterItem before) {
            return new Moved(before, new Step(before, false, false), true);
        }

        RosterItem after() {
            return step.item();
        }
    }

    /** What was sent, and what came of it at the other end. */
    private record Sent(Optional<Moved> moved, List<Arrived> arrived) {}

    /** What has come for an account, and what it did there. */
    private record Arrived(Jid account, Jid contact, Kind type, Moved moved) {}

    private record Removed(@Nullable RosterItem item, List<Arrived> cancelled) {}

    private CompletionStage<?> sent(Jid account, Stanza presence) {
        Jid to = presence.to();
        if (to == null || to.local().isEmpty() || to.bare().equals(account)) {
            // Nobody subscribes to oneself, nor to a server.
            return Hooks.DONE;
        }
        Optional<Kind> type = Kind.of(presence.type());
        if (type.isEmpty()) {
            router.route(presence);
            return Hooks.DONE;
        }
        if (type.get() == Kind.SUBSCRIBE && !asking.take(account.local())) {
            refuse(account, presence, "too many requests within an hour; try again later");
            return Hooks.DONE;
        }
        return send(account, to.bare(), type.get(), presence.to(to.bare()));
    }

    /** RFC 6121 §3.1.2, §3.1.5, §3.2.2, §3.3.2: changes the sender's side and the contact's, then tells both. */
    private CompletableFuture<?> send(Jid account, Jid contact, Kind type, Stanza presence) {
        boolean arrives = reaches(account, contact);
        return store.rosters()
                .together(book -> {
                    Optional<Moved> sent = book.change(
                            account.local(), contact.toString(), (before, size) -> sent(before, size.contacts(), type));
                    boolean passes = sent.isPresent() && sent.get().step().pass();
                    return new Sent(
                            sent, passes && arrives ? arrive(book, contact, account, type, presence) : List.of());
                })
                .thenAccept(done -> done.moved().ifPresent(moved -> {
                    if (moved.refused()) {
                        refuse(account, presence, "the contact list is full; remove a contact first");
                    }
                    if (Contacts.visiblyDiffer(moved.before(), moved.after())) {
                        contacts.push(account, moved.after());
                    }
                    if (moved.step().pass()) {
                        if (!contacts.isLocal(contact)) {
                            router.route(presence);
                        }
                        tell(done.arrived(), presence);
                        showOrHide(account, contact, moved);
                    }
                }));
    }

    private Outcome<Moved> sent(RosterItem before, int contacts, Kind type) {
        boolean adds = type == Kind.SUBSCRIBE || type == Kind.SUBSCRIBED;
        Moved moved = adds && !before.listed() && contacts >= quota.get().rosterItems()
                ? Moved.refused(before)
                : Moved.by(before, SubscriptionStates.outbound(before, type));
        return new Outcome<>(moved.after(), moved);
    }

    /** XEP-0191 §3.2: presence of a blocked person of whatever type meets silence. */
    private boolean reaches(Jid from, Jid to) {
        return contacts.isLocal(to) && !contacts.blocks(to, from);
    }

    private void refuse(Jid account, Stanza presence, String why) {
        StanzaError error = StanzaError.of(Condition.RESOURCE_CONSTRAINT, why);
        contacts.available(account).forEach(session -> router.deliver(session, presence.error(error, account)));
    }

    /** RFC 6121 §3.1.5: whoever may see the owner from now on does at once; §3.2.2: who may not any more, sees the owner leave. */
    private void showOrHide(Jid owner, Jid contact, Moved moved) {
        boolean was = moved.before().subscription().from();
        boolean is = moved.after().subscription().from();
        if (is && !was) {
            contacts.show(owner, contact);
        } else if (was && !is) {
            contacts.hide(owner, contact);
        }
    }

    private CompletableFuture<?> received(Jid account, Stanza presence) {
        Jid from = presence.from();
        if (from == null || from.bare().equals(account) || !reaches(from, account)) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<Kind> type = Kind.of(presence.type());
        return type.isEmpty() ? probed(account, from) : receive(account, from.bare(), type.get(), presence);
    }

    private CompletableFuture<?> receive(Jid account, Jid contact, Kind type, Stanza presence) {
        return store.rosters()
                .together(book -> arrive(book, account, contact, type, presence))
                .thenAccept(arrived -> tell(arrived, presence));
    }

    /**
     * RFC 6121 §3.1.3, §3.1.6, §3.2.3, §3.3.3: changes the recipient's side, and the sender's again where the service answers in the
     * recipient's name. What has to be told of it, in order.
     */
    private List<Arrived> arrive(Rosters.Book book, Jid account, Jid contact, Kind type, Stanza presence)
            throws SQLException {
        byte[] request = presence.bytes().length <= KEPT_REQUEST_BYTES
                ? presence.bytes()
                : Contacts.presence(type.wireName(), contact, account).bytes();
        int most = quota.get().subscriptionRequests();
        Optional<Moved> moved = book.change(account.local(), contact.toString(), (before, size) -> {
            Moved to = before.blank() && size.requests() >= most
                    ? Moved.refused(before)
                    : Moved.by(before, SubscriptionStates.inbound(before, type, request));
            return new Outcome<>(to.after(), to);
        });
        if (moved.isEmpty()) {
            return List.of();
        }
        List<Arrived> all = new ArrayList<>();
        all.add(new Arrived(account, contact, type, moved.get()));
        if (moved.get().step().approved() && contacts.isLocal(contact)) {
            Stanza answer = Contacts.presence(Kind.SUBSCRIBED.wireName(), account, contact);
            all.addAll(arrive(book, contact, account, Kind.SUBSCRIBED, answer));
        }
        return all;
    }

    /** {@code presence} is what the first of them is about; those that follow are the service's answers. */
    private void tell(List<Arrived> all, Stanza presence) {
        for (int i = 0; i < all.size(); i++) {
            Arrived each = all.get(i);
            tell(each, i == 0 ? presence : Contacts.presence(each.type().wireName(), each.contact(), each.account()));
        }
        for (Arrived each : all) {
            if (each.moved().step().approved()) {
                contacts.show(each.account(), each.contact());
            }
        }
    }

    private void tell(Arrived arrived, Stanza presence) {
        Jid account = arrived.account();
        Moved moved = arrived.moved();
        if (moved.refused()) {
            log.info("{} has too many requests waiting, one of {} is dropped", account, arrived.contact());
        }
        if (moved.step().pass()) {
            // RFC 6121 §3.1.3: a request goes to available devices, or waits for the next sign-in; §3.1.6: an answer to
            // those that know the roster.
            var devices = arrived.type() == Kind.SUBSCRIBE ? contacts.available(account) : contacts.interested(account);
            for (Session device : devices) {
                router.deliver(device, presence);
            }
        }
        if (Contacts.visiblyDiffer(moved.before(), moved.after())) {
            contacts.push(account, moved.after());
        }
        if (!moved.step().approved()) {
            showOrHide(account, arrived.contact(), moved);
        }
    }

    /** RFC 6121 §4.3.2. */
    private CompletableFuture<?> probed(Jid account, Jid from) {
        return router.work(() -> store.rosters()
                        .item(account.local(), from.bare().toString())
                        .filter(item -> item.subscription().from()))
                .thenAccept(item -> {
                    if (item.isEmpty()) {
                        router.route(Contacts.presence(Kind.UNSUBSCRIBED.wireName(), account, from.bare()));
                        return;
                    }
                    var devices = contacts.available(account);
                    if (devices.isEmpty()) {
                        router.route(Contacts.unavailable(account, from));
                    }
                    devices.forEach(device -> {
                        Stanza presence = device.presence();
                        if (presence != null) {
                            router.route(presence.to(from));
                        }
                    });
                });
    }

    /**
     * Brings the two sides of a subscription together again where an answer was lost: a question without one is asked again (RFC 6121
     * §3.1.2), and whoever is not shown a contact any more learns so as by a probe (§4.3.2).
     *
     * @param shown whether the contact's side says that the owner may see it
     */
    void settle(Jid account, RosterItem item, boolean shown) {
        Jid contact = Jid.parse(item.contact());
        if (contact == null || !contacts.isLocal(contact)) {
            return;
        }
        if (item.ask()) {
            received(contact, Contacts.presence(Kind.SUBSCRIBE.wireName(), account, contact));
        } else if (item.subscription().to() && !shown) {
            Stanza refusal = Contacts.presence(Kind.UNSUBSCRIBED.wireName(), contact, account);
            receive(account, contact, Kind.UNSUBSCRIBED, refusal);
        }
    }

    /**
     * Removes a contact from a list; it loses what it had, in both directions (RFC 6121 §2.5.2).
     *
     * @return what was removed; empty where the contact was not in the list
     */
    CompletableFuture<Optional<RosterItem>> remove(Jid account, Jid contact) {
        boolean arrives = reaches(account, contact);
        return store.rosters()
                .together(book -> {
                    RosterItem item = book.change(
                                    account.local(),
                                    contact.toString(),
                                    (before, size) -> new Outcome<>(
                                            before.listed() ? RosterItem.absent(before.contact()) : before, before))
                            .filter(RosterItem::listed)
                            .orElse(null);
                    List<Arrived> cancelled = new ArrayList<>();
                    if (item != null && arrives) {
                        for (Kind type : cancelling(item)) {
                            cancelled.addAll(arrive(book, contact, account, type, cancel(type, account, contact)));
                        }
                    }
                    return new Removed(item, cancelled);
                })
                .thenApply(removed -> {
                    RosterItem item = removed.item();
                    if (item == null) {
                        return Optional.empty();
                    }
                    contacts.pushRemoval(account, item.contact());
                    if (!contacts.isLocal(contact)) {
                        cancelling(item).forEach(type -> router.route(cancel(type, account, contact)));
                    }
                    for (Arrived each : removed.cancelled()) {
                        tell(each, cancel(each.type(), account, contact));
                    }
                    if (item.subscription().from() || item.pendingIn()) {
                        contacts.hide(account, contact);
                    }
                    return Optional.of(item);
                });
    }

    private static List<Kind> cancelling(RosterItem item) {
        List<Kind> types = new ArrayList<>(2);
        if (item.subscription().to() || item.ask()) {
            types.add(Kind.UNSUBSCRIBE);
        }
        if (item.subscription().from() || item.pendingIn()) {
            types.add(Kind.UNSUBSCRIBED);
        }
        return types;
    }

    private static Stanza cancel(Kind type, Jid account, Jid contact) {
        return Contacts.presence(type.wireName(), account, contact);
    }
}
