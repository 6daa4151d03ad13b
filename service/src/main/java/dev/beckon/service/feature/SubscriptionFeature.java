package dev.beckon.service.feature;

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
import dev.beckon.service.store.Rosters.Outcome;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asking for, giving and taking back the right to see somebody's presence (RFC 6121 §3), and probes (§4.3). */
final class SubscriptionFeature {
    private static final Logger log = LoggerFactory.getLogger(SubscriptionFeature.class);

    /** Requests from strangers that one account keeps beyond its own contacts. */
    private static final int STRANGERS = 200;

    /** A request longer than this is kept without its content. */
    private static final int KEPT_REQUEST_BYTES = 4096;

    private final Store store;
    private final Router router;
    private final Contacts contacts;

    SubscriptionFeature(Store store, Router router, Contacts contacts) {
        this.store = store;
        this.router = router;
        this.contacts = contacts;
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
        return send(account, to.bare(), type.get(), presence.to(to.bare()));
    }

    /** RFC 6121 §3.1.2, §3.1.5, §3.2.2, §3.3.2: changes the sender's side, then passes it on. */
    private CompletableFuture<?> send(Jid account, Jid contact, Kind type, Stanza presence) {
        return store.rosters()
                .change(account.local(), contact.toString(), (before, items) -> {
                    boolean adds = type == Kind.SUBSCRIBE || type == Kind.SUBSCRIBED;
                    Moved moved = adds && before.blank() && items >= RosterFeature.MOST_CONTACTS
                            ? Moved.refused(before)
                            : Moved.by(before, SubscriptionStates.outbound(before, type));
                    return new Outcome<>(moved.after(), moved);
                })
                .thenCompose(result -> {
                    if (result.isEmpty()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    Moved moved = result.get();
                    if (moved.refused()) {
                        tooMany(account, presence);
                    }
                    if (Contacts.visiblyDiffer(moved.before(), moved.after())) {
                        contacts.push(account, moved.after());
                    }
                    return moved.step().pass()
                            ? passOn(contact, presence).thenRun(() -> showOrHide(account, contact, moved))
                            : CompletableFuture.completedFuture(null);
                });
    }

    private void tooMany(Jid account, Stanza presence) {
        StanzaError error = StanzaError.of(
                Condition.RESOURCE_CONSTRAINT,
                "the contact list is full (" + RosterFeature.MOST_CONTACTS + "); remove a contact first");
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

    /** To a contact here directly, so that what follows arrives after it. */
    private CompletableFuture<?> passOn(Jid contact, Stanza presence) {
        if (contacts.isLocal(contact)) {
            return received(contact, presence);
        }
        router.route(presence);
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<?> received(Jid account, Stanza presence) {
        Jid from = presence.from();
        // XEP-0191 §3.2: presence of a blocked person of whatever type meets silence.
        if (from == null || from.bare().equals(account) || contacts.blocks(account, from)) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<Kind> type = Kind.of(presence.type());
        return type.isEmpty() ? probed(account, from) : receive(account, from.bare(), type.get(), presence);
    }

    /** RFC 6121 §3.1.3, §3.1.6, §3.2.3, §3.3.3: changes the recipient's side, then tells the recipient. */
    private CompletableFuture<?> receive(Jid account, Jid contact, Kind type, Stanza presence) {
        byte[] request = presence.bytes().length <= KEPT_REQUEST_BYTES
                ? presence.bytes()
                : Contacts.presence(type.wireName(), contact, account).bytes();
        return store.rosters()
                .change(account.local(), contact.toString(), (before, items) -> {
                    Moved moved = before.blank() && items >= RosterFeature.MOST_CONTACTS + STRANGERS
                            ? Moved.refused(before)
                            : Moved.by(before, SubscriptionStates.inbound(before, type, request));
                    return new Outcome<>(moved.after(), moved);
                })
                .thenCompose(result -> result.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : tell(account, contact, type, presence, result.get()));
    }

    private CompletableFuture<?> tell(Jid account, Jid contact, Kind type, Stanza presence, Moved moved) {
        if (moved.refused()) {
            log.info("{} has too many requests waiting, one of {} is dropped", account, contact);
        }
        if (moved.step().pass()) {
            // RFC 6121 §3.1.3: a request goes to available devices, or waits for the next sign-in; §3.1.6: an answer to
            // those
            // that know the roster.
            var devices = type == Kind.SUBSCRIBE ? contacts.available(account) : contacts.interested(account);
            for (Session device : devices) {
                router.deliver(device, presence);
            }
        }
        if (Contacts.visiblyDiffer(moved.before(), moved.after())) {
            contacts.push(account, moved.after());
        }
        if (!moved.step().approved()) {
            showOrHide(account, contact, moved);
            return CompletableFuture.completedFuture(null);
        }
        return passOn(contact, Contacts.presence(Kind.SUBSCRIBED.wireName(), account, contact))
                .thenRun(() -> contacts.show(account, contact));
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
     * Brings the two sides of a subscription together again where the service ended between the one and the other, or an answer
     * was lost: a question without an answer is asked again (RFC 6121 §3.1.2), and whoever is not shown a contact any more learns
     * so as by a probe (§4.3.2).
     *
     * @param shown whether the contact's side says that the owner may see it
     */
    void settle(Jid account, RosterItem item, boolean shown) {
        Jid contact = Jid.parse(item.contact());
        if (contact == null || !contacts.isLocal(contact)) {
            return;
        }
        if (item.ask()) {
            passOn(contact, Contacts.presence(Kind.SUBSCRIBE.wireName(), account, contact));
        } else if (item.subscription().to() && !shown) {
            Stanza refusal = Contacts.presence(Kind.UNSUBSCRIBED.wireName(), contact, account);
            receive(account, contact, Kind.UNSUBSCRIBED, refusal);
        }
    }

    /** RFC 6121 §2.5.2: a contact that is removed from the list loses what it had, in both directions. */
    CompletableFuture<?> cancel(Jid account, RosterItem removed) {
        Jid contact = Jid.parse(removed.contact());
        CompletableFuture<?> done = CompletableFuture.completedFuture(null);
        if (contact == null) {
            return done;
        }
        if (removed.subscription().to() || removed.ask()) {
            done = passOn(contact, Contacts.presence(Kind.UNSUBSCRIBE.wireName(), account, contact));
        }
        if (removed.subscription().from() || removed.pendingIn()) {
            done = done.thenCompose(before ->
                            passOn(contact, Contacts.presence(Kind.UNSUBSCRIBED.wireName(), account, contact)))
                    .thenRun(() -> contacts.hide(account, contact));
        }
        return done;
    }
}
