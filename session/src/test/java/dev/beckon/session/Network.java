package dev.beckon.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A service in memory: routes to bare and full addresses, copies to other devices, keeps nothing. What it does to what
 * passes can be chosen: hold back, lose, double, delay.
 */
final class Network {
    /** Something on its way. */
    record Passing(Jid from, Jid to, Signal signal) {}

    /** What becomes of it: no entry, it is lost; each entry, delivered once after that time. */
    interface Fate {
        List<Duration> of(Passing passing);
    }

    static final Duration IQ_TIMEOUT = Duration.ofSeconds(15);

    final TurnedScheduler scheduler;
    final List<Passing> sent = new ArrayList<>();
    final Map<Jid, Line> lines = new LinkedHashMap<>();
    /** Names sessions. */
    java.util.Random random = new java.util.Random();

    boolean carbons = true;
    Fate fate = passing -> List.of(Duration.ZERO);
    private @Nullable Predicate<Signal> heldBack;
    private final List<Runnable> held = new ArrayList<>();

    Network(TurnedScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Keeps these from arriving until {@link #release}. */
    void hold(Predicate<Signal> which) {
        heldBack = which;
    }

    void release() {
        heldBack = null;
        List<Runnable> now = List.copyOf(held);
        held.clear();
        now.forEach(scheduler::execute);
        scheduler.settle();
    }

    List<Signal> sentBy(String bare) {
        return sent.stream()
                .filter(p -> p.from().bare().equals(bare))
                .map(Passing::signal)
                .toList();
    }

    private void pass(Passing passing, Runnable arrival) {
        sent.add(passing);
        if (heldBack != null && heldBack.test(passing.signal())) {
            held.add(arrival);
            return;
        }
        for (Duration after : fate.of(passing)) {
            if (after.isZero()) {
                scheduler.execute(arrival);
            } else {
                scheduler.schedule(after, arrival);
            }
        }
    }

    /** The connection of one device. */
    final class Line implements Carrier {
        Jid jid;
        boolean online;
        private Receiver receiver;
        private final List<OpenIq> open = new ArrayList<>();
        /** While true nothing gets out any more, which shows only when the connection is dropped. */
        boolean dying;

        private final List<Receipt> unconfirmed = new ArrayList<>();

        Line(Jid jid) {
            this.jid = jid;
        }

        @Override
        public void start(Receiver receiver) {
            this.receiver = receiver;
        }

        void signIn() {
            signInAs(jid);
        }

        void signInAs(Jid as) {
            lines.remove(jid);
            jid = as;
            lines.put(jid, this);
            online = true;
            receiver.up(jid, carbons);
        }

        void drop() {
            online = false;
            List<OpenIq> lost = List.copyOf(open);
            open.clear();
            receiver.down("connection lost");
            lost.forEach(iq -> iq.fail(new Failure(Failure.OFFLINE, null)));
            loseUnconfirmed();
            lines.values().stream().filter(l -> l.online && l != this).forEach(l -> l.receiver.gone(jid));
        }

        /** What did not get out is given up; the connection itself may go on. */
        void loseUnconfirmed() {
            dying = false;
            unconfirmed.forEach(receipt -> receipt.failed(new Failure(Failure.OFFLINE, null)));
            unconfirmed.clear();
        }

        /** Presence says that a device is gone, whether it is or only shows itself so. */
        void seesGone(Jid device) {
            receiver.gone(device);
            scheduler.settle();
        }

        /** Hands something to the engine as if it had arrived. */
        Answer receive(Jid from, Signal signal) {
            return receive(from, jid, signal, null, Carbon.NONE);
        }

        Answer receive(Jid from, Jid to, Signal signal, @Nullable Instant delayed, Carbon carbon) {
            Answer answer = new Answer();
            receiver.received(new Incoming(from, to, signal, delayed, carbon, answer));
            scheduler.settle();
            return answer;
        }

        @Override
        public void send(Jid to, Signal signal, Receipt receipt) {
            if (!online) {
                scheduler.execute(() -> receipt.failed(new Failure(Failure.OFFLINE, null)));
            } else if (SignalTable.Kind.of(signal).isIq()) {
                sendIq(to, signal, receipt);
            } else {
                sendMessage(to, signal, receipt);
            }
        }

        private void sendIq(Jid to, Signal signal, Receipt receipt) {
            OpenIq iq = new OpenIq(this, receipt);
            open.add(iq);
            scheduler.schedule(IQ_TIMEOUT, () -> iq.fail(new Failure(Failure.TIMEOUT, null)));
            if (dying) {
                return;
            }
            Jid from = jid;
            pass(new Passing(from, to, signal), () -> {
                Line target = lines.get(to);
                if (target == null || !target.online) {
                    iq.fail(new Failure("service-unavailable", to));
                    return;
                }
                target.receiver.received(new Incoming(from, to, signal, null, Carbon.NONE, new Reply() {
                    @Override
                    public void ack() {
                        scheduler.execute(iq::done);
                    }

                    @Override
                    public void refuse(String condition, String text) {
                        scheduler.execute(() -> iq.fail(new Failure(condition, to)));
                    }
                }));
            });
        }

        private void sendMessage(Jid to, Signal signal, Receipt receipt) {
            if (dying) {
                unconfirmed.add(receipt);
                return;
            }
            Jid from = jid;
            scheduler.execute(receipt::delivered);
            boolean[] failed = new boolean[1];
            pass(new Passing(from, to, signal), () -> {
                List<Line> targets = lines.values().stream()
                        .filter(l -> l.online
                                && (to.isFull()
                                        ? l.jid.equals(to)
                                        : l.jid.bare().equals(to.bare())))
                        .toList();
                if (targets.isEmpty()) {
                    scheduler.execute(() -> fail(failed, receipt, new Failure("service-unavailable", to)));
                }
                for (Line target : targets) {
                    target.receiver.received(new Incoming(from, to, signal, null, Carbon.NONE, new Reply() {
                        @Override
                        public void ack() {}

                        @Override
                        public void refuse(String condition, String text) {
                            scheduler.execute(() -> fail(failed, receipt, new Failure(condition, target.jid)));
                        }
                    }));
                }
                copy(from, to, signal);
            });
        }

        private void fail(boolean[] failed, Receipt receipt, Failure failure) {
            if (!failed[0] && online) {
                failed[0] = true;
                receipt.failed(failure);
            }
        }

        private void copy(Jid from, Jid to, Signal signal) {
            if (!carbons) {
                return;
            }
            for (Line other : List.copyOf(lines.values())) {
                if (other.online && other.jid.bare().equals(from.bare()) && !other.jid.equals(from)) {
                    other.receiver.received(new Incoming(from, to, signal, null, Carbon.SENT, new Answer()));
                }
                if (to.isFull() && other.online && other.jid.bare().equals(to.bare()) && !other.jid.equals(to)) {
                    other.receiver.received(new Incoming(from, to, signal, null, Carbon.RECEIVED, new Answer()));
                }
            }
        }
    }

    private static final class OpenIq {
        private final Line line;
        private final Carrier.Receipt receipt;
        private boolean over;

        OpenIq(Line line, Carrier.Receipt receipt) {
            this.line = line;
            this.receipt = receipt;
        }

        void done() {
            if (!over) {
                over = true;
                line.open.remove(this);
                receipt.delivered();
            }
        }

        void fail(Carrier.Failure failure) {
            if (!over) {
                over = true;
                line.open.remove(this);
                receipt.failed(failure);
            }
        }
    }

    /** How something handed over by hand was answered. */
    static final class Answer implements Carrier.Reply {
        String what = "silence";

        @Override
        public void ack() {
            answered("ack");
        }

        @Override
        public void refuse(String condition, String text) {
            answered(condition);
        }

        private void answered(String with) {
            if (!what.equals("silence")) {
                throw new AssertionError("answered twice: " + what + ", then " + with);
            }
            what = with;
        }
    }
}
