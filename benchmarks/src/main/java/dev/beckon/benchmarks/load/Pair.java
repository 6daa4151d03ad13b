package dev.beckon.benchmarks.load;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two users, one of whom invites the other again and again, and the invitation under way. On one event loop. */
final class Pair {
    private final Traffic traffic;
    private final Party initiator;
    private final Party responder;
    private final Invitation invitation;
    private final byte[] id = new byte[24];
    private int idDigits;
    private long count;
    private long scheduled;
    private long moved;

    Pair(Traffic traffic, int number, Client a, Client b) {
        this.traffic = traffic;
        initiator = new Party(this, a, b, true);
        responder = new Party(this, b, a, false);
        invitation = new Invitation(number, a.jid(), b.jid());
        a.connection.reader(initiator);
        b.connection.reader(responder);
    }

    /** Begins an invitation that was to begin at {@code scheduled}, by {@link System#nanoTime}. */
    void start(long scheduled) {
        this.scheduled = scheduled;
        count++;
        byte[] digits = Wire.bytes(Long.toString(count));
        System.arraycopy(digits, 0, id, 0, digits.length);
        id[digits.length] = '.';
        idDigits = digits.length + 1;
        initiator.begin();
        responder.begin();
        moved = System.nanoTime();
        send(initiator, Step.PROPOSE);
    }

    private void send(Party from, Step step) {
        from.send(invitation.of(step), id, idOf(step));
    }

    private int idOf(Step step) {
        id[idDigits] = (byte) ('0' + step.id());
        return idDigits + 1;
    }

    boolean idIs(StartTag tag, Step step) {
        return tag.idIs(id, idOf(step));
    }

    /** One side got a stanza, as was expected: it sends those that come next. */
    void took(Party by, Step step) {
        if (step == Step.PROCEED) {
            traffic.answered(System.nanoTime() - scheduled);
        }
        boolean byInitiator = by == initiator;
        Step next = step.next();
        if (next == null) {
            moved = System.nanoTime();
            traffic.done(this, moved - scheduled);
            return;
        }
        while (next != null && next.byInitiator() == byInitiator) {
            send(by, next);
            next = next.next();
        }
    }

    void fault(String what) {
        traffic.fault(what);
    }

    /** Says what it waits for if the invitation under way began before this time; else empty. */
    String stalled(long before) {
        if (moved - before > 0) {
            return "";
        }
        return Stream.of(initiator, responder)
                .map(Party::waitsFor)
                .filter(waiting -> !waiting.isEmpty())
                .collect(Collectors.joining(", "));
    }
}
