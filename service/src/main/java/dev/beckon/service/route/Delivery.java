package dev.beckon.service.route;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.route.Hooks.Filter;
import dev.beckon.service.route.Hooks.IqHandler;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Hooks.Verdict;
import dev.beckon.service.route.StanzaError.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The server rules for where a stanza goes, RFC 6121 §8, clause by clause. */
final class Delivery {
    private final Jid domain;
    private final Hooks hooks;
    private final SessionTable sessions;
    private final Requests requests;

    Delivery(Jid domain, Hooks hooks, SessionTable sessions) {
        this.domain = domain;
        this.hooks = hooks;
        this.sessions = sessions;
        this.requests = new Requests(this, domain);
    }

    /** Takes a stanza to its {@code to}; {@code origin} is the session that sent it, if one did. */
    CompletionStage<?> deliver(Stanza stanza, @Nullable Session origin) {
        Jid to = stanza.to();
        if (to == null) {
            // RFC 6120 §10.3: without an address it is for the sender's own account.
            Jid from = stanza.from();
            return from == null ? DONE : toAccount(stanza, from.bare(), origin);
        }
        if (!to.domain().equals(domain.domain())) {
            return toElsewhere(stanza, to, origin);
        }
        if (to.local().isEmpty()) {
            return toServer(stanza, to, origin);
        }
        Jid account = to.bare();
        if (!admitted(stanza, account)) {
            return DONE;
        }
        return to.isFull() && !isSubscription(stanza)
                ? toDevice(stanza, to, account, origin)
                : toAccount(stanza, account, origin);
    }

    private boolean admitted(Stanza stanza, Jid account) {
        Jid from = stanza.from();
        if (from == null || from.isDomain() || from.bare().equals(account)) {
            return true;
        }
        return passes(hooks.inbound, account, stanza);
    }

    /** Whether all filters let a stanza pass; where one does not, does what it says instead. */
    boolean passes(List<Filter> filters, Jid account, Stanza stanza) {
        for (int i = 0; i < filters.size(); i++) {
            Verdict verdict = filters.get(i).judge(account, stanza);
            if (verdict instanceof Verdict.Refuse refusal) {
                refuse(stanza, refusal.error());
                return false;
            }
            if (verdict instanceof Verdict.Drop) {
                return false;
            }
        }
        return true;
    }

    /** An entity beside the domain; else another domain, which cannot be reached: there is no federation (RFC 6120 §10.4). */
    private CompletionStage<?> toElsewhere(Stanza stanza, Jid to, @Nullable Session origin) {
        IqHandler entity = to.isDomain() ? hooks.entity(to) : null;
        if (entity != null) {
            return stanza.kind() == Stanza.Kind.IQ && isRequest(stanza) ? ask(entity, stanza, to, origin) : DONE;
        }
        boolean broadcast = stanza.kind() == Stanza.Kind.PRESENCE && !isSubscription(stanza);
        if (!broadcast) {
            answer(
                    stanza,
                    StanzaError.of(
                            Condition.REMOTE_SERVER_NOT_FOUND,
                            "this service serves " + domain + " alone and does not connect to other domains"));
        }
        return DONE;
    }

    /** RFC 6121 §8.1: the domain itself. */
    private CompletionStage<?> toServer(Stanza stanza, Jid to, @Nullable Session origin) {
        if (stanza.kind() == Stanza.Kind.IQ && isRequest(stanza)) {
            return to.isFull() ? unavailable(stanza) : handle(Target.SERVER, stanza, domain, origin);
        }
        return stanza.kind() == Stanza.Kind.MESSAGE && !stanza.type().equals("headline") ? unavailable(stanza) : DONE;
    }

