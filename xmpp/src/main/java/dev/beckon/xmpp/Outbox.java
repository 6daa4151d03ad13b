package dev.beckon.xmpp;

import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Jid;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was sent and is not known to have arrived: requests until they are answered, everything else until the service has
 * answered a ping that was sent after it, which it does only once it has taken all before it (RFC 6120 §10.1). A ping that
 * is not answered in time means that the connection is dead.
 *
 * <p>The bounds keep what waits in Smack's queue of 500 below its size, so that writing never blocks. For the serial
 * thread.
 */
final class Outbox {
    private static final int MAX_QUESTIONS = 250;
    private static final int MAX_UNCONFIRMED = 200;

    /** Hears what became of a stanza that is not a request; one of the two, once. */
    interface Fate {
        /** Nobody cares. */
        Fate IGNORED = new Fate() {
            @Override
            public void handed() {}

            @Override
            public void lost() {}
        };

        /** The service has it. */
        void handed();

        /** The connection ended before that was known. */
        void lost();
    }

    /** Hears the answer to a request; one of the two, once. */
    interface Answer {
        /** A result. */
        void result(Node iq);

        /**
         * An error, or none came.
         *
         * @param condition a stanza error condition, or a constant of {@link Failure}
         * @param from who said so; null where nobody did
         * @param text for people; may be empty
         */
        void failed(String condition, @Nullable Jid from, String text);
    }

    private record Question(@Nullable Jid to, Answer answer, Future<?> timer) {}

    private record Unconfirmed(long number, Fate fate) {}

    private final Serial serial;
    private final String bare;
    private final Duration patience;
    private final Predicate<Node> writer;
    private final Runnable dead;
    private final Map<String, Question> questions = new HashMap<>();
    private final Deque<Unconfirmed> unconfirmed = new ArrayDeque<>();
    private boolean open;
    private boolean pinging;
    private long written;

    /** @param writer takes a stanza; false where there is no connection */
    Outbox(Serial serial, String bare, Duration patience, Predicate<Node> writer, Runnable dead) {
        this.serial = serial;
        this.bare = bare;
        this.patience = patience;
        this.writer = writer;
        this.dead = dead;
    }

    void open() {
        open = true;
        pinging = false;
    }

    /** Everything that is not known to have arrived is lost. */
    void close() {
        open = false;
        List<Question> asked = List.copyOf(questions.values());
        questions.clear();
        List<Unconfirmed> sent = List.copyOf(unconfirmed);
        unconfirmed.clear();
        sent.forEach(s -> s.fate().lost());
        asked.forEach(q -> {
            q.timer().cancel(false);
            q.answer().failed(Failure.OFFLINE, null, "");
        });
    }

    /** Sends a message, a presence or an answer. */
    void send(Node stanza, Fate fate) {
        if (!open || unconfirmed.size() >= MAX_UNCONFIRMED || !writer.test(stanza)) {
            fate.lost();
            return;
        }
        unconfirmed.add(new Unconfirmed(++written, fate));
        ping();
    }

    /** Asks; {@code to} is null for one's own account. */
    void ask(String type, @Nullable Jid to, Node payload, Answer answer) {
        ask(type, to, payload, answer, () -> answer.failed(Failure.TIMEOUT, null, ""));
    }

    private void ask(String type, @Nullable Jid to, Node payload, Answer answer, Runnable late) {
        String id = UUID.randomUUID().toString();
        Node iq = Node.of("iq", Names.CLIENT)
                .with("type", type)
                .with("id", id)
                .with("to", to == null ? null : to.toString())
                .with(payload);
        if (!open || questions.size() >= MAX_QUESTIONS || !writer.test(iq)) {
            answer.failed(Failure.OFFLINE, null, "");
            return;
        }
        Future<?> timer = serial.later(patience, () -> {
            if (questions.remove(id) != null) {
                late.run();
            }
        });
        questions.put(id, new Question(to, answer, timer));
    }

    /** Asks the service whether it is there, unless that is asked already. */
    void ping() {
        if (pinging || !open) {
            return;
        }
        pinging = true;
        long covered = written;
        Answer answer = new Answer() {
            @Override
            public void result(Node iq) {
                confirm(covered);
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                // A service that knows no ping says so, which is an answer too.
                if (from != null) {
                    confirm(covered);
                } else {
                    pinging = false;
                }
            }
        };
        ask("get", Jid.bare(Jids.domainOf(bare)), Node.of("ping", Names.PING), answer, dead);
    }

    private void confirm(long covered) {
        pinging = false;
        List<Unconfirmed> handed = new ArrayList<>();
        while (!unconfirmed.isEmpty() && unconfirmed.element().number() <= covered) {
            handed.add(unconfirmed.remove());
        }
        if (!unconfirmed.isEmpty()) {
            ping();
        }
        handed.forEach(s -> s.fate().handed());
    }

    /** Whether this iq is the answer to something. */
    boolean isAnswer(Node iq) {
        String type = iq.attributes().getOrDefault("type", "");
        return type.equals("result") || type.equals("error");
    }

    /** An iq of type result or error came. */
    void answered(Node iq, @Nullable Jid from, @Nullable Jid self) {
        String id = iq.attributes().getOrDefault("id", "");
        Question question = questions.get(id);
        if (question == null || !isFrom(question.to(), from, self)) {
            return;
        }
        questions.remove(id);
        question.timer().cancel(false);
        if ("result".equals(iq.attribute("type"))) {
            question.answer().result(iq);
        } else {
            Jid answerer = from != null ? from : Jid.bare(Jids.domainOf(bare));
            question.answer().failed(Refusal.condition(iq), answerer, Refusal.text(iq));
        }
    }

    // RFC 6120 §8.1.2.1: an answer of one's own account or service may come from nobody, the account, or the service.
    private boolean isFrom(@Nullable Jid asked, @Nullable Jid from, @Nullable Jid self) {
        boolean own = asked == null || asked.equals(Jid.bare(bare)) || asked.equals(Jid.bare(Jids.domainOf(bare)));
        if (!own) {
            return Objects.equals(asked, from);
        }
        return from == null
                || from.equals(Jid.bare(bare))
                || from.equals(Jid.bare(Jids.domainOf(bare)))
                || from.equals(self);
    }
}
