package dev.beckon.xmpp;

import dev.beckon.session.Carrier;
import dev.beckon.session.Jid;
import dev.beckon.session.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@link Carrier} over a {@link Link}. */
final class XmppCarrier implements Carrier {
    /** How long an error to a message still counts; the life of a stanza in a store is longer, of an invitation not. */
    private static final Duration REMEMBERED = Duration.ofMinutes(20);

    private static final int MAX_REMEMBERED = 2000;

    /** A message that was sent, whose error may still come. */
    private record Sent(Jid to, Receipt receipt, long at) {}

    private final Serial serial;
    private final Link link;
    private final String bare;
    private final Map<String, Sent> sent = new LinkedHashMap<>();
    private @Nullable Receiver receiver;
    private boolean carbons;

    XmppCarrier(Serial serial, Link link, String bare) {
        this.serial = serial;
        this.link = link;
        this.bare = bare;
    }

    @Override
    public void start(Receiver receiver) {
        serial.run(() -> this.receiver = receiver);
    }

    @Override
    public void send(Jid to, Signal signal, Receipt receipt) {
        serial.run(() -> sendNow(to, signal, receipt));
    }

    private void sendNow(Jid to, Signal signal, Receipt receipt) {
        Jid self = link.self();
        if (!link.isUp() || self == null) {
            receipt.failed(new Failure(Failure.OFFLINE, null));
            return;
        }
        Node message = JmiCodec.encode(signal, Jids.localOf(bare));
        if (message != null) {
            sendMessage(to, message, receipt);
            return;
        }
        Node jingle = JingleCodec.encode(signal, self.toString());
        if (jingle == null) {
            throw new IllegalArgumentException("not a signal that is sent: " + signal.getClass());
        }
        link.outbox().ask("set", to, jingle, new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                receipt.delivered();
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                receipt.failed(new Failure(condition, from));
            }
        });
    }

    private void sendMessage(Jid to, Node message, Receipt receipt) {
        String id = UUID.randomUUID().toString();
        remember(id, new Sent(to, receipt, System.nanoTime()));
        Node addressed = message.with("id", id).with("to", to.toString());
        link.outbox().send(addressed, new Outbox.Fate() {
            @Override
            public void handed() {
                if (sent.containsKey(id)) {
                    receipt.delivered();
                }
            }

            @Override
            public void lost() {
                if (sent.remove(id) != null) {
                    receipt.failed(new Failure(Failure.OFFLINE, null));
                }
            }
        });
    }

    private void remember(String id, Sent message) {
        Iterator<Sent> oldest = sent.values().iterator();
        while (oldest.hasNext()) {
            boolean old = message.at() - oldest.next().at() > REMEMBERED.toNanos();
            if (!old && sent.size() < MAX_REMEMBERED) {
                break;
            }
            oldest.remove();
        }
        sent.put(id, message);
    }

    /** Asks the service to copy messages to all devices (XEP-0280 §5). */
    void enableCarbons(Runnable known) {
        carbons = false;
        link.outbox().ask("set", null, Node.of("enable", Names.CARBONS), new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                carbons = true;
                known.run();
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                known.run();
            }
        });
    }

    void up(Jid self) {
        if (receiver != null) {
            receiver.up(self, carbons);
        }
    }

    void down(String reason) {
        if (receiver != null) {
            receiver.down(reason);
        }
    }

    void gone(Jid device) {
        if (receiver != null) {
            receiver.gone(device);
        }
    }

    /** A message came in. */
    void message(Node message, @Nullable Jid stamped) {
        // RFC 6120 §8.1.2.1: what comes from nobody comes from one's own account.
        Jid from = stamped == null ? Jid.bare(bare) : stamped;
        if ("error".equals(message.attribute("type"))) {
            error(message, from);
            return;
        }
        if ("groupchat".equals(message.attribute("type"))) {
            return;
        }
        // XEP-0280 §11: a copy counts only if one's own account says that it is one.
        if (from.equals(Jid.bare(bare))) {
            Node received = message.child("received", Names.CARBONS);
            Node copy = received != null ? received : message.child("sent", Names.CARBONS);
            if (copy != null) {
                copied(copy, received != null ? Carbon.RECEIVED : Carbon.SENT);
                return;
            }
        }
        Signal signal = JmiCodec.decode(message);
        if (signal == null || receiver == null) {
            return;
        }
        Jid to = Jids.parse(message.attribute("to"));
        String id = message.attribute("id");
        receiver.received(new Incoming(
                from,
                to == null ? Jid.bare(bare) : to,
                signal,
                delay(message),
                Carbon.NONE,
                new MessageReply(from, id)));
    }

    private void copied(Node copy, Carbon kind) {
        Node forwarded = copy.child("forwarded", Names.FORWARD);
        Node message = forwarded == null ? null : forwarded.child("message", Names.CLIENT);
        if (message == null || forwarded == null || "error".equals(message.attribute("type"))) {
            return;
        }
        Jid from = Jids.parse(message.attribute("from"));
        Jid to = Jids.parse(message.attribute("to"));
        Signal signal = JmiCodec.decode(message);
        if (from == null || to == null || signal == null || receiver == null) {
            return;
        }
        Jid own = kind == Carbon.SENT ? from : to;
        if (!own.bare().equals(bare)) {
            return;
        }
        receiver.received(new Incoming(from, to, signal, delay(forwarded), kind, Unanswered.INSTANCE));
    }

    private void error(Node message, Jid from) {
        String id = message.attributes().getOrDefault("id", "");
        Sent about = sent.get(id);
        if (about == null) {
            return;
        }
        // From whom it was for, or from a service on the way.
        boolean plausible = from.bare().equals(about.to().bare())
                || from.equals(Jid.bare(Jids.domainOf(about.to().bare())))
                || from.equals(Jid.bare(Jids.domainOf(bare)))
                || from.equals(Jid.bare(bare));
        if (!plausible) {
            return;
        }
        sent.remove(id);
        about.receipt().failed(new Failure(Refusal.condition(message), from));
    }

    // XEP-0203 §3: anybody can write a stamp; those of one's own service and account count, the oldest of them.
    private @Nullable Instant delay(Node element) {
        Instant oldest = null;
        for (Node delay : element.children("delay", Names.DELAY)) {
            Jid by = Jids.parse(delay.attribute("from"));
            boolean own = by != null && (by.equals(Jid.bare(bare)) || by.equals(Jid.bare(Jids.domainOf(bare))));
            Instant stamp = own ? Text.parseTime(delay.attribute("stamp")) : null;
            if (stamp != null && (oldest == null || stamp.isBefore(oldest))) {
                oldest = stamp;
            }
        }
        return oldest;
    }

    /** A Jingle request came in. */
    void jingle(Node iq, @Nullable Jid stamped, Node jingle) {
        Jid from = stamped == null ? Jid.bare(bare) : stamped;
        Signal signal = JingleCodec.decode(jingle);
        IqReply reply = new IqReply(from, iq.attributes().getOrDefault("id", ""), signal);
        if (receiver == null) {
            reply.refuse("service-unavailable", "");
            return;
        }
        Jid to = Jids.parse(iq.attribute("to"));
        receiver.received(new Incoming(from, to == null ? Jid.bare(bare) : to, signal, null, Carbon.NONE, reply));
    }

    /** Sends an answer; where the connection is gone, with it goes who would have heard it. */
    private void answer(Node stanza) {
        link.outbox().send(stanza, Outbox.Fate.IGNORED);
    }

    private final class MessageReply implements Reply {
        private final Jid to;
        private final @Nullable String id;
        private boolean done;

        MessageReply(Jid to, @Nullable String id) {
            this.to = to;
            this.id = id;
        }

        @Override
        public void ack() {}

        @Override
        public void refuse(String condition, String text) {
            serial.run(() -> {
                if (!done) {
                    done = true;
                    answer(Node.of("message", Names.CLIENT)
                            .with("type", "error")
                            .with("id", id)
                            .with("to", to.toString())
                            .with(Refusal.error(condition, text, null)));
                }
            });
        }
    }

    private final class IqReply implements Reply {
        private final Jid to;
        private final String id;
        private final Signal signal;
        private boolean done;

        IqReply(Jid to, String id, Signal signal) {
            this.to = to;
            this.id = id;
            this.signal = signal;
        }

        @Override
        public void ack() {
            serial.run(() -> finish(iq("result")));
        }

        @Override
        public void refuse(String condition, String text) {
            serial.run(() -> finish(iq("error").with(Refusal.error(condition, text, specific(condition)))));
        }

        private Node iq(String type) {
            return Node.of("iq", Names.CLIENT).with("type", type).with("id", id).with("to", to.toString());
        }

        private void finish(Node iq) {
            if (!done) {
                done = true;
                answer(iq);
            }
        }

        // XEP-0166 §7.3.2: the Jingle condition beside each.
        private @Nullable Node specific(String condition) {
            boolean info = signal instanceof Signal.Malformed m && m.kind().equals("session-info");
            String jingle = switch (condition) {
                case "item-not-found" -> "unknown-session";
                case "unexpected-request" -> "out-of-order";
                case "conflict" -> "tie-break";
                case "feature-not-implemented" -> info ? "unsupported-info" : "";
                default -> "";
            };
            return jingle.isEmpty() ? null : Node.of(jingle, Names.JINGLE_ERRORS);
        }
    }

    /** Copies are answered by whoever got the original. */
    private enum Unanswered implements Reply {
        INSTANCE;

        @Override
        public void ack() {}

        @Override
        public void refuse(String condition, String text) {}
    }
}
