package dev.beckon.service.route;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.metric.Counter;
import dev.beckon.service.metric.Metrics;
import dev.beckon.service.route.Hooks.IqHandler;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The router: knows who is signed in, takes what clients send, and lets features do their part. Thread-safe. */
public final class Switchboard implements Router {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);

    /** It is kept while a device is there, and copied for each contact; RFC 6120 §13.12 wants at least 10,000. */
    private static final int LARGEST_PRESENCE = 16 * 1024;

    private final Jid domain;
    private final Hooks hooks;
    private final Workers workers;
    private final SessionTable sessions;
    private final Delivery delivery;
    private final Counter[] received = new Counter[Stanza.Kind.values().length];

    /** Installs the features. {@code sessionsPerAccount} bounds the devices of one account. */
    public Switchboard(Jid domain, IntSupplier sessionsPerAccount, Workers workers, List<? extends Feature> features) {
        this.domain = domain;
        this.workers = workers;
        hooks = new Hooks();
        sessions = new SessionTable(sessionsPerAccount);
        delivery = new Delivery(domain, hooks, sessions);
        measure(hooks.metrics());
        features.forEach(feature -> feature.install(hooks, this));
    }

    private void measure(Metrics metrics) {
        for (Stanza.Kind kind : Stanza.Kind.values()) {
            received[kind.ordinal()] = metrics.counter(
                    "beckon_stanzas_received_total",
                    "Stanzas that signed-in clients have sent.",
                    "kind",
                    kind.wireName());
        }
        metrics.gauge("beckon_sessions", "Signed-in devices.", sessions::count);
        metrics.gauge("beckon_accounts_present", "Accounts with a signed-in device.", sessions::accounts);
    }

    // ---- what streams call ----

    /** What the features handle. */
    public Hooks hooks() {
        return hooks;
    }

    /**
     * Makes a session known. One with the same address is ended with {@code <conflict/>} (RFC 6120 §7.7.2.2), its contacts being told
     * before the new one's are.
     *
     * @return completes with true once the features are ready for it; with false if the account has too many sessions
     */
    public CompletionStage<Boolean> bind(Session session) {
        SessionTable.Added outcome = sessions.add(session);
        if (!outcome.added() && makeWay(session.jid().bare())) {
            outcome = sessions.add(session);
        }
        if (!outcome.added()) {
            return CompletableFuture.completedFuture(false);
        }
        Session replaced = outcome.replaced();
        CompletionStage<?> ready = DONE;
        if (replaced != null) {
            LOG.info("{} signed in again from {}, the older session is ended", session, session.address());
            replaced.close(
                    StreamError.of(StreamError.Condition.CONFLICT, "another client has signed in with this resource"));
            ready = down(replaced);
        }
        return ready.thenCompose(none -> inTurn(hooks.sessionUp, hook -> hook.session(session)))
                .thenApply(none -> true);
    }

    /** What features keep with a session that outlasts a restart of the service. */
    public Map<String, String> lasting(Session session) {
        Map<String, String> values = new HashMap<>();
        for (Session.Key<?> key : hooks.lasting) {
            String value = key.of(session);
            if (value != null) {
                values.put(key.name(), value);
            }
        }
        return values;
    }

    /**
     * Makes known a session of before a restart: it is as available as it was, and nobody is told.
     *
     * @param lasting what {@link #lasting} gave for it
     */
    public CompletionStage<?> restore(
            Session session, Map<String, String> lasting, @Nullable Stanza presence, int priority) {
        for (Session.Key<?> key : hooks.lasting) {
            String value = lasting.get(key.name());
            if (value != null) {
                key.restore(session, value);
            }
        }
        session.presence(presence, priority);
        return bind(session);
    }

    /** Ends the oldest session of an account that has lost its client. */
    private boolean makeWay(Jid account) {
        for (Session present : sessions.of(account)) {
            if (!present.isConnected()) {
                present.close(StreamError.of(StreamError.Condition.CONFLICT, "too many devices are signed in"));
                CompletionStage<?> unused = down(present);
                return true;
            }
        }
        return false;
    }

    /** A session has ended; to be called once or more. */
    public CompletionStage<?> unbind(Session session) {
        return down(session);
    }

    private CompletionStage<?> down(Session session) {
        if (!session.end()) {
            return DONE;
        }
        sessions.remove(session);
        // RFC 6121 §4.5.2: the server sends unavailable presence for a client that ended without.
        CompletionStage<?> told = guarded(session, () -> session.inTurn(() -> gone(session)));
        return told.thenCompose(none -> inTurn(hooks.sessionDown, hook -> hook.session(session)));
    }

    private CompletionStage<?> gone(Session session) {
        Stanza before = session.presence();
        if (before == null) {
            return DONE;
        }
        session.presence(null, 0);
        Stanza unavailable = Stanza.of(Element.of("presence", Namespaces.CLIENT)
                .attribute("type", "unavailable")
                .attribute("from", session.jid()));
        return presence(session, unavailable, before);
    }

    /** Takes what a session's client has sent; the next must wait until this completes. Never completes exceptionally. */
    public CompletionStage<?> accept(Session session, Stanza stanza) {
        if (!session.isOpen()) {
            // Its place was taken by a newer one, and its stream has not heard so yet.
            return DONE;
        }
        received[stanza.kind().ordinal()].add();
        return guarded(session, () -> switch (stanza.kind()) {
            case MESSAGE -> message(session, stanza);
            case PRESENCE -> presence(session, stanza);
            case IQ -> iq(session, stanza);
        });
    }

    /** Takes an iq request before sign-in; {@code back} takes the answer. Null if nobody handles it. */
    public @Nullable CompletionStage<?> acceptBeforeSignIn(Stanza iq, String address, Consumer<Stanza> back) {
        if (!isGoodIq(iq) || !Delivery.isRequest(iq)) {
            back.accept(iq.error(StanzaError.of(Condition.BAD_REQUEST), domain));
            return DONE;
        }
        IqHandler handler = hooks.handler(Target.STREAM, Objects.requireNonNull(iq.payload()));
        if (handler == null) {
            return null;
        }
        return new Requests(back, domain).answer(handler, new Request(iq, domain, null, address));
    }

    /** Whether presence of this type is between accounts, and bears bare addresses (RFC 6121 §3.1.2). */
    public static boolean isBetweenAccounts(String presenceType) {
        return switch (presenceType) {
            case "subscribe", "subscribed", "unsubscribe", "unsubscribed" -> true;
            default -> false;
        };
    }

    /** A session has ended whose client did not acknowledge this, which came at that time (XEP-0198 §4). */
    public void undelivered(Stanza stanza, Instant came) {
        CompletionStage<?> unused = guarded(stanza, () -> {
            delivery.undelivered(stanza, came);
            return DONE;
        });
    }

    // ---- what clients send ----

    private CompletionStage<?> message(Session session, Stanza stanza) {
        if (!delivery.passes(hooks.outbound, session.jid().bare(), stanza)) {
            return DONE;
        }
        for (Hooks.MessageHook hook : hooks.messages) {
            hook.sent(session, stanza);
        }
        return delivery.deliver(stanza, session);
    }

    private CompletionStage<?> iq(Session session, Stanza stanza) {
        // RFC 6120 §8.2.3: an id, a known type, and exactly one payload in a request.
        if (!isGoodIq(stanza)) {
            session.send(stanza.error(
                    StanzaError.of(
                            Condition.BAD_REQUEST, "an iq has an id and a type; a get or set has exactly one payload"),
                    session.jid().bare()));
            return DONE;
        }
        if (stanza.to() != null
                && !delivery.passes(hooks.outbound, session.jid().bare(), stanza)) {
            return DONE;
        }
        return delivery.deliver(stanza, session);
    }

    private static boolean isGoodIq(Stanza iq) {
        if (!iq.hasId()) {
            return false;
        }
        return switch (iq.type()) {
            case "get", "set" -> iq.payloads().size() == 1;
            case "result" -> iq.payloads().size() <= 1;
            case "error" -> true;
            default -> false;
        };
    }

    private CompletionStage<?> presence(Session session, Stanza stanza) {
        return Delivery.isSubscription(stanza)
                ? subscription(session, stanza)
                : session.inTurn(() -> session.isOpen() ? ownPresence(session, stanza) : DONE);
    }

    private CompletionStage<?> ownPresence(Session session, Stanza stanza) {
        if (stanza.bytes().length > LARGEST_PRESENCE) {
            return refusePresence(session, stanza, "presence has at most " + LARGEST_PRESENCE + " bytes");
        }
        switch (stanza.type()) {
            case "", "unavailable" -> {}
            case "error" -> {
                return stanza.to() == null ? DONE : delivery.deliver(stanza, session);
            }
            default -> {
                return refusePresence(session, stanza, "unknown type of presence");
            }
        }
        if (stanza.to() != null) {
            // RFC 6121 §4.6: directed presence.
            if (!delivery.passes(hooks.outbound, session.jid().bare(), stanza)) {
                return DONE;
            }
            return presence(session, stanza, session.presence()).thenCompose(none -> delivery.deliver(stanza, session));
        }
        Stanza before = session.presence();
        if (stanza.type().isEmpty()) {
            Integer priority = priority(stanza);
            if (priority == null) {
                return refusePresence(session, stanza, "a priority is a whole number from -128 to 127");
            }
            session.presence(stanza, priority);
        } else {
            session.presence(null, 0);
        }
        return presence(session, stanza, before);
    }

    private CompletionStage<?> presence(Session session, Stanza stanza, @Nullable Stanza before) {
        return inTurn(hooks.presence, hook -> hook.presence(session, stanza, before));
    }

    private CompletionStage<?> subscription(Session session, Stanza stanza) {
        Jid account = session.jid().bare();
        if (stanza.to() == null) {
            return refusePresence(session, stanza, "a subscription is for a contact: give a to");
        }
        if (hooks.subscriptionSent == null || !delivery.passes(hooks.outbound, account, stanza)) {
            return DONE;
        }
        return hooks.subscriptionSent.subscription(account, stanza);
    }

    private static CompletionStage<?> refusePresence(Session session, Stanza stanza, String why) {
        session.send(stanza.error(
                StanzaError.of(Condition.BAD_REQUEST, why), session.jid().bare()));
        return DONE;
    }

    /** RFC 6121 §4.7.2.3; null if it is no priority. */
    private static @Nullable Integer priority(Stanza presence) {
        if (!presence.has("priority", Namespaces.CLIENT)) {
            return 0;
        }
        Element priority = presence.element().child("priority", Namespaces.CLIENT);
        try {
            int value = priority == null ? 0 : Integer.parseInt(priority.text().strip());
            return value < -128 || value > 127 ? null : (Integer) value;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    // ---- hooks ----

    private static <H> CompletionStage<?> inTurn(List<H> hooks, Function<H, CompletionStage<?>> call) {
        CompletionStage<?> all = DONE;
        for (H hook : hooks) {
            all = all == DONE ? call.apply(hook) : all.thenCompose(none -> call.apply(hook));
        }
        return all;
    }

    private static CompletionStage<?> guarded(Object concerned, Supplier<CompletionStage<?>> step) {
        try {
            CompletionStage<?> stage = step.get();
            return stage == DONE ? stage : stage.exceptionally(e -> failed(concerned, e));
        } catch (RuntimeException e) {
            failed(concerned, e);
            return DONE;
        }
    }

    private static <T> @Nullable T failed(Object concerned, Throwable e) {
        LOG.error("could not handle a stanza of {}", concerned, e);
        return null;
    }

    // ---- what features call ----

    @Override
    public Jid domain() {
        return domain;
    }

    @Override
    public void route(Stanza stanza) {
        CompletionStage<?> unused = guarded(stanza, () -> delivery.deliver(stanza, null));
    }

    @Override
    public void bounce(Stanza message, StanzaError error) {
        delivery.answer(message, error);
    }

    @Override
    public void deliver(Session session, Stanza stanza) {
        session.send(stanza);
    }

    @Override
    public List<Session> sessions(Jid bare) {
        return List.of(sessions.of(bare.bare()));
    }

    @Override
    public @Nullable Session session(Jid full) {
        return sessions.find(full);
    }

    @Override
    public List<Session> sessions() {
        return sessions.all();
    }

    @Override
    public <T> CompletableFuture<T> work(Callable<T> work) {
        return workers.work(work);
    }

    @Override
    public ScheduledFuture<?> schedule(Duration delay, Runnable task) {
        return workers.schedule(delay, task);
    }
}
