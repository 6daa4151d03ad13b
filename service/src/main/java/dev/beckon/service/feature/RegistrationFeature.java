package dev.beckon.service.feature;

import dev.beckon.service.AccountNames;
import dev.beckon.service.Network;
import dev.beckon.service.RateLimit;
import dev.beckon.service.metric.Counter;
import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.store.Passwords;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.Element;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Making an account, where the operator lets anyone; changing one's password and leaving, always (XEP-0077). */
final class RegistrationFeature {
    private static final Logger log = LoggerFactory.getLogger(RegistrationFeature.class);
    private static final String REGISTER = "jabber:iq:register";
    private static final String STREAM_FEATURE = "http://jabber.org/features/iq-register";
    private static final int PASSWORDS_PER_HOUR = 20;

    private final Store store;
    private final Router router;
    private final boolean open;
    private final RateLimit newAccounts;
    private Counter registered = new Counter();

    /** Each costs as much processor as a hundred sign-ins. */
    private final RateLimit newPasswords;

    RegistrationFeature(Store store, Router router, boolean open, IntSupplier perHour, Clock clock) {
        this.store = store;
        this.router = router;
        this.open = open;
        newAccounts = new RateLimit(perHour, Duration.ofHours(1), clock);
        newPasswords = new RateLimit(() -> PASSWORDS_PER_HOUR, Duration.ofHours(1), clock);
    }

    void install(Hooks hooks) {
        registered =
                hooks.metrics().counter("beckon_registrations_total", "Accounts that people have made themselves.");
        if (open) {
            hooks.iq(Target.STREAM, "query", REGISTER, this::stranger);
            hooks.streamFeature(
                    Hooks.Stage.BEFORE_SIGN_IN,
                    () -> Element.of("register", STREAM_FEATURE).build());
        }
        hooks.iq(Target.SERVER, "query", REGISTER, this::member);
        hooks.iq(Target.ACCOUNT, "query", REGISTER, this::member);
        hooks.disco().feature(Target.SERVER, REGISTER);
    }

    /** XEP-0077 §3.1. */
    private Reply stranger(Request request) {
        Element query = request.payload();
        if (request.isGet()) {
            return Reply.result(Element.of("query", REGISTER)
                    .child(Element.of("instructions", REGISTER).text("Choose a user name and a password."))
                    .child(Element.of("username", REGISTER))
                    .child(Element.of("password", REGISTER)));
        }
        String wanted = text(query, "username");
        String password = text(query, "password");
        if (wanted == null || password == null || query.child("remove", REGISTER) != null) {
            return Reply.error(Condition.NOT_ACCEPTABLE, "give a username and a password");
        }
        String name;
        try {
            name = AccountNames.prepared(wanted);
        } catch (IllegalArgumentException e) {
            return Reply.error(Condition.NOT_ACCEPTABLE, String.valueOf(e.getMessage()));
        }
        Optional<String> prepared = Passwords.prepare(password);
        if (prepared.isEmpty()) {
            return Reply.error(Condition.NOT_ACCEPTABLE, Passwords.RULE);
        }
        // Every try counts: a rate that only successes use up would let names be found out by trying.
        if (!newAccounts.take(Network.of(request.address()))) {
            return Reply.error(Condition.RESOURCE_CONSTRAINT, "too many accounts from this address, try again later");
        }
        return Reply.later(onceStored(() -> store.accounts().add(name, prepared.get()))
                .thenApply(added -> {
                    if (!added) {
                        return Reply.error(Condition.CONFLICT, "this user name is taken, choose another one");
                    }
                    registered.add();
                    log.info("account {} registered itself from {}", name, request.address());
                    return Reply.result();
                }));
    }

    private Reply member(Request request) {
        Jid own = request.session() == null ? null : request.session().jid();
        boolean foreign = !request.account().isDomain() && !request.isOwn();
        if (own == null || foreign) {
            return Reply.error(Condition.FORBIDDEN, "an account is changed by its owner alone");
        }
        Element query = request.payload();
        if (request.isGet()) {
            // XEP-0077 §3.1: who is registered learns so, and with what name.
            return Reply.result(Element.of("query", REGISTER)
                    .child(Element.of("registered", REGISTER))
                    .child(Element.of("username", REGISTER).text(own.local()))
                    .child(Element.of("password", REGISTER)));
        }
        return query.child("remove", REGISTER) == null ? change(own, query) : remove(own, query);
    }

    /** XEP-0077 §3.3. The stream that asks for it stays, all others of the account are ended. */
    private Reply change(Jid own, Element query) {
        String name = text(query, "username");
        String password = text(query, "password");
        if (name == null || password == null || !sameName(name, own)) {
            return Reply.error(Condition.NOT_ACCEPTABLE, "give your own username and the new password");
        }
        Optional<String> prepared = Passwords.prepare(password);
        if (prepared.isEmpty()) {
            return Reply.error(Condition.NOT_ACCEPTABLE, Passwords.RULE);
        }
        if (!newPasswords.take(own.local())) {
            return Reply.error(Condition.RESOURCE_CONSTRAINT, "too many new passwords, try again in an hour");
        }
        return Reply.later(onceStored(() -> store.accounts().setPassword(own.local(), prepared.get(), own.toString()))
                .thenApply(changed -> changed ? Reply.result() : Reply.error(Condition.ITEM_NOT_FOUND)));
    }

    /** XEP-0077 §3.2. */
    private Reply remove(Jid own, Element query) {
        if (query.children().size() != 1) {
            return Reply.error(Condition.BAD_REQUEST, "remove stands alone");
        }
        return Reply.later(
                onceStored(() -> store.accounts().remove(own.local())).thenApply(removed -> Reply.result()));
    }

    private CompletionStage<Boolean> onceStored(Callable<CompletableFuture<Boolean>> write) {
        return router.work(write).thenCompose(stored -> stored);
    }

    private static boolean sameName(String name, Jid own) {
        try {
            return AccountNames.prepared(name).equals(own.local());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static @Nullable String text(Element query, String field) {
        Element child = query.child(field, REGISTER);
        return child == null ? null : child.text();
    }
}
