package dev.beckon.service;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.util.function.Predicate;

/** A client with stream management (XEP-0198): counts the stanzas it gets, and answers when it is asked for the count. Blocking. */
final class ManagedClient implements AutoCloseable {
    static final String SM = "urn:xmpp:sm:3";

    private TestService service;
    private final String user;
    private TestClient client;
    private String id = "";
    private int handled;

    private ManagedClient(TestService service, String user, TestClient client) {
        this.service = service;
        this.user = user;
        this.client = client;
    }

    /** Signed in, managed and resumable, and its presence sent. */
    static ManagedClient available(TestService service, String user, String resource) throws IOException {
        ManagedClient managed = new ManagedClient(service, user, service.signIn(user, resource));
        managed.enable();
        managed.client.send("<presence/>");
        managed.sync();
        return managed;
    }

    private void enable() throws IOException {
        client.send("<enable xmlns='" + SM + "' resume='true'/>");
        id = client.expect("enabled").attribute("id");
        handled = 0;
    }

    TestClient client() {
        return client;
    }

    String id() {
        return id;
    }

    int handled() {
        return handled;
    }

    void send(String xml) throws IOException {
        client.send(xml);
    }

    /** The next stanza; requests are answered on the way. */
    Element next() throws IOException {
        while (true) {
            Element next = client.next();
            if (next.is("r", SM)) {
                acknowledge();
            } else if (!next.namespace().equals(SM)) {
                handled++;
                return next;
            }
        }
    }

    /** Reads on until a stanza is the one waited for. */
    Element next(Predicate<Element> wanted) throws IOException {
        for (Element next = next(); ; next = next()) {
            if (wanted.test(next)) {
                return next;
            }
        }
    }

    Element nextMessage() throws IOException {
        return next(stanza -> stanza.name().equals("message"));
    }

    void acknowledge() throws IOException {
        client.send("<a xmlns='" + SM + "' h='" + Integer.toUnsignedString(handled) + "'/>");
    }

    /** Reads on until all that was sent before has been handled. */
    void sync() throws IOException {
        String mark = "sync-" + System.nanoTime();
        client.send("<iq type='get' id='" + mark + "' to='example.test'><sync xmlns='test:none'/></iq>");
        next(stanza -> mark.equals(stanza.attribute("id")));
    }

    /** How many of its stanzas the service has handled. */
    long handledByService() throws IOException {
        client.send("<r xmlns='" + SM + "'/>");
        for (Element next = client.next(); ; next = client.next()) {
            if (next.is("a", SM)) {
                return Long.parseLong(next.attribute("h"));
            } else if (next.is("r", SM)) {
                acknowledge();
            } else {
                handled++;
            }
        }
    }

    /** The connection breaks, whatever was on its way. */
    void cut() throws IOException {
        client.socket().setSoLinger(true, 0);
        client.close();
    }

    /** Comes back to the service that runs now; returns how the attempt to resume was answered. */
    Element resume(TestService now) throws IOException {
        service = now;
        return resume();
    }

    /** Comes back on a new connection; returns how the attempt to resume was answered. */
    Element resume() throws IOException {
        client = service.connect();
        client.secure();
        client.signIn("SCRAM-SHA-256", user, "secret");
        client.send("<resume xmlns='" + SM + "' previd='" + id + "' h='" + Integer.toUnsignedString(handled) + "'/>");
        return client.next();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
