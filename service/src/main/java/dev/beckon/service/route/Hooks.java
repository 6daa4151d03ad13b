package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What features have said they handle. Filled before the first connection, only read after. */
public final class Hooks {
    /** What a hook returns that has nothing to wait for. */
    public static final CompletionStage<?> DONE = CompletableFuture.completedFuture(null);

    /** Whom a request is for. */
    public enum Target {
        /** The domain itself. */
        SERVER,
        /** An account's bare address, one's own or another's: look at {@link Request#isOwn()}. */
        ACCOUNT,
        /** A stream after TLS and before sign-in; {@link Request#session()} is null. */
        STREAM
    }

    /** When a stream feature is offered: after TLS and before sign-in, or after sign-in. */
    public enum Stage {
        BEFORE_SIGN_IN,
        AFTER_SIGN_IN
    }

    /** Answers iq requests. */
    @FunctionalInterface
    public interface IqHandler {
        /** Must not block; an exception is answered {@code internal-server-error}. */
        Reply handle(Request request);
    }

    /** Is told that a session has begun or ended. */
    @FunctionalInterface
    public interface SessionHook {
        /** {@link #DONE}, or a stage until which the session waits. */
        CompletionStage<?> session(Session session);
    }

    /** Is told of the presence of a session. */
    @FunctionalInterface
    public interface PresenceHook {
        /**
         * Presence without type or of type {@code unavailable}. Without {@code to} it is a broadcast: the session's own presence and
         * priority have been updated already, sending it to those who may see it is the hook's work. With {@code to} it is directed: it
         * is routed after the hook. A session that ends while available has {@code unavailable} sent for it.
         *
         * @param before the presence that was in force; null means that this is initial presence
         */
        CompletionStage<?> presence(Session session, Stanza presence, @Nullable Stanza before);
    }

    /** Handles presence that asks for or changes subscriptions: subscribe, subscribed, unsubscribe, unsubscribed, probe. */
    @FunctionalInterface
    public interface SubscriptionHook {
        /**
         * Takes the stanza over; nothing else is done with it. Its {@code from} is a bare address except on a probe.
         *
         * @param account the account concerned: the sender's when it goes out, the recipient's when it comes in
         */
        CompletionStage<?> subscription(Jid account, Stanza presence);
    }

    /** What a filter decides. */
    public sealed interface Verdict {
        /** The stanza goes on. */
        Verdict PASS = new Pass();
        /** The stanza is dropped without a word. */
        Verdict DROP = new Drop();

        /** The stanza is answered with an error; a kind that takes none (presence, errors, results) is dropped. */
        static Verdict refuse(StanzaError error) {
            return new Refuse(error);
        }

        /** See {@link #PASS}. */
        record Pass() implements Verdict {}

        /** See {@link #DROP}. */
        record Drop() implements Verdict {}

        /** See {@link #refuse}. */
        record Refuse(StanzaError error) implements Verdict {}
    }

    /** Judges each stanza that leaves or reaches an account; runs for every stanza, so it must answer from memory. */
    @FunctionalInterface
    public interface Filter {
        /** {@code account} is the bare address of the sender (outbound) or of the recipient (inbound). */
        Verdict judge(Jid account, Stanza stanza);
    }

    /** Sees messages as they pass, to copy them (XEP-0280). */
    public interface MessageHook {
        /** A session has sent a message, which passed the filters and is about to be routed. */
        void sent(Session session, Stanza message);

        /** A message was handed to these sessions of an account. */
        void received(Jid account, Stanza message, List<Session> to);
    }

    /** Takes messages that no session is there for (XEP-0160). */
    @FunctionalInterface
    public interface OfflineHook {
        /** True if it took the message; else the sender gets {@code service-unavailable}. */
        boolean offline(Jid account, Stanza message);
    }

