package dev.beckon.xmpp;

import dev.beckon.session.Carrier.Carbon;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Carrier.Receipt;
import dev.beckon.session.Carrier.Reply;
import dev.beckon.session.Jid;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages and what becomes of them. One that was sent has arrived once the service has it, and is remembered for a while
 * longer, since an error may still come back. For the serial thread, but replies.
 */
final class Post {
    /** How long an error to a message still counts; the life of a stanza in a store is longer, of an invitation not. */
    private static final Duration REMEMBERED = Duration.ofMinutes(20);

    private static final int MAX_REMEMBERED = 2000;

    /** A message that was sent, whose error may still come. */
    private record Sent(Jid to, Receipt receipt, long at) {}

    private final Serial serial;
    private final Link link;
    private final String bare;
    private final Map<String, Sent> sent = new LinkedHashMap<>();

    Post(Serial serial, Link link, String bare) {
        this.serial = serial;
        this.link = link;
        this.bare = bare;
    }

    /** Sends; the message gets this id and addressee. */
    void send(String id, Jid to, Node message, Receipt receipt) {
        if (!link.isUp()) {
            receipt.failed(new Failure(Failure.OFFLINE, null));
            return;
        }
        remember(id, new Sent(to, receipt, System.nanoTime()));
        link.outbox().send(message.with("id", id).with("to", to.toString()), new Outbox.Fate() {
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

    /** A message of type error came. */
    void error(Node message, Jid from) {
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

    /** How a message is answered; copies are by whoever got the original. */
    Reply reply(Letter letter) {
        return letter.carbon() == Carbon.NONE
                ? new MessageReply(letter.from(), letter.message().attribute("id"))
                : Unanswered.INSTANCE;
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
                    // Where the connection is gone, with it goes who would have heard it.
                    link.outbox()
                            .send(
                                    Node.of("message", Names.CLIENT)
                                            .with("type", "error")
                                            .with("id", id)
                                            .with("to", to.toString())
                                            .with(Refusal.error(condition, text, null)),
                                    Outbox.Fate.IGNORED);
                }
            });
        }
    }

    private enum Unanswered implements Reply {
        INSTANCE;

        @Override
        public void ack() {}

        @Override
        public void refuse(String condition, String text) {}
    }
}
