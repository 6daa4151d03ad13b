package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where stanzas go (RFC 6121 §8), over real connections. */
class RoutingTest {
    private static TestService service;
    private static volatile CountDownLatch slow = new CountDownLatch(0);
    private static final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start(@TempDir Path home) {
        service = new TestService(home, "", List.of((hooks, router) -> {
            hooks.iq(
                    Hooks.Target.SERVER,
                    "slow",
                    "test:slow",
                    request -> Reply.later(router.work(() -> {
                        slow.await(20, TimeUnit.SECONDS);
                        return Reply.result(Element.of("slow", "test:slow"));
                    })));
            hooks.iq(
                    Hooks.Target.SERVER,
                    "broken",
                    "test:broken",
                    request -> Reply.later(CompletableFuture.failedFuture(new IllegalStateException("on purpose"))));
            hooks.iq(
                    Hooks.Target.ACCOUNT,
                    "whose",
                    "test:whose",
                    request -> Reply.result(
                            Element.of("whose", "test:whose").text(request.account() + " " + request.isOwn())));
            hooks.sessionUp(session -> {
                seen.add("up " + session);
                return Hooks.DONE;
            });
            hooks.sessionDown(session -> {
                seen.add("down " + session);
                return Hooks.DONE;
            });
            hooks.presence((session, presence, before) -> {
                seen.add("presence " + session + " " + presence.type() + " " + (before == null));
                return Hooks.DONE;
            });
            hooks.outbound((account, stanza) -> stanza.has("forbidden", "test:x")
                    ? Hooks.Verdict.refuse(StanzaError.of(StanzaError.Condition.NOT_ACCEPTABLE))
                    : Hooks.Verdict.PASS);
            hooks.inbound(
                    (account, stanza) -> stanza.has("unwanted", "test:x") ? Hooks.Verdict.DROP : Hooks.Verdict.PASS);
        }));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void release() {
        slow.countDown();
    }

    @Test
    void theBytesThatWereSentAreTheBytesThatArrive() throws IOException {
        try (TestClient bob = service.available("bob", "bytes");
                TestClient alice = service.signIn("alice", "bytes")) {
            String rest = "  to=\"bob@example.test/bytes\"   id='1'><body  >a&#65;<![CDATA[<]]></body ></message>";
            alice.send("<message" + rest);
            String expected = "<message from='alice@example.test/bytes'" + rest;
            byte[] arrived = bob.socket().getInputStream().readNBytes(expected.length());
            assertThat(new String(arrived, StandardCharsets.UTF_8)).isEqualTo(expected);
        }
    }

    @Test
    void aMessageToTheAccountRingsOnEveryAvailableDevice() throws IOException {
        try (TestClient phone = service.available("bob", "phone");
                TestClient desk = service.available("bob", "desk");
                TestClient silent = service.signIn("bob", "silent");
                TestClient unwilling = service.signIn("bob", "unwilling");
                TestClient alice = service.signIn("alice", "all")) {
            unwilling.send("<presence><priority>-1</priority></presence>");
            // Their own presence of negative priority is theirs alone to see here: no roster feature is installed.
            unwilling.sync();
            alice.send("<message type='chat' to='BOB@Example.Test' id='1'><body>hi</body></message>"
                    + "<message to='bob@example.test' id='2'/>"
                    + "<message type='headline' to='bob@example.test' id='3'/>");
            for (TestClient device : List.of(phone, desk)) {
                for (String id : List.of("1", "2", "3")) {
                    assertThat(device.expect("message").attribute("id")).isEqualTo(id);
                }
            }
            alice.sync();
            silent.sync();
            unwilling.sync();
        }
    }

    @Test
    void whatCannotBeDeliveredIsAnsweredAsTheTypeWants() throws IOException {
        try (TestClient alice = service.signIn("alice", "undelivered")) {
            for (String to : List.of("carol@example.test", "nobody@example.test", "nobody@example.test/desk")) {
                alice.send("<message to='" + to + "' type='chat' id='1'/>");
                Element error = alice.expect("message");
                assertThat(condition(error)).isEqualTo("service-unavailable");
                assertThat(error.attribute("from")).isEqualTo(to);
                assertThat(error.attribute("to")).isEqualTo("alice@example.test/undelivered");
                alice.send("<iq to='" + to + "' type='get' id='2'><a xmlns='b'/></iq>");
                assertThat(condition(alice.expect("iq"))).isEqualTo("service-unavailable");
                // None of these is answered.
                alice.send("<message to='" + to + "' type='error' id='3'/><message to='" + to
                        + "' type='headline' id='4'/>"
                        + "<iq to='" + to + "' type='result' id='5'/><iq to='" + to
                        + "' type='error' id='6'/><presence to='" + to + "'/>");
                alice.sync();
            }
            alice.send("<message to='carol@example.test' type='groupchat' id='7'/>");
            assertThat(condition(alice.expect("message"))).isEqualTo("service-unavailable");
            alice.send("<message to='dora@elsewhere.test' id='8'/>");
            assertThat(condition(alice.expect("message"))).isEqualTo("remote-server-not-found");
            alice.send("<iq to='elsewhere.test' type='get' id='9'><a xmlns='b'/></iq>");
            assertThat(condition(alice.expect("iq"))).isEqualTo("remote-server-not-found");
        }
    }

    @Test
    void aChatForADeviceThatIsGoneReachesTheOthers() throws IOException {
        try (TestClient bob = service.available("bob", "still-here");
                TestClient alice = service.signIn("alice", "chat")) {
            alice.send("<message type='chat' to='bob@example.test/gone' id='1'/>"
                    + "<message to='bob@example.test/gone' id='2'/>");
            assertThat(bob.expect("message").attribute("id")).isEqualTo("1");
            Element error = alice.expect("message");
            assertThat(error.attribute("id")).isEqualTo("2");
            assertThat(condition(error)).isEqualTo("service-unavailable");
            bob.sync();
        }
    }

    @Test
    void directedPresenceReachesWhomItIsFor() throws IOException {
        try (TestClient bob = service.available("bob", "directed");
                TestClient silent = service.signIn("bob", "not-yet");
                TestClient alice = service.signIn("alice", "directed")) {
            alice.send("<presence to='bob@example.test'/><presence to='bob@example.test/not-yet' type='unavailable'/>");
            assertThat(bob.expect("presence").attribute("from")).isEqualTo("alice@example.test/directed");
            assertThat(silent.expect("presence").attribute("type")).isEqualTo("unavailable");
        }
    }

    @Test
    void requestsToADeviceReachItAndItsAnswerComesBack() throws IOException {
        try (TestClient bob = service.signIn("bob", "iq");
                TestClient alice = service.signIn("alice", "iq")) {
            alice.send("<iq to='bob@example.test/iq' type='get' id='1'><a xmlns='b'/></iq>");
            Element request = bob.expect("iq");
            bob.send("<iq to='" + request.attribute("from") + "' type='result' id='1'><c xmlns='b'/></iq>");
            assertThat(alice.expect("iq").attribute("from")).isEqualTo("bob@example.test/iq");
        }
    }

    @Test
    void requestsToAnAccountAreAnsweredForIt() throws IOException {
        try (TestClient alice = service.signIn("alice", "account")) {
            alice.send("<iq type='get' id='1'><whose xmlns='test:whose'/></iq>");
            Element own = alice.expect("iq");
            assertThat(own.firstChild().text()).isEqualTo("alice@example.test true");
            assertThat(own.attribute("from")).isEqualTo("alice@example.test");
            alice.send("<iq type='get' id='2' to='bob@example.test'><whose xmlns='test:whose'/></iq>");
            Element other = alice.expect("iq");
            assertThat(other.firstChild().text()).isEqualTo("bob@example.test false");
            assertThat(other.attribute("from")).isEqualTo("bob@example.test");
        }
    }

    @Test
    void whatIsSentBehindASlowRequestWaitsForIt() throws IOException {
        slow = new CountDownLatch(1);
        try (TestClient bob = service.available("bob", "order");
                TestClient other = service.signIn("carol", "order");
                TestClient alice = service.signIn("alice", "order")) {
            alice.send("<iq to='example.test' type='get' id='slow'><slow xmlns='test:slow'/></iq>"
                    + "<message to='bob@example.test/order' id='behind'/>");
            // Others are served meanwhile.
            other.sync();
            bob.sync();
            slow.countDown();
            assertThat(bob.expect("message").attribute("id")).isEqualTo("behind");
            assertThat(alice.expect("iq").firstChild().name()).isEqualTo("slow");
        }
    }

    @Test
    void aBrokenHandlerIsAnsweredForAndTheStreamGoesOn() throws IOException {
        try (TestClient alice = service.signIn("alice", "broken")) {
            alice.send("<iq to='example.test' type='get' id='1'><broken xmlns='test:broken'/></iq>");
            assertThat(condition(alice.expect("iq"))).isEqualTo("internal-server-error");
            alice.sync();
        }
    }

    @Test
    void filtersRefuseAndDrop() throws IOException {
        try (TestClient bob = service.available("bob", "filter");
                TestClient alice = service.signIn("alice", "filter")) {
            alice.send("<message to='bob@example.test/filter' id='1'><forbidden xmlns='test:x'/></message>");
            assertThat(condition(alice.expect("message"))).isEqualTo("not-acceptable");
            alice.send("<message to='bob@example.test/filter' id='2'><unwanted xmlns='test:x'/></message>"
                    + "<message to='bob@example.test/filter' id='3'/>");
            assertThat(bob.expect("message").attribute("id")).isEqualTo("3");
        }
    }

    @Test
    void manyMessagesKeepTheirOrder() throws IOException {
        try (TestClient bob = service.available("bob", "many");
                TestClient alice = service.signIn("alice", "many")) {
            StringBuilder burst = new StringBuilder();
            for (int i = 0; i < 2_000; i++) {
                burst.append(String.format(Locale.ROOT, "<message to='bob@example.test/many' id='%d'/>", i));
            }
            alice.send(burst.toString());
            for (int i = 0; i < 2_000; i++) {
                assertThat(bob.expect("message").attribute("id")).isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void aSessionThatBreaksGoesUnavailable() throws Exception {
        TestClient alice = service.available("alice", "breaks");
        alice.socket().close();
        String device = "alice@example.test/breaks";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!seen.contains("down " + device) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(seen.stream().filter(event -> event.contains(device)))
                .containsExactly(
                        "up " + device,
                        "presence " + device + "  true",
                        "presence " + device + " unavailable false",
                        "down " + device);
    }

    @Test
    void aSecondBindAndTheOldSessionRequestAreAnswered() throws IOException {
        try (TestClient alice = service.signIn("alice", "again")) {
            alice.send("<iq type='set' id='1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
            assertThat(alice.expect("iq").attribute("type")).isEqualTo("result");
            alice.send("<iq type='set' id='2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
            assertThat(condition(alice.expect("iq"))).isEqualTo("not-allowed");
        }
    }

    private static String condition(Element stanza) {
        return stanza.child("error", "jabber:client").firstChild().name();
    }
}