    /** RFC 6121 §8.5.3: {@code localpart@domainpart/resourcepart}. */
    private CompletionStage<?> toDevice(Stanza stanza, Jid to, Jid account, @Nullable Session origin) {
        Session session = sessions.find(to);
        if (session != null && stanza.kind() == Stanza.Kind.MESSAGE) {
            Stanza message = hooks.receipt.receive(account, stanza);
            session.send(message);
            received(account, message, List.of(session));
            return DONE;
        }
        if (session != null) {
            session.send(stanza);
            return DONE;
        }
        return switch (stanza.kind()) {
            case MESSAGE ->
                switch (stanza.type()) {
                    // RFC 6121 §8.5.3.2.1: a chat message goes on as if it were addressed to the account.
                    case "chat" -> toAccount(stanza, account, origin);
                    case "headline", "error" -> DONE;
                    default -> unavailable(stanza);
                };
            // RFC 6121 §8.5.3.2.2: presence for a device that is gone is dropped.
            case PRESENCE -> DONE;
            // RFC 6121 §8.5.3.2.3
            case IQ -> unavailable(stanza);
        };
    }

    /** RFC 6121 §8.5.2: {@code localpart@domainpart}. An account that does not exist looks as one with nobody signed in. */
    private CompletionStage<?> toAccount(Stanza stanza, Jid account, @Nullable Session origin) {
        return switch (stanza.kind()) {
            case MESSAGE -> messageToAccount(stanza, account);
            case PRESENCE -> presenceToAccount(stanza, account);
            // RFC 6121 §8.5.2.1.3: the server answers on behalf of the account, the devices are not asked.
            case IQ -> isRequest(stanza) ? handle(Target.ACCOUNT, stanza, account, origin) : DONE;
        };
    }

    private CompletionStage<?> messageToAccount(Stanza stanza, Jid account) {
        switch (stanza.type()) {
            // RFC 6121 §8.5.2.1.1: groupchat MUST be refused, error ignored.
            case "groupchat" -> {
                return unavailable(stanza);
            }
            case "error" -> {
                return DONE;
            }
            default -> {}
        }
        // RFC 6121 §8.5.2.1.1 (b): all devices that are available and not of negative priority, so that each of them
        // rings.
        List<Session> receivers = takingMessages(account);
        if (!receivers.isEmpty()) {
            Stanza message = hooks.receipt.receive(account, stanza);
            message.handedTo(receivers.size());
            for (int i = 0; i < receivers.size(); i++) {
                receivers.get(i).send(message);
            }
            received(account, message, receivers);
            return DONE;
        }
        if (stanza.type().equals("headline")) {
            return DONE;
        }
        // RFC 6121 §8.5.2.2.1: nobody there.
        return offline(hooks.receipt.receive(account, stanza), account, null);
    }

    private CompletionStage<?> offline(Stanza stanza, Jid account, @Nullable Instant came) {
        for (Hooks.OfflineHook hook : hooks.offline) {
            CompletionStage<?> taken = hook.offline(account, stanza, came);
            if (taken != null) {
                return taken;
            }
        }
        return unavailable(stanza);
    }

    /**
     * XEP-0198 §4: what a device was sent and never acknowledged goes where it would go had the device not been there: to another one,
     * into storage, or back as an error. {@code came} is when it came.
     */
    void undelivered(Stanza stanza, Instant came) {
        if (stanza.kind() == Stanza.Kind.IQ && isRequest(stanza)) {
            unavailable(stanza);
        }
        Stanza message = stanza.kind() == Stanza.Kind.MESSAGE ? stanza.givenUp() : null;
        Jid to = message == null ? null : message.to();
        if (message == null || to == null || message.type().equals("headline") || !admitted(message, to.bare())) {
            return;
        }
        List<Session> receivers = receivers(message, to);
        if (!receivers.isEmpty()) {
            // XEP-0203: it is late.
            Stanza late = Delayed.stamped(message.element(), domain, came);
            late.handedTo(receivers.size());
            receivers.forEach(session -> session.send(late));
            received(to.bare(), late, receivers);
        } else if (to.isBare() || message.type().equals("chat")) {
            offline(message, to.bare(), came);
        } else {
            unavailable(message);
        }
    }