    private final Map<Target, Map<Stanza.Payload, IqHandler>> iqs = new HashMap<>();
    private final Map<Stage, List<Supplier<@Nullable Element>>> streamFeatures = new HashMap<>();
    final List<SessionHook> sessionUp = new ArrayList<>();
    final List<SessionHook> sessionDown = new ArrayList<>();
    final List<PresenceHook> presence = new ArrayList<>();
    final List<Filter> outbound = new ArrayList<>();
    final List<Filter> inbound = new ArrayList<>();
    final List<MessageHook> messages = new ArrayList<>();
    final List<OfflineHook> offline = new ArrayList<>();

    @Nullable
    SubscriptionHook subscriptionSent;

    @Nullable
    SubscriptionHook subscriptionReceived;

    private final Map<Jid, IqHandler> entities = new HashMap<>();
    private final Disco disco = new Disco();

    /** Answers iq get and set with this payload. Throws IllegalStateException if another feature does already. */
    public void iq(Target target, String name, String namespace, IqHandler handler) {
        Stanza.Payload payload = new Stanza.Payload(name, namespace);
        if (iqs.computeIfAbsent(target, none -> new HashMap<>()).putIfAbsent(payload, handler) != null) {
            throw new IllegalStateException("two features handle " + payload + " for " + target);
        }
    }

    /**
     * Answers every iq request to an entity beside the domain, such as {@code lock.example.org}; {@link Request#account()} is its
     * address. Messages and presence to it are dropped. Throws IllegalStateException if another feature does already.
     */
    public void entity(Jid domain, IqHandler handler) {
        if (!domain.isDomain()) {
            throw new IllegalArgumentException("an entity beside the domain is a domain, not " + domain);
        }
        if (entities.putIfAbsent(domain, handler) != null) {
            throw new IllegalStateException("two features are " + domain);
        }
    }

    /** A session was bound; runs before its client learns so, so that nothing is missed. */
    public void sessionUp(SessionHook hook) {
        sessionUp.add(hook);
    }

    /** A session has ended; it is no longer found, and its {@code unavailable} has been sent. */
    public void sessionDown(SessionHook hook) {
        sessionDown.add(hook);
    }

    /** A session has sent presence, broadcast or directed. */
    public void presence(PresenceHook hook) {
        presence.add(hook);
    }

    /** A session of an account has sent subscription presence. One feature only. */
    public void subscriptionSent(SubscriptionHook hook) {
        subscriptionSent = hook;
    }

    /** Subscription presence has come for an account, from another one. One feature only. */
    public void subscriptionReceived(SubscriptionHook hook) {
        subscriptionReceived = hook;
    }

    /** Judges what sessions send. */
    public void outbound(Filter filter) {
        outbound.add(filter);
    }

    /** Judges what comes for an account; not what the account or the service itself sends to it. */
    public void inbound(Filter filter) {
        inbound.add(filter);
    }

    /** Sees messages. */
    public void messages(MessageHook hook) {
        messages.add(hook);
    }

    /** Takes messages that no session is there for; the first that does has it. */
    public void offline(OfflineHook hook) {
        offline.add(hook);
    }

    /** Offers a stream feature (RFC 6120 §4.3.2); asked anew for each stream, null offers nothing. */
    public void streamFeature(Stage stage, Supplier<@Nullable Element> feature) {
        streamFeatures.computeIfAbsent(stage, none -> new ArrayList<>()).add(feature);
    }

    /** What service discovery tells; any feature adds to it, one answers from it. */
    public Disco disco() {
        return disco;
    }

    /** The stream features to offer. */
    public List<Element> streamFeatures(Stage stage) {
        List<Element> offered = new ArrayList<>();
        for (Supplier<@Nullable Element> feature : streamFeatures.getOrDefault(stage, List.of())) {
            Element element = feature.get();
            if (element != null) {
                offered.add(element);
            }
        }
        return offered;
    }

    /** Who answers a request with this payload, or null. */
    public @Nullable IqHandler handler(Target target, Stanza.Payload payload) {
        return iqs.getOrDefault(target, Map.of()).get(payload);
    }

    /** Who answers for an entity beside the domain, or null. */
    public @Nullable IqHandler entity(Jid domain) {
        return entities.get(domain);
    }
}
