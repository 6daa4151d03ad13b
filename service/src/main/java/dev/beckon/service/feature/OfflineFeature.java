package dev.beckon.service.feature;

import dev.beckon.service.Quota;
import dev.beckon.service.metric.Counter;
import dev.beckon.service.route.Delayed;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.KeptMessages;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Namespaces;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that come while nobody is there wait for the next sign-in (XEP-0160), each with the time it came (XEP-0203).
 *
 * <p>Those of strangers have a small share of their own, so that nobody fills the place of those whose messages are awaited; what is
 * over it is answered as if there were no such account.
 */
final class OfflineFeature {
    private static final Logger log = LoggerFactory.getLogger(OfflineFeature.class);
    private static final String HINTS = "urn:xmpp:hints";

    /** What a device was sent and did not take was accepted before, maybe from somebody who has left: it is not refused now. */
    private static final KeptMessages.Bounds OF_A_DEVICE = new KeptMessages.Bounds(5_000, 4 * 1024 * 1024);

    /** A session that was handed what waited. */
    private static final Session.Key<Boolean> SERVED = Session.Key.flag("has its messages");

    private final Store store;
    private final Router router;
    private final Clock clock;
    private final ConcurrentMap<String, CompletableFuture<?>> serving = new ConcurrentHashMap<>();
    private Counter stored = new Counter();
    private final Supplier<Quota> quota;

    OfflineFeature(Store store, Router router, Clock clock, Supplier<Quota> quota) {
        this.store = store;
        this.router = router;
        this.clock = clock;
        this.quota = quota;
    }

    void install(Hooks hooks) {
        stored = hooks.metrics().counter("beckon_messages_kept_total", "Messages kept for somebody who is away.");
        hooks.offline(this::take);
        hooks.lasting(SERVED);
        hooks.presence(this::present);
        hooks.disco().feature(Hooks.Target.SERVER, "msgoffline");
    }

    /** Strangers together have a fraction of what contacts have, and one of them a fraction of that. */
    private KeptMessages.Rules rules(boolean fresh) {
        Quota now = quota.get();
        if (!fresh) {
            return new KeptMessages.Rules(OF_A_DEVICE, OF_A_DEVICE, OF_A_DEVICE, now.offlineTime());
        }
        return new KeptMessages.Rules(
                new KeptMessages.Bounds(now.offlineMessages(), now.offlineBytes()),
                new KeptMessages.Bounds(now.offlineMessages() * 3 / 10, now.offlineBytes() / 8),
                new KeptMessages.Bounds(now.offlineMessages() / 10, now.offlineBytes() / 32),
                now.offlineTime());
    }

    /** The sender's next stanza waits until this one lies safe: what acknowledges that acknowledges this. */
    private @Nullable CompletionStage<?> take(Jid account, Stanza message, @Nullable Instant came) {
        Jid from = message.from();
        if (from == null || !isWorthKeeping(message)) {
            return null;
        }
        String sender = from.bare().equals(account) ? null : from.bare().toString();
        Instant at = came == null ? clock.instant() : came;
        return store.keptMessages()
                .keep(account.local(), sender, at, message.bytes(), rules(came == null))
                .handle((kept, fault) -> {
                    if (fault != null) {
                        log.error("cannot keep a message for {}", account, fault);
                    }
                    if (fault != null || !kept) {
                        router.bounce(message, StanzaError.of(Condition.SERVICE_UNAVAILABLE));
                        return null;
                    }
                    stored.add();
                    // Somebody may have come while it was being written.
                    router.sessions(account).stream()
                            .filter(OfflineFeature::takesMessages)
                            .forEach(this::serve);
                    return null;
                });
    }

    /**
     * XEP-0160 §3 and XEP-0334 §4: what a person would read, or what asks to be kept; never what asks not to be. What asks only to be
     * kept out of archives (no-permanent-store) may wait here.
     */
    private static boolean isWorthKeeping(Stanza message) {
        boolean conversation = switch (message.type()) {
            case "", "normal", "chat" -> true;
            default -> false;
        };
        return conversation
                && !message.has("no-store", HINTS)
                && (message.has("body", Namespaces.CLIENT) || (message.has("store", HINTS) && isToAccount(message)));
    }

    /** What one device answers another is of no use once that is gone; its sender is better told so. */
    private static boolean isToAccount(Stanza message) {
        return message.to() == null || message.to().isBare();
    }

    private static boolean takesMessages(Session session) {
        return session.isAvailable() && session.priority() >= 0;
    }

    private CompletionStage<?> present(Session session, Stanza presence, @Nullable Stanza before) {
        if (presence.to() == null && !takesMessages(session)) {
            session.attribute(SERVED, null);
        }
        // XEP-0160 §3: to the first device that takes messages, once it does.
        if (presence.to() != null || !takesMessages(session) || session.attribute(SERVED) != null) {
            return Hooks.DONE;
        }
        return serve(session).thenRun(() -> session.attribute(SERVED, true));
    }

    /**
     * Hands over what waits, one after the other for each account: what is handed over is forgotten afterwards, and who looked in between
     * would hand it over again.
     */
    private CompletionStage<?> serve(Session session) {
        String owner = session.jid().local();
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        CompletionStage<?> before = serving.put(owner, done);
        return (before == null ? Hooks.DONE : before)
                .thenCompose(none -> handOver(session, owner))
                .whenComplete((none, fault) -> {
                    serving.remove(owner, done);
                    done.complete(null);
                });
    }

    /** Hands over, then forgets: after a crash in between it comes twice rather than never. */
    private CompletableFuture<Integer> handOver(Session session, String owner) {
        return router.work(() -> store.keptMessages().of(owner)).thenCompose(messages -> {
            Instant oldest = clock.instant().minus(quota.get().offlineTime());
            for (KeptMessages.Kept kept : messages) {
                if (session.isOpen() && kept.at().isAfter(oldest)) {
                    deliver(session, kept);
                }
            }
            return messages.isEmpty() || !session.isOpen()
                    ? CompletableFuture.completedFuture(0)
                    : store.keptMessages()
                            .forget(owner, messages.get(messages.size() - 1).id());
        });
    }

    /** One that cannot be read must not keep back those behind it. */
    private void deliver(Session session, KeptMessages.Kept kept) {
        try {
            router.deliver(session, Delayed.stamped(Kept.read(kept.stanza()), router.domain(), kept.at()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            log.warn("a message kept for {} cannot be read and is dropped: {}", session, e.getMessage());
        }
    }
}
