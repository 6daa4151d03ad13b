package dev.beckon.service.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A signed-in device without a socket: what it sends takes effect before {@link #send} returns, what it is sent is kept. */
public final class Device implements Session.Outlet {
    private static final int SECONDS = 30;

    private final Switchboard switchboard;
    private final Session session;
    private final BlockingQueue<Element> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<StreamError> closed = new CompletableFuture<>();
    private final AtomicInteger ids = new AtomicInteger();

    Device(Switchboard switchboard, Jid jid, byte[] salt) {
        this.switchboard = switchboard;
        session = new Session(jid, this);
        session.attribute(Session.SALT, salt);
    }

    Device bind() throws Exception {
        assertThat(switchboard.bind(session).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS))
                .isTrue();
        return this;
    }

    public Jid jid() {
        return session.jid();
    }

    /** Sends a stanza, in {@code jabber:client}, and waits until the service has dealt with it. */
    public Device send(String xml) throws Exception {
        int name = xml.startsWith("<") ? xml.split("[ />]", 2)[0].length() : 0;
        byte[] bytes = (xml.substring(0, name) + " xmlns='jabber:client'" + xml.substring(name))
                .getBytes(StandardCharsets.UTF_8);
        StanzaHead head = StanzaHead.scan(new XmlScanner(), bytes, 0, bytes.length);
        boolean subscription =
                head.kind() == Stanza.Kind.PRESENCE && head.type().contains("subscribe");
        String to = head.to();
        Stanza stanza = Stanza.stamped(
                bytes, head, Stanza.Stamp.of(subscription ? jid().bare() : jid()), to == null ? null : Jid.of(to));
        switchboard.accept(session, stanza).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        return this;
    }

    /** Sends an iq and returns what answers it. */
    public Element ask(String type, String to, String payload) throws Exception {
        String id = "ask" + ids.incrementAndGet();
        send("<iq type='" + type + "' id='" + id + "'" + (to.isEmpty() ? "" : " to='" + to + "'") + ">" + payload
                + "</iq>");
        List<Element> others = new ArrayList<>();
        try {
            for (Element each = take(); ; each = take()) {
                if (each.name().equals("iq") && id.equals(each.attribute("id"))) {
                    return each;
                }
                others.add(each);
            }
        } finally {
            others.addAll(inbox);
            inbox.clear();
            inbox.addAll(others);
        }
    }

    /** The next stanza; fails if none comes. */
    public Element take() throws InterruptedException {
        Element next = inbox.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("a stanza for %s", jid()).isNotNull();
        return next;
    }

    /** What has come so far, shortly: name, type, from; forgotten afterwards. */
    public List<String> heard() {
        List<Element> all = new ArrayList<>();
        inbox.drainTo(all);
        return all.stream().map(Device::inShort).toList();
    }

    /** What has come so far; forgotten afterwards. */
    public List<Element> received() {
        List<Element> all = new ArrayList<>();
        inbox.drainTo(all);
        return all;
    }

    /** {@code presence:unavailable from alice@x/a}, {@code push bob@x none ask}, {@code message:chat from …}. */
    public static String inShort(Element stanza) {
        Element query = stanza.child("query", "jabber:iq:roster");
        Element item = query == null ? null : query.firstChild();
        if (item != null && stanza.attribute("type", "").equals("set")) {
            return "push " + item.attribute("jid") + " " + item.attribute("subscription")
                    + (item.attribute("ask") == null ? "" : " ask");
        }
        String type = stanza.attribute("type");
        return stanza.name() + (type == null ? "" : ":" + type) + " from " + stanza.attribute("from");
    }

    /** The connection breaks. */
    public void vanish() throws Exception {
        switchboard.unbind(session).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    /** The stream error the service ended this with; fails if it does not. */
    public StreamError ended() throws Exception {
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    public boolean isEnded() {
        return closed.isDone();
    }

    @Override
    public void send(Stanza stanza) {
        inbox.add(stanza.element());
    }

    @Override
    public void close(StreamError error) {
        if (closed.complete(error)) {
            switchboard.unbind(session);
        }
    }

    @Override
    public String address() {
        return "192.0.2.1";
    }
}
