package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.KeptMessages;
import dev.beckon.service.store.Store;
import dev.beckon.service.store.Subscription;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that come while nobody is there wait for the next sign-in (XEP-0160), each with the time it came (XEP-0203).
 *
 * <p>Those of contacts only: what a stranger sends is answered as if there were no such account, so that nobody finds accounts by
 * writing to them, nor fills the place of those whose messages are awaited.
 */
final class OfflineFeature {
    private static final Logger log = LoggerFactory.getLogger(OfflineFeature.class);
    private static final String DELAY = "urn:xmpp:delay";
    private static final String HINTS = "urn:xmpp:hints";
    private static final KeptMessages.Bounds BOUNDS = new KeptMessages.Bounds(100, 1024 * 1024);
    private static final Duration LONGEST = Duration.ofDays(30);

    /** A session that was handed what waited. */
    private static final Session.Key<Boolean> SERVED = new Session.Key<>("has its messages");

    private final Store store;
    private final Router router;
    private final Clock clock;

    OfflineFeature(Store store, Router router, Clock clock) {
        this.store = store;
        this.router = router;
        this.clock = clock;
    }

    void install(Hooks hooks) {
        hooks.offline(this::take);
        hooks.presence(this::present);
        hooks.disco().feature(Hooks.Target.SERVER, "msgoffline");
    }

    private boolean take(Jid account, Stanza message) {
        Jid from = message.from();
        if (from == null || !isWorthKeeping(message)) {
            return false;
        }
        Instant now = clock.instant();
        router.work(() -> isContact(account, from))
                .thenCompose(contact -> contact
                        ? store.keptMessages().keep(account.local(), now, message.bytes(), BOUNDS)
                        : router.work(() -> false))
                .whenComplete((kept, fault) -> {
                    if (fault != null) {
                        log.error("cannot keep a message for {}", account, fault);
                    }
                    if (fault != null || !kept) {
                        router.route(message.error(StanzaError.of(Condition.SERVICE_UNAVAILABLE), account));
                        return;
                    }
                    // Somebody may have come while it was being written.
                    router.sessions(account).stream()
                            .filter(OfflineFeature::takesMessages)
                            .forEach(this::serve);
                });
        return true;
    }

    /** XEP-0160 §3 and XEP-0334 §4: what a person would read, or what asks to be kept; never what asks not to be. */
    private static boolean isWorthKeeping(Stanza message) {
        boolean conversation = switch (message.type()) {
            case "", "normal", "chat" -> true;
            default -> false;
        };
        return conversation
                && !message.has("no-store", HINTS)
                && !message.has("no-permanent-store", HINTS)
                && (message.has("body", Namespaces.CLIENT) || (message.has("store", HINTS) && isToAccount(message)));
    }

    /** What one device answers another is of no use once that is gone; its sender is better told so. */
    private static boolean isToAccount(Stanza message) {
        return message.to() == null || message.to().isBare();
    }

    private boolean isContact(Jid account, Jid from) {
        return from.bare().equals(account)
                || store.rosters()
                        .item(account.local(), from.bare().toString())
                        .filter(item -> item.subscription() != Subscription.NONE)
                        .isPresent();
    }

    private static boolean takesMessages(Session session) {
        return session.isAvailable() && session.priority() >= 0;
    }

    private CompletionStage<?> present(Session session, Stanza presence, @Nullable Stanza before) {
        // XEP-0160 §3: to the first device that takes messages, once it does.
        if (presence.to() != null || !takesMessages(session) || session.attribute(SERVED) != null) {
            return Hooks.DONE;
        }
        return serve(session).thenRun(() -> session.attribute(SERVED, true));
    }

    /** Hands over what waits, then forgets it: after a crash in between it comes twice rather than never. */
    private CompletionStage<?> serve(Session session) {
        String owner = session.jid().local();
        return router.work(() -> store.keptMessages().of(owner)).thenAccept(messages -> {
            Instant oldest = clock.instant().minus(LONGEST);
            for (KeptMessages.Kept kept : messages) {
                if (kept.at().isAfter(oldest)) {
                    deliver(session, kept);
                }
            }
            if (!messages.isEmpty() && session.isOpen()) {
                store.keptMessages()
                        .forget(owner, messages.get(messages.size() - 1).id());
            }
        });
    }

    /** One that cannot be read must not keep back those behind it. */
    private void deliver(Session session, KeptMessages.Kept kept) {
        try {
            router.deliver(session, stamped(kept));
        } catch (IllegalArgumentException | IllegalStateException e) {
            log.warn("a message kept for {} cannot be read and is dropped: {}", session, e.getMessage());
        }
    }

    /** XEP-0203 §4: the stamp is the service's word, so one in its name that the sender put in goes. */
    private Stanza stamped(KeptMessages.Kept kept) {
        Element message = Kept.read(kept.stanza());
        Element.Builder stamped = Element.of(message.name(), message.namespace());
        message.attributes().forEach(stamped::attribute);
        List<Element> children = message.children().stream()
                .filter(child -> !(child.is("delay", DELAY) && isOurs(child)))
                .toList();
        return Stanza.of(stamped.children(children)
                .child(Element.of("delay", DELAY)
                        .attribute("from", router.domain())
                        .attribute("stamp", kept.at().truncatedTo(ChronoUnit.MILLIS))));
    }

    private boolean isOurs(Element delay) {
        return router.domain().equals(Jid.parse(delay.attribute("from", "")));
    }
}
