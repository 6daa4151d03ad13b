package dev.beckon.xmpp;

import dev.beckon.session.Carrier;
import dev.beckon.session.Jid;
import dev.beckon.session.Signal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@link Carrier} over a {@link Link}. */
final class XmppCarrier implements Carrier {
    private final Serial serial;
    private final Link link;
    private final String bare;
    private final Post post;
    private @Nullable Receiver receiver;
    private boolean carbons;

    XmppCarrier(Serial serial, Link link, Post post, String bare) {
        this.serial = serial;
        this.link = link;
        this.post = post;
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
            post.send(UUID.randomUUID().toString(), to, message, receipt);
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

    /** A message came in; whether it is a signal. */
    boolean received(Letter letter) {
        Signal signal = JmiCodec.decode(letter.message());
        if (signal == null) {
            return false;
        }
        if (receiver != null) {
            receiver.received(new Incoming(
                    letter.from(), letter.to(), signal, letter.delayed(), letter.carbon(), post.reply(letter)));
        }
        return true;
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
}
