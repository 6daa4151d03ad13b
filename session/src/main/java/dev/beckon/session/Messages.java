package dev.beckon.session;

import dev.beckon.ChatMessage;
import dev.beckon.ChatMessage.Fate;
import dev.beckon.Limits;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Plain messages: what this user writes and what becomes of it, and what others write. Nothing is kept once the windows
 * are told. On the engine's thread.
 */
final class Messages {
    /** Messages that may be SENDING at once: fewer than the carrier takes. */
    static final int UNDER_WAY = 100;
    /** Calls that may wait for a window; while more do, what others write is refused to them. */
    static final int CROWDED = 1000;
    /** People this user wrote to, whose answers are let in. */
    private static final int WRITTEN_TO = 1000;

    private static final System.Logger LOG = System.getLogger(Messages.class.getName());

    private final Engine engine;
    private final Set<Sending> underWay = new LinkedHashSet<>();
    private final Set<String> writtenTo = new LinkedHashSet<>();

    Messages(Engine engine) {
        this.engine = engine;
    }

    // ---- what this user writes

    ChatMessage send(String signInName, String text) {
        Limits.message(text);
        String bare = engine.ports.contacts().prepare(Limits.signInName(signInName));
        if (engine.book.isSelf(bare)) {
            throw new SessionException(ResultCode.SR_INVITED_SELF, "one cannot write to oneself", "write to others");
        }
        if (engine.isBlocked(bare)) {
            throw new SessionException(ResultCode.E_FAIL, bare + " is blocked", "unblock them to write to them");
        }
        if (underWay.size() >= UNDER_WAY || isCrowded()) {
            throw new SessionException(
                    ResultCode.E_FAIL, "too many messages are on their way already", "wait until they are sent");
        }
        Sending sending = new Sending(new ChatMessage(newId(), bare, true, text, engine.now(), Fate.SENDING, ""));
        if (!engine.isOnline()) {
            sending.became(Fate.FAILED, "not signed in; send it again once you are");
            return sending.message;
        }
        wroteTo(bare);
        underWay.add(sending);
        tell(sending.message);
        try {
            engine.ports.chat().send(bare, text, sending);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A message could not be sent", e);
            sending.failed(new Carrier.Failure(Carrier.Failure.OFFLINE, null));
        }
        return sending.message;
    }

    /** A message of this user, until nothing more can become of it. */
    private final class Sending implements Carrier.Receipt {
        private ChatMessage message;

        Sending(ChatMessage message) {
            this.message = message;
        }

        @Override
        public void delivered() {
            engine.run(() -> {
                if (message.fate() == Fate.SENDING) {
                    became(Fate.SENT, "");
                }
            });
        }

        @Override
        public void failed(Carrier.Failure failure) {
            engine.run(() -> {
                if (message.fate() != Fate.FAILED) {
                    became(Fate.FAILED, problem(failure, message.contact()));
                }
            });
        }

        void became(Fate fate, String problem) {
            underWay.remove(this);
            message = new ChatMessage(
                    message.id(), message.contact(), true, message.text(), message.when(), fate, problem);
            tell(message);
        }
    }

    /** RFC 6120 §8.3.3, for people: why, and what to do. */
    private static String problem(Carrier.Failure failure, String bare) {
        return switch (failure.condition()) {
            case Carrier.Failure.OFFLINE ->
                "the connection broke before the service confirmed it; it may have arrived: ask, or send it again";
            case "service-unavailable", "recipient-unavailable" ->
                bare + " cannot be reached: away with no room to keep it, blocking you, or no such person; try later";
            case "item-not-found", "gone", "jid-malformed" -> "there is no " + bare + "; check how it is spelled";
            case "remote-server-not-found", Carrier.Failure.TIMEOUT ->
                "the service of " + bare + " cannot be reached; check how it is spelled, or try later";
            case "resource-constraint" -> bare + " gets too much at once; try again in a while";
            case "not-acceptable", "policy-violation", "bad-request" ->
                bare + " or their service did not take it; make it shorter, or write otherwise";
            case "forbidden", "not-allowed", "not-authorized", "registration-required", "subscription-required" ->
                bare + " does not take messages from you; ask to be added as a contact";
            default -> bare + " or their service refused it (" + failure.condition() + "); try again later";
        };
    }

    /** The client is shutting down: what the service has not confirmed will never be known to have arrived. */
    void shutDown() {
        for (Sending sending : List.copyOf(underWay)) {
            sending.became(Fate.FAILED, "Beckon was closed before the service confirmed it; it may have arrived");
        }
    }

    private void wroteTo(String bare) {
        writtenTo.remove(bare);
        writtenTo.add(bare);
        if (writtenTo.size() > WRITTEN_TO) {
            writtenTo.remove(writtenTo.iterator().next());
        }
    }

    // ---- what others write, and this user elsewhere

    void received(Chat.Incoming incoming) {
        boolean own = incoming.carbon() == Carrier.Carbon.SENT;
        String other = (own ? incoming.to() : incoming.from()).bare();
        if (engine.self() == null || !isPerson(other) || engine.book.isSelf(other) || (!own && !mayWrite(other))) {
            return;
        }
        String text = incoming.text();
        if (text.codePointCount(0, text.length()) > Limits.MESSAGE_CHARACTERS) {
            incoming.reply()
                    .refuse(
                            "not-acceptable",
                            "messages of at most " + Limits.MESSAGE_CHARACTERS + " characters are taken here");
            return;
        }
        if (isCrowded()) {
            incoming.reply().refuse("resource-constraint", "too many messages at once; try again in a while");
            return;
        }
        if (own) {
            wroteTo(other);
        }
        incoming.reply().ack();
        Instant now = engine.now();
        Instant sent = incoming.delayed();
        Instant when = sent != null && sent.isBefore(now) ? sent : now;
        tell(new ChatMessage(newId(), other, own, text, when, own ? Fate.SENT : Fate.RECEIVED, ""));
    }

    /** Whether a window has more to hear than it can follow, so that a flood of messages does not pile up in memory. */
    private boolean isCrowded() {
        return engine.clients().stream().anyMatch(c -> c.dispatcher.waiting() > CROWDED);
    }

    /** Whether one could write back: a service, or an address that is none, is nobody to talk to. */
    private boolean isPerson(String bare) {
        try {
            return engine.ports.contacts().prepare(bare).equals(bare);
        } catch (SessionException e) {
            return false;
        }
    }

    private boolean mayWrite(String bare) {
        return !engine.isBlocked(bare)
                && (writtenTo.contains(bare) || engine.ports.policy().mayWrite(bare, engine.isTrusted(bare)));
    }

    private String newId() {
        return engine.ids.get().toString();
    }

    private void tell(ChatMessage message) {
        engine.clients().forEach(c -> c.tellWindows(l -> l.onMessage(message)));
    }
}
