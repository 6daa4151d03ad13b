package dev.beckon.service.lock;

import dev.beckon.service.Environment;
import dev.beckon.service.Limits;
import dev.beckon.service.Locking;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.lock.Challenges.Challenge;
import dev.beckon.service.metric.Counter;
import dev.beckon.service.route.Disco;
import dev.beckon.service.route.Feature;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.Change;
import dev.beckon.service.store.LockKey;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock-and-key authority as an XMPP entity, {@code lock.<domain>}: it challenges, checks answers and hands out tickets
 * (spec §5, "Lock and key" of the wire description).
 *
 * <p>{@link Locking#AUTO} locks from the first key that was ever issued, also when it is revoked later; clients learn of it at
 * once. A key that is issued or revoked while the service runs counts at once: who holds a ticket for that
 * application is challenged again.
 */
public final class LockAuthority implements Feature {
    static final String LOCK = "urn:beckon:lock:1";

    /** So long before a ticket runs out the next challenge goes out; half its life where that is shorter. */
    private static final Duration AHEAD = Duration.ofMinutes(2);

    private static final int LONGEST_COOKIE = 64;
    private static final int LONGEST_APP = 256;
    private static final int LONGEST_RESPONSE = 256;
    private static final String DISCO_INFO = "http://jabber.org/protocol/disco#info";
    private static final String DISCO_ITEMS = "http://jabber.org/protocol/disco#items";
    private static final String DATA = "jabber:x:data";
    private static final Session.Key<Unlocked> UNLOCKED = new Session.Key<>("unlocked applications");
    private static final Logger log = LoggerFactory.getLogger(LockAuthority.class);

    private final Store store;
    private final IntSupplier mostChallenges;
    private final Locking locking;
    private final Environment environment;
    private final boolean md5;
    private final Clock clock;
    private final Duration ticketLife;
    private final Duration ahead;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong ids = new AtomicLong();
    private Counter unlocked = new Counter();
    private Counter refused = new Counter();
    private volatile boolean locks;

    /** With limits that may change while the service runs. */
    public LockAuthority(Store store, ServiceConfig config, Supplier<Limits> limits) {
        this(store, config, limits, Clock.systemUTC(), config.ticketLife(), ahead(config.ticketLife()));
    }

    /** With a clock to turn and another life of tickets. */
    LockAuthority(Store store, ServiceConfig config, Clock clock, Duration ticketLife, Duration ahead) {
        this(store, config, config::limits, clock, ticketLife, ahead);
    }

    private LockAuthority(
            Store store,
            ServiceConfig config,
            Supplier<Limits> limits,
            Clock clock,
            Duration ticketLife,
            Duration ahead) {
        this.store = store;
        mostChallenges = () -> limits.get().quota().lockChallenges();
        this.locking = config.locking();
        this.environment = config.environment();
        this.md5 = config.md5Lock();
        this.clock = clock;
        this.ticketLife = ticketLife;
        this.ahead = ahead;
    }

    private static Duration ahead(Duration life) {
        Duration half = life.dividedBy(2);
        return half.compareTo(AHEAD) < 0 ? half : AHEAD;
    }

    @Override
    public void install(Hooks hooks, Router router) {
        if (locking == Locking.OFF) {
            return;
        }
        String answered = "Answers to challenges of the lock.";
        unlocked = hooks.metrics().counter("beckon_lock_answers_total", answered, "result", "ok");
        refused = hooks.metrics().counter("beckon_lock_answers_total", answered, "result", "refused");
        Jid jid = Jid.of("lock." + router.domain().domain());
        Tickets tickets =
                new Tickets(jid.toString(), store.signingKeys().loaded().join());
        locks = locking == Locking.ON || store.lockKeys().everIssued();
        hooks.entity(jid, new Desk(jid, router, tickets)::answer);
        hooks.disco().item(() -> locks ? new Disco.Item(jid, "Lock and key") : null);
        hooks.sessionDown(session -> {
            Unlocked unlocked = session.attribute(UNLOCKED);
            if (unlocked != null) {
                unlocked.end();
            }
            return Hooks.DONE;
        });
        store.onChange(change -> {
            if (change instanceof Change.KeyChanged key) {
                keyChanged(key.app(), new Desk(jid, router, tickets));
            }
        });
    }

    private void keyChanged(String app, Desk desk) {
        boolean first = !locks;
        locks = true;
        for (Session session : desk.router.sessions()) {
            if (first) {
                desk.announce(session);
            }
            Unlocked unlocked = session.attribute(UNLOCKED);
            if (unlocked != null && unlocked.holds(app)) {
                desk.challengeUnasked(session, unlocked, app);
            }
        }
    }

    /** The authority at work at its address. */
    private final class Desk {
        private final Jid jid;
        private final Router router;
        private final Tickets tickets;

        Desk(Jid jid, Router router, Tickets tickets) {
            this.jid = jid;
            this.router = router;
            this.tickets = tickets;
        }

        Reply answer(Request request) {
            Session session = request.session();
            if (!locks || session == null) {
                return Reply.error(Condition.SERVICE_UNAVAILABLE);
            }
            Element payload = request.payload();
            if (payload.is("query", DISCO_INFO) && request.isGet()) {
                return payload.attribute("node") == null ? Reply.result(info()) : Reply.error(Condition.ITEM_NOT_FOUND);
            }
            if (payload.is("query", DISCO_ITEMS) && request.isGet()) {
                return Reply.result(Element.of("query", DISCO_ITEMS));
            }
            if (payload.is("challenge", LOCK) && request.isGet()) {
                return challenge(session, payload);
            }
            if (payload.is("response", LOCK) && request.isSet()) {
                return respond(session, payload);
            }
            return Reply.error(Condition.SERVICE_UNAVAILABLE);
        }

        private Element info() {
            return Element.of("query", DISCO_INFO)
                    .child(Element.of("identity", DISCO_INFO)
                            .attribute("category", "auth")
                            .attribute("type", "generic")
                            .attribute("name", "Lock and key"))
                    .child(Element.of("feature", DISCO_INFO).attribute("var", DISCO_INFO))
                    .child(Element.of("feature", DISCO_INFO).attribute("var", DISCO_ITEMS))
                    .child(Element.of("feature", DISCO_INFO).attribute("var", LOCK))
                    .child(form())
                    .build();
        }

        /** XEP-0128: what recipients need to verify tickets without asking. */
        private Element form() {
            Element.Builder keys =
                    Element.of("field", DATA).attribute("var", "keys").attribute("type", "text-multi");
            tickets.jwks().forEach(jwk -> keys.child(Element.of("value", DATA).text(jwk)));
            return Element.of("x", DATA)
                    .attribute("type", "result")
                    .child(Element.of("field", DATA)
                            .attribute("var", "FORM_TYPE")
                            .attribute("type", "hidden")
                            .child(Element.of("value", DATA).text(LOCK)))
                    .child(keys)
                    .child(Element.of("field", DATA)
                            .attribute("var", "environment")
                            .child(Element.of("value", DATA).text(environment.wireName())))
                    .build();
        }

        private Reply challenge(Session session, Element request) {
            String cookie = request.attribute("cookie", "");
            if (!good(cookie, LONGEST_COOKIE)) {
                return Reply.error(Condition.BAD_REQUEST, "cookie has 1 to " + LONGEST_COOKIE + " characters");
            }
            int most = mostChallenges.getAsInt();
            Optional<Challenge> challenge =
                    unlocked(session).with(each -> each.issue(cookie, null, clock.instant(), most));
            return challenge.isPresent()
                    ? Reply.result(element(challenge.get()))
                    : Reply.error(
                            Condition.RESOURCE_CONSTRAINT,
                            "at most " + most + " challenges wait for an answer; answer one first");
        }

        private Reply respond(Session session, Element request) {
            String cookie = request.attribute("cookie", "");
            String app = request.attribute("app-id", "");
            String value = request.text().strip();
            if (!good(cookie, LONGEST_COOKIE) || !good(app, LONGEST_APP) || !good(value, LONGEST_RESPONSE)) {
                return Reply.error(
                        Condition.BAD_REQUEST, "a response has a cookie, an app-id and the digest, none too long");
            }
            Unlocked unlocked = unlocked(session);
            Instant now = clock.instant();
            // Whatever comes of it, the challenge is used up.
            Optional<Challenge> challenge = unlocked.with(each -> each.take(cookie, now));
            Response.Mechanism mechanism = mechanism(request.attribute("mechanism", ""));
            if (mechanism == null) {
                return refused(session, app, "mechanism", "answer with HMAC-SHA-256" + (md5 ? " or MD5" : ""));
            }
            if (challenge.isEmpty()
                    || (challenge.get().app() != null
                            && !app.equals(challenge.get().app()))) {
                return refused(session, app, "challenge", "there is no such challenge, or it has run out; ask for one");
            }
            Response response = new Response(app, mechanism, value);
            return Reply.later(router.work(() -> judged(session, unlocked, challenge.get(), response)));
        }

        private Reply judged(Session session, Unlocked unlocked, Challenge challenge, Response response) {
            String bare = session.jid().bare().toString();
            Optional<LockKey> key = store.lockKeys().live(response.app(), environment);
            // An unknown application costs as much time as a wrong key.
            boolean proved = response.proves(key.map(LockKey::secret).orElse("nobody's"), challenge.nonce(), bare);
            if (key.isEmpty() || !proved) {
                unlocked.forget(response.app());
                return refused(
                        session,
                        response.app(),
                        key.isEmpty() ? "no key" : "digest",
                        "the application has no key here, or answered with another one");
            }
            LockAuthority.this.unlocked.add();
            Instant issued = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            Instant expires = issued.plus(ticketLife);
            String ticket = tickets.sign(key.get(), bare, issued, expires);
            unlocked.renew(
                    response.app(),
                    router.schedule(
                            ticketLife.minus(ahead), () -> challengeUnasked(session, unlocked, response.app())));
            return Reply.result(Element.of("ticket", LOCK)
                    .attribute("expires", expires.toString())
                    .text(ticket));
        }

        private Reply refused(Session session, String app, String why, String text) {
            refused.add();
            log.info("{} did not unlock {}: {}", session, app, why);
            return Reply.error(Condition.NOT_AUTHORIZED, text);
        }

        private Response.@Nullable Mechanism mechanism(String name) {
            if (name.equals(Response.Mechanism.HMAC_SHA_256.wireName)) {
                return Response.Mechanism.HMAC_SHA_256;
            }
            return md5 && name.equals(Response.Mechanism.MD5.wireName) ? Response.Mechanism.MD5 : null;
        }

        /** Names the application, since a session may hold tickets for several and the answer is for one. */
        void challengeUnasked(Session session, Unlocked unlocked, String app) {
            String cookie = Integer.toString(random.nextInt(Integer.MAX_VALUE));
            unlocked.with(each -> each.issue(cookie, app, clock.instant(), mostChallenges.getAsInt()))
                    .ifPresent(challenge -> tell(session, element(challenge)));
        }

        /** Whoever asked before was told that there is no authority; this has him ask again. */
        void announce(Session session) {
            tell(session, Element.of("changed", LOCK).build());
        }

        private void tell(Session session, Element news) {
            router.deliver(
                    session,
                    Stanza.of(Element.of("message", Namespaces.CLIENT)
                            .attribute("from", jid)
                            .attribute("to", session.jid())
                            .attribute("id", "lock" + ids.incrementAndGet())
                            .child(news)));
        }
    }

    private static Unlocked unlocked(Session session) {
        Unlocked unlocked = session.attribute(UNLOCKED);
        if (unlocked == null) {
            unlocked = new Unlocked();
            session.attribute(UNLOCKED, unlocked);
        }
        return unlocked;
    }

    private static Element element(Challenge challenge) {
        return Element.of("challenge", LOCK)
                .attribute("cookie", challenge.cookie())
                .attribute("nonce", challenge.nonce())
                .attribute("expires", challenge.expires().truncatedTo(ChronoUnit.SECONDS))
                .attribute("app-id", challenge.app())
                .build();
    }

    private static boolean good(String text, int longest) {
        return !text.isEmpty() && text.length() <= longest && text.chars().noneMatch(c -> c < ' ' || c == 0x7f);
    }
}
