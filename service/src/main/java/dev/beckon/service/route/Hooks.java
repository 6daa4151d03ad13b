package dev.beckon.service.route;

import dev.beckon.service.metric.Metrics;
import dev.beckon.service.xml.Element;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

        /** A session was told with {@code error} that a message it had sent could not be delivered. */
        void bounced(Session session, Stanza message, Stanza error);
    }

    /** Changes a message as an account gets it, before its devices do or it is kept for them: all of them get the same bytes. */
    @FunctionalInterface
    public interface ReceiptHook {
        /** {@code message} itself where there is nothing to change. Runs for every message, so it must be quick. */
        Stanza receive(Jid account, Stanza message);
    }

    /** Takes messages that no session is there for (XEP-0160). */
    @FunctionalInterface
    public interface OfflineHook {
        /**
         * Null if it does not take the message: the sender gets {@code service-unavailable}. Else completes once the message is kept
         * for good, or its sender was told that it is not. {@code came} is when the message came, null for just now.
         */
        @Nullable
        CompletionStage<?> offline(Jid account, Stanza message, @Nullable Instant came);
    }

    /** Takes what a client asks for while it binds a resource (XEP-0386 §3.2). */
    @FunctionalInterface
    public interface BindHook {
        /**
         * Prepares a session that nobody knows yet.
         *
         * @return what the client is told of it in {@code <bound/>}, or null
         */
        @Nullable
        Element bind(Session session, Element request);
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
    final List<Session.Key<?>> lasting = new ArrayList<>(List.of(Session.SALT));

    @Nullable
    SubscriptionHook subscriptionSent;

    @Nullable
    SubscriptionHook subscriptionReceived;

    ReceiptHook receipt = (account, message) -> message;

    private final Map<Jid, IqHandler> entities = new HashMap<>();
    private final Map<String, BindHook> binds = new TreeMap<>();
    private final Disco disco = new Disco();
    private final Metrics metrics = new Metrics();

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

    /** Changes messages as accounts get them. One feature only. */
    public void receipt(ReceiptHook hook) {
        receipt = hook;
    }

    /** Takes messages that no session is there for; the first that does has it. */
    public void offline(OfflineHook hook) {
        offline.add(hook);
    }

    /** What is kept under this key outlasts a restart of the service. */
    public void lasting(Session.Key<?> key) {
        lasting.add(key);
    }

    /** Offers a stream feature (RFC 6120 §4.3.2); asked anew for each stream, null offers nothing. */
    public void streamFeature(Stage stage, Supplier<@Nullable Element> feature) {
        streamFeatures.computeIfAbsent(stage, none -> new ArrayList<>()).add(feature);
    }

    /**
     * Lets clients ask for something in the same breath as for a resource, with elements of this namespace. Throws
     * IllegalStateException if another feature does already.
     */
    public void bindRequest(String namespace, BindHook hook) {
        if (binds.putIfAbsent(namespace, hook) != null) {
            throw new IllegalStateException("two features take " + namespace + " while a resource is bound");
        }
    }

    /** What service discovery tells; any feature adds to it, one answers from it. */
    public Disco disco() {
        return disco;
    }

    /** What is counted and measured; anyone adds to it. */
    public Metrics metrics() {
        return metrics;
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

    /** The namespaces of what can be asked for while a resource is bound, in order. */
    public Set<String> bindRequests() {
        return Collections.unmodifiableSet(binds.keySet());
    }

    /** Who takes an element of this namespace while a resource is bound, or null. */
    public @Nullable BindHook bindRequest(String namespace) {
        return binds.get(namespace);
    }
}
