package dev.beckon.service;

import static dev.beckon.service.ManagedClient.SM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** XEP-0198 §4 in the whole service: what becomes of messages whose receiver never comes back. */
@Timeout(120)
class LostClientTest {
    private static final String DOMAIN = "example.test";

    @TempDir
    Path home;

    private Service service;
    private TestClient alice;

    @BeforeEach
    void start() throws IOException {
        try (Administration operator = Administration.open(home)) {
            for (String name : new String[] {"alice", "bob"}) {
                operator.addUser(name, "secret");
            }
        }
        service = Service.start(ServiceConfig.of(home, DOMAIN)
                .withAddress("127.0.0.1", 0)
                .withScramIterations(4096)
                .with("limits.resumption-time = 1 s"));
        alice = online("alice", "a");
    }

    @AfterEach
    void stop() throws IOException {
        alice.close();
        service.close();
    }

    private TestClient online(String user, String resource) throws IOException {
        TestClient client = TestClient.signedIn(service.port(), DOMAIN, user, "secret", resource);
        client.send("<presence/>");
        heard(client, presence("", client.jid()));
        return client;
    }

    /** Online, managed, and then gone without a word. */
    private void lost(String user, String resource) throws IOException {
        TestClient client = TestClient.signedIn(service.port(), DOMAIN, user, "secret", resource);
        client.send("<enable xmlns='" + SM + "' resume='true'/><presence/>");
        heard(client, presence("", client.jid()));
        client.socket().setSoLinger(true, 0);
        client.close();
    }

    private static Element heard(TestClient client, Predicate<Element> wanted) throws IOException {
        Element next = client.next();
        while (!wanted.test(next)) {
            next = client.next();
        }
        return next;
    }

    private static Predicate<Element> presence(String type, String from) {
        return element -> element.name().equals("presence")
                && type.equals(element.attribute("type", ""))
                && from.equals(element.attribute("from"));
    }

    private void befriend() throws IOException {
        try (TestClient bob = online("bob", "friend")) {
            alice.send("<presence to='bob@example.test' type='subscribe'/>");
            heard(bob, presence("subscribe", "alice@example.test"));
            bob.send("<presence to='alice@example.test' type='subscribed'/>");
            heard(alice, presence("", "bob@example.test/friend"));
        }
        heard(alice, presence("unavailable", "bob@example.test/friend"));
    }

    private static Predicate<Element> message(String id) {
        return element -> element.name().equals("message") && id.equals(element.attribute("id"));
    }

    @Test
    void contactsSeeItLeaveOnceItsTimeIsOverAndItsMessagesWaitForTheNextSignIn() throws Exception {
        befriend();
        lost("bob", "desk");
        heard(alice, presence("", "bob@example.test/desk"));
        Instant before = Instant.now();
        alice.send("<message type='chat' to='bob@example.test/desk' id='1'><body>1</body></message>"
                + "<message to='bob@example.test' id='2'><body>2</body></message>");
        Element gone = heard(alice, presence("unavailable", "bob@example.test/desk"));
        assertThat(gone).isNotNull();
        alice.sync();
        Instant after = Instant.now();
        try (TestClient bob = online("bob", "next")) {
            for (String id : new String[] {"1", "2"}) {
                Element kept = heard(bob, message(id));
                Instant stamp =
                        Instant.parse(kept.child("delay", "urn:xmpp:delay").attribute("stamp"));
                assertThat(stamp).isBetween(before.minusMillis(1), after);
            }
        }
    }

    @Test
    void aDeviceThatHasACopyIsNotSentTheMessageToo() throws Exception {
        befriend();
        try (TestClient phone = online("bob", "phone")) {
            phone.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>");
            heard(phone, iq -> "c".equals(iq.attribute("id")));
            lost("bob", "desk");
            alice.send("<message type='chat' to='bob@example.test/desk' id='1'><body>1</body></message>");
            Element carbon = heard(phone, stanza -> stanza.name().equals("message"));
            assertThat(carbon.child("received", "urn:xmpp:carbons:2")).isNotNull();
            heard(phone, presence("unavailable", "bob@example.test/desk"));
            phone.send("<iq type='get' id='end' to='example.test'><end xmlns='test:none'/></iq>");
            heard(phone, stanza -> {
                assertThat(stanza.name()).isNotEqualTo("message");
                return "end".equals(stanza.attribute("id"));
            });
        }
    }

    @Test
    void whatNeitherOfTwoLostDevicesReadWaitsOnce() throws Exception {
        befriend();
        lost("bob", "desk");
        lost("bob", "phone");
        alice.send("<message type='chat' to='bob@example.test' id='1'><body>1</body></message>");
        heard(alice, presence("unavailable", "bob@example.test/desk"));
        heard(alice, presence("unavailable", "bob@example.test/phone"));
        alice.sync();
        try (TestClient bob = online("bob", "next")) {
            heard(bob, message("1"));
            bob.send("<iq type='get' id='end' to='example.test'><end xmlns='test:none'/></iq>");
            heard(bob, stanza -> {
                assertThat(stanza.name()).isNotEqualTo("message");
                return "end".equals(stanza.attribute("id"));
            });
        }
    }

    @Test
    void whatADeviceDidNotTakeIsKeptWhoeverSentItAndHoweverMuchItIs() throws Exception {
        lost("bob", "desk");
        for (int i = 1; i <= 50; i++) {
            alice.send("<message type='chat' to='bob@example.test/desk' id='" + i
                    + "'><body>of a stranger</body></message>");
        }
        alice.sync();
        try (TestClient bob = TestClient.signedIn(service.port(), DOMAIN, "bob", "secret", "desk")) {
            // In the place of the one that was lost, which therefore has ended.
            bob.send("<presence/>");
            for (int i = 1; i <= 50; i++) {
                heard(bob, message(Integer.toString(i)));
            }
        }
    }

    @Test
    void aMessageIsKeptOrComesBackBeforeAnythingAfterItIsAcknowledged() throws Exception {
        for (int i = 1; i <= 30; i++) {
            alice.send(
                    "<message type='chat' to='bob@example.test' id='" + i + "'><body>of a stranger</body></message>");
        }
        alice.send("<iq type='get' id='after' to='example.test'><ping xmlns='urn:xmpp:ping'/></iq>");
        int bounced = 0;
        for (Element next = alice.next(); !"after".equals(next.attribute("id")); next = alice.next()) {
            if (next.name().equals("message")) {
                assertThat(next.attribute("type")).isEqualTo("error");
                bounced++;
            }
        }
        try (TestClient bob = online("bob", "b")) {
            for (int i = 1; i <= 30 - bounced; i++) {
                heard(bob, message(Integer.toString(i)));
            }
        }
        assertThat(bounced).isBetween(1, 29);
    }
}