    /** Who is there now for a message that was undelivered. */
    private List<Session> receivers(Stanza message, Jid to) {
        Session same = to.isFull() ? sessions.find(to) : null;
        if (same != null) {
            return List.of(same);
        }
        return to.isBare() || message.type().equals("chat") ? takingMessages(to.bare()) : List.of();
    }

    private List<Session> takingMessages(Jid account) {
        List<Session> taking = new ArrayList<>(2);
        for (Session session : sessions.of(account)) {
            if (session.isAvailable() && session.priority() >= 0) {
                taking.add(session);
            }
        }
        return taking;
    }

    private CompletionStage<?> presenceToAccount(Stanza stanza, Jid account) {
        if (isSubscription(stanza)) {
            // RFC 6121 §3 and §4.3: subscriptions and probes are the server's affair.
            return hooks.subscriptionReceived == null ? DONE : hooks.subscriptionReceived.subscription(account, stanza);
        }
        // RFC 6121 §8.5.2.1.2: all available devices.
        for (Session session : sessions.of(account)) {
            if (session.isAvailable()) {
                session.send(stanza);
            }
        }
        return DONE;
    }

    private CompletionStage<?> handle(Target target, Stanza stanza, Jid account, @Nullable Session origin) {
        IqHandler handler = hooks.handler(target, Objects.requireNonNull(stanza.payload()));
        if (handler == null) {
            return unavailable(stanza);
        }
        return ask(handler, stanza, account, origin);
    }

    private CompletionStage<?> ask(IqHandler handler, Stanza stanza, Jid account, @Nullable Session origin) {
        String address = origin == null ? "" : origin.address();
        return requests.answer(handler, new Request(stanza, account, origin, address));
    }

    private void received(Jid account, Stanza message, List<Session> to) {
        for (Hooks.MessageHook hook : hooks.messages) {
            hook.received(account, message, to);
        }
    }

    private CompletionStage<?> unavailable(Stanza stanza) {
        answer(stanza, StanzaError.of(Condition.SERVICE_UNAVAILABLE));
        return DONE;
    }

    private void refuse(Stanza stanza, StanzaError error) {
        Jid from = stanza.from();
        if (stanza.kind() != Stanza.Kind.PRESENCE && isAnswered(stanza) && from != null) {
            back(stanza.error(error, from.bare()));
        }
    }

    /** Answers with an error, except what must not be answered. */
    void answer(Stanza stanza, StanzaError error) {
        Jid from = stanza.from();
        if (from == null || !isAnswered(stanza)) {
            return;
        }
        Stanza answer = stanza.error(error, from.bare());
        back(answer);
        Session sender = stanza.kind() == Stanza.Kind.MESSAGE && from.isFull() ? sessions.find(from) : null;
        if (sender != null) {
            for (Hooks.MessageHook hook : hooks.messages) {
                hook.bounced(sender, stanza, answer);
            }
        }
    }

    /** RFC 6120 §8.2.3, §8.3.1. */
    private static boolean isAnswered(Stanza stanza) {
        return !stanza.isError() && !stanza.type().equals("result");
    }

    /** An answer goes to the device that asked, past all filters. */
    void back(Stanza answer) {
        Jid to = Objects.requireNonNull(answer.to());
        if (!to.domain().equals(domain.domain())) {
            return;
        }
        if (to.isFull()) {
            Session session = sessions.find(to);
            if (session != null) {
                session.send(answer);
            }
        } else if (to.isDomain()) {
            return;
        } else {
            // What an account sent with its bare address (subscriptions) came from any of its devices.
            for (Session session : sessions.of(to)) {
                session.send(answer);
            }
        }
    }

    static boolean isRequest(Stanza stanza) {
        return stanza.type().equals("get") || stanza.type().equals("set");
    }

    static boolean isSubscription(Stanza stanza) {
        return stanza.kind() == Stanza.Kind.PRESENCE
                && (stanza.type().equals("probe") || Switchboard.isBetweenAccounts(stanza.type()));
    }
}
