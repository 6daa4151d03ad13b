package dev.beckon.xmpp;

import dev.beckon.Messenger.Connection;
import dev.beckon.SessionException;
import dev.beckon.session.Carrier;
import dev.beckon.session.Chat;
import dev.beckon.session.ContactList;
import dev.beckon.session.Jid;
import dev.beckon.session.LockAuthority;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One user's connection to an XMPP service: the carrier, the contact list, plain messages and the lock authority over it.
 *
 * <p>It signs in on {@link #connect} and again, with growing pauses (0.5 s to 20 s), whenever the connection is lost, until
 * it is closed or the service says that name or password is wrong. Start the ports before connecting.
 *
 * <p>Thread: any; nothing here waits for the network, except {@link #close}, up to a second.
 */
public final class XmppClient implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Serial serial;
    private final String bare;
    private final Link link;
    private final XmppCarrier carrier;
    private final XmppContactList contacts;
    private final Post signals;
    private final Post messages;
    private final XmppChat chat;
    private final XmppLockAuthority authority;

    private XmppClient(XmppConfig config, String bare, Trust trust) {
        this.bare = bare;
        this.serial = new Serial("beckon-xmpp");
        this.link = new Link(config, bare, trust, serial, new Wiring());
        // Each remembers its own, so that many messages do not make errors to invitations forgotten.
        this.signals = new Post(serial, link, bare);
        this.messages = new Post(serial, link, bare);
        this.carrier = new XmppCarrier(serial, link, signals, bare);
        this.chat = new XmppChat(serial, messages, bare);
        this.contacts = new XmppContactList(serial, link, bare);
        this.authority = new XmppLockAuthority(serial, link.outbox(), bare, config.authorities());
    }

    /**
     * A client; nothing is sent yet.
     *
     * @throws SessionException E_INVALIDARG where the user is no bare address or a certificate cannot be read
     */
    public static XmppClient create(XmppConfig config) {
        return new XmppClient(config, Jids.bare(config.user()), Trust.of(config.certificates()));
    }

    /** Carries signals. */
    public Carrier carrier() {
        return carrier;
    }

    /** The contact list and blocklist. */
    public ContactList contacts() {
        return contacts;
    }

    /** Carries plain messages. */
    public Chat chat() {
        return chat;
    }

    /** The lock-and-key authority. */
    public LockAuthority authority() {
        return authority;
    }

    /** Signs in; also again after SIGNED_OUT, with the password as it is then. */
    public void connect() {
        serial.run(link::connect);
    }

    /** Where the connection stands. While CONNECTING the reason is that of the last failure, or empty. */
    public Connection connection() {
        return link.connection();
    }

    /** Hears every change of {@link #connection} from now on; must not block. */
    public void addConnectionListener(Consumer<Connection> listener) {
        link.watch(listener);
    }

    /** Signs out and ends. */
    @Override
    public void close() {
        CompletableFuture<@Nullable Thread> ending = new CompletableFuture<>();
        serial.run(() -> ending.complete(link.close(FAREWELL)));
        serial.stop();
        try {
            Thread end = ending.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            if (end != null) {
                end.join(FAREWELL.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // closed before, or busy: its threads are daemons and end by themselves
        }
    }

    /** Sends a stanza as it is, as a client that keeps no rules would; for tests. */
    void sendRaw(Node stanza) {
        serial.run(() -> link.outbox().send(stanza, Outbox.Fate.IGNORED));
    }

    /** Brings the link and the ports together; on the serial thread. */
    private final class Wiring implements Link.Listener {
        @Override
        public void bound(Jid self, Runnable settled) {
            // All three are asked at once: one round trip.
            Runnable one = new Runnable() {
                private int missing = 3;

                @Override
                public void run() {
                    if (--missing == 0) {
                        settled.run();
                    }
                }
            };
            contacts.load(one, () -> link.drop("the service did not give the contact list"));
            contacts.loadBlocked(one);
            carrier.enableCarbons(one);
        }

        @Override
        public void up(Jid self) {
            carrier.up(self);
            contacts.up();
            authority.up();
        }

        @Override
        public void down(String reason) {
            authority.down();
            contacts.down();
            carrier.down(reason);
        }

        @Override
        public void received(Node stanza, @Nullable Jid from) {
            switch (stanza.name()) {
                case "message" -> message(stanza, from);
                case "presence" -> {
                    if (from != null) {
                        contacts.presence(stanza, from).forEach(carrier::gone);
                    }
                }
                case "iq" -> request(stanza, from);
                default -> {}
            }
        }

        private void message(Node message, @Nullable Jid from) {
            Node challenge = message.child("challenge", Names.LOCK);
            if (challenge != null && from != null) {
                authority.challenged(from, challenge);
            } else if (from != null && message.child("changed", Names.LOCK) != null) {
                authority.changed(from);
            } else {
                // RFC 6120 §8.1.2.1: what comes from nobody comes from one's own account.
                letter(message, from == null ? Jid.bare(bare) : from);
            }
        }

        private void letter(Node message, Jid from) {
            if ("error".equals(message.attribute("type"))) {
                signals.error(message, from);
                messages.error(message, from);
                return;
            }
            Letter letter = Letter.of(message, from, bare);
            if (letter != null && !carrier.received(letter)) {
                chat.received(letter);
            }
        }

        private void request(Node iq, @Nullable Jid from) {
            Node payload = iq.children().isEmpty() ? null : iq.children().get(0);
            boolean set = "set".equals(iq.attribute("type"));
            if (payload == null || (!set && !"get".equals(iq.attribute("type")))) {
                answer(
                        iq,
                        from,
                        "error",
                        Refusal.error("bad-request", "an iq of type get or set with one child", null));
            } else if (set && payload.is("jingle", Names.JINGLE)) {
                carrier.jingle(iq, from, payload);
            } else if (set && payload.is("query", Names.ROSTER) && isOwn(from) && contacts.push(payload)) {
                answer(iq, from, "result", null);
            } else if (set && payload.namespace().equals(Names.BLOCKING) && isOwn(from)) {
                contacts.blockPush(payload);
                answer(iq, from, "result", null);
            } else if (!set && payload.is("ping", Names.PING)) {
                answer(iq, from, "result", null);
            } else if (!set && payload.is("query", Names.DISCO_INFO)) {
                Node info = Disco.info(payload);
                answer(
                        iq,
                        from,
                        info == null ? "error" : "result",
                        info == null ? Refusal.error("item-not-found", "", null) : info);
            } else if (!set && payload.is("query", Names.DISCO_ITEMS)) {
                answer(iq, from, "result", Node.of("query", Names.DISCO_ITEMS).with("node", payload.attribute("node")));
            } else {
                // RFC 6120 §8.4: what is not understood.
                answer(iq, from, "error", Refusal.error("service-unavailable", "", null));
            }
        }

        /** RFC 6121 §2.1.6, XEP-0191 §5: only one's own account may change what is one's own. */
        private boolean isOwn(@Nullable Jid from) {
            return from == null || from.equals(Jid.bare(bare));
        }

        private void answer(Node iq, @Nullable Jid to, String type, @Nullable Node payload) {
            link.outbox()
                    .send(
                            Node.of("iq", Names.CLIENT)
                                    .with("type", type)
                                    .with("id", iq.attribute("id"))
                                    .with("to", to == null ? null : to.toString())
                                    .with(payload),
                            Outbox.Fate.IGNORED);
        }
    }
}
