package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as an operator starts it, over real sockets. */
class WholeServiceTest {
    private static final String DOMAIN = "example.test";
    private static final String ROSTER = "jabber:iq:roster";

    @TempDir
    Path home;

    private ServiceConfig config() {
        return ServiceConfig.of(home, DOMAIN).withAddress("127.0.0.1", 0).withScramIterations(4096);
    }

    private void users(String... names) {
        try (Administration operator = Administration.open(home)) {
            for (String name : names) {
                operator.addUser(name, "secret");
            }
        }
    }

    private static TestClient online(int port, String user, String resource) throws IOException {
        TestClient client = TestClient.signedIn(port, DOMAIN, user, "secret", resource);
        client.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
        heard(client, iq -> "roster".equals(iq.attribute("id")));
        client.send("<presence/>");
        heard(client, presence("", client.jid()));
        return client;
    }

    /** Reads on until a stanza is the one waited for. */
    private static Element heard(TestClient client, Predicate<Element> wanted) throws IOException {
        for (Element next = client.next(); ; next = client.next()) {
            assertThat(next).isNotNull();
            if (wanted.test(next)) {
                return next;
            }
        }
    }

    private static Predicate<Element> presence(String type, String from) {
        return element -> element.name().equals("presence")
                && type.equals(element.attribute("type", ""))
                && from.equals(element.attribute("from"));
    }

    private static Predicate<Element> push(String contact, String subscription) {
        return element -> {
            Element query = element.child("query", ROSTER);
            Element item = query == null ? null : query.firstChild();
            return item != null
                    && contact.equals(item.attribute("jid"))
                    && subscription.equals(item.attribute("subscription"));
        };
    }

    @Test
    void twoPeopleMeetAndOneInvitesTheOther() throws Exception {
        users("alice", "bob");
        try (Service service = Service.start(config());
                TestClient alice = online(service.port(), "alice", "a");
                TestClient phone = online(service.port(), "bob", "phone");
                TestClient laptop = online(service.port(), "bob", "laptop")) {
            alice.send("<presence to='bob@example.test' type='subscribe'/>");
            heard(phone, presence("subscribe", "alice@example.test"));
            phone.send("<presence to='alice@example.test' type='subscribed'/>");
            heard(alice, presence("", "bob@example.test/phone"));

            for (TestClient client : List.of(alice, phone, laptop)) {
                client.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>");
                heard(client, iq -> "c".equals(iq.attribute("id")));
            }
            alice.send("<message to='bob@example.test' type='chat' id='m1'>"
                    + "<propose xmlns='urn:xmpp:jingle-message:0' id='s1'/></message>");
            heard(phone, message -> "m1".equals(message.attribute("id")));
            heard(laptop, message -> "m1".equals(message.attribute("id")));
            phone.send("<message to='alice@example.test/a' type='chat' id='m2'>"
                    + "<proceed xmlns='urn:xmpp:jingle-message:0' id='s1'/></message>");
            assertThat(heard(alice, message -> "m2".equals(message.attribute("id")))
                            .attribute("from"))
                    .isEqualTo("bob@example.test/phone");
            heard(laptop, message -> message.child("sent", "urn:xmpp:carbons:2") != null);

            phone.socket().close();
            heard(alice, presence("unavailable", "bob@example.test/phone"));
        }
    }

    @Test
    void aNewPasswordEndsTheStreamsOfTheOldOne() throws Exception {
        users("alice");
        try (Service service = Service.start(config());
                TestClient alice = online(service.port(), "alice", "a");
                Administration operator = Administration.open(home)) {
            operator.setPassword("alice", "another");
            assertThat(alice.expectStreamError()).isEqualTo("not-authorized");
            TestClient.signedIn(service.port(), DOMAIN, "alice", "another", "b").close();
        }
    }

    @Test
    void aStrangerRegistersAndSignsIn() throws Exception {
        try (Service service = Service.start(config().withOpenRegistration(true))) {
            try (TestClient stranger = new TestClient(service.port(), DOMAIN)) {
                stranger.secure();
                stranger.send("<iq type='set' id='r' to='example.test'><query xmlns='jabber:iq:register'>"
                        + "<username>dora</username><password>secret</password></query></iq>");
                assertThat(stranger.expect("iq").attribute("type")).isEqualTo("result");
            }
            online(service.port(), "dora", "d").close();
        }
    }

    @Test
    void aServiceThatIsKilledForgetsNothingItAcknowledged() throws Exception {
        users("alice", "bob");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("WholeServiceTest seed " + seed);
        int added = 0;
        for (int round = 0; round < 3; round++) {
            Process service = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Serving.class.getName(),
                            home.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8))) {
                int port = Integer.parseInt(lines.readLine());
                try (TestClient alice = online(port, "alice", "a" + round)) {
                    int more = 1 + random.nextInt(40);
                    for (int i = 0; i < more; i++, added++) {
                        String contact = "c" + added + "@example.test";
                        alice.send("<iq type='set' id='s" + added + "'><query xmlns='jabber:iq:roster'><item jid='"
                                + contact + "'/></query></iq>");
                        String id = "s" + added;
                        heard(alice, iq -> id.equals(iq.attribute("id")));
                    }
                    // One more, perhaps in the middle of being written.
                    alice.send("<presence to='bob@example.test' type='subscribe'/>");
                    service.toHandle().destroyForcibly();
                }
            } finally {
                service.destroyForcibly();
                assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
        }
        try (Service service = Service.start(config());
                TestClient alice = online(service.port(), "alice", "a");
                TestClient bob = TestClient.signedIn(service.port(), DOMAIN, "bob", "secret", "b")) {
            alice.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
            List<String> contacts =
                    heard(alice, iq -> "r".equals(iq.attribute("id"))).child("query", ROSTER).children().stream()
                            .map(item -> item.attribute("jid"))
                            .toList();
            for (int i = 0; i < added; i++) {
                assertThat(contacts).as("seed %d", seed).contains("c" + i + "@example.test");
            }
            // The two sides of a subscription agree, wherever the kill fell.
            alice.send("<presence to='bob@example.test' type='subscribe'/>");
            bob.send("<presence/>");
            heard(bob, presence("subscribe", "alice@example.test"));
            bob.send("<presence to='alice@example.test' type='subscribed'/>");
            heard(alice, push("bob@example.test", "to"));
        }
    }

    /** A service in a process of its own; says its port. */
    static final class Serving {
        public static void main(String[] arguments) throws IOException {
            ServiceConfig config = ServiceConfig.of(Path.of(arguments[0]), DOMAIN)
                    .withAddress("127.0.0.1", 0)
                    .withScramIterations(4096);
            try (Service service = Service.start(config)) {
                System.out.println(service.port());
                while (System.in.read() >= 0) {
                    // Until it is killed, or whoever started it is gone.
                }
            }
        }
    }
}
