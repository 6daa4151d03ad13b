package dev.beckon.service;

import static dev.beckon.service.TestService.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** XMPP over WebSocket (RFC 7395), with the client that the JDK has. */
@Timeout(120)
class WebSocketTest {
    @TempDir
    Path home;

    private TestService service;

    @BeforeEach
    void start() {
        service = new TestService(home, "http.port = 0", List.of());
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private WebSocketClient connect() throws Exception {
        return new WebSocketClient(service.service().httpPort(), DOMAIN);
    }

    private WebSocketClient signIn(String user, String resource) throws Exception {
        return WebSocketClient.signedIn(service.service().httpPort(), DOMAIN, user, resource);
    }

    @Test
    void signInBeginsWithoutTlsOfItsOwn() throws Exception {
        try (WebSocketClient client = connect()) {
            Element features = client.open();
            assertThat(features.child("mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl"))
                    .isNotNull();
            assertThat(features.child("starttls", "urn:ietf:params:xml:ns:xmpp-tls"))
                    .isNull();
            client.signIn("SCRAM-SHA-1", "alice", "secret");
            client.bind("page");
            assertThat(client.jid()).isEqualTo("alice@example.test/page");
        }
    }

    @Test
    void stanzasPassBetweenTcpAndWebSocketAndEachStandsForItself() throws Exception {
        try (WebSocketClient alice = signIn("alice", "page");
                WebSocketClient carol = signIn("carol", "page");
                TestClient bob = service.signIn("bob", "desk")) {
            bob.send("<message to='alice@example.test/page' id='1'><body>\u00e9 &lt; stream: \u4e2d</body></message>");
            Element first = alice.expect("message");
            assertThat(first.child("body", "jabber:client").text()).isEqualTo("\u00e9 < stream: \u4e2d");
            assertThat(first.attribute("from")).isEqualTo("bob@example.test/desk");

            alice.send("<message to='bob@example.test/desk' id='2'><body>back</body><x xmlns='u'/></message>");
            Element second = bob.expect("message");
            assertThat(second.attribute("from")).isEqualTo("alice@example.test/page");
            assertThat(second.child("body", "jabber:client").text()).isEqualTo("back");

            carol.send("<message to='alice@example.test/page' id='3'><body>from page to page</body></message>");
            assertThat(alice.expect("message").child("body", "jabber:client").text())
                    .isEqualTo("from page to page");

            // A stanza of the service's own making, and one answered by it.
            alice.send("<iq type='get' id='4'><query xmlns='jabber:iq:roster'/></iq>");
            assertThat(alice.expect("iq").child("query", "jabber:iq:roster")).isNull();
        }
    }

    @Test
    void aMessageMayComeInManyFramesWithPingsBetween() throws Exception {
        try (WebSocketClient alice = signIn("alice", "page");
                TestClient bob = service.signIn("bob", "desk")) {
            alice.webSocket()
                    .sendText("<message xmlns='jabber:client' to='bob@exam", false)
                    .join();
            alice.webSocket()
                    .sendPing(ByteBuffer.wrap("here?".getBytes(StandardCharsets.UTF_8)))
                    .join();
            alice.webSocket()
                    .sendText("ple.test/desk' id='1'><body>in parts", false)
                    .join();
            assertThat(alice.pong()).isEqualTo("here?");
            alice.webSocket().sendText("</body></message>", true).join();
            assertThat(bob.expect("message").child("body", "jabber:client").text())
                    .isEqualTo("in parts");
        }
    }

    @Test
    void theEndOfTheStreamIsAnsweredAndTheConnectionClosed() throws Exception {
        try (WebSocketClient alice = signIn("alice", "page")) {
            alice.sendAsIs("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
            assertThat(alice.expect("close").namespace()).isEqualTo("urn:ietf:params:xml:ns:xmpp-framing");
            assertThat(alice.closed()).isEqualTo(1000);
        }
    }

    @Test
    void aConnectionThatIsClosedEndsTheSession() throws Exception {
        try (TestClient bob = service.available("bob", "desk")) {
            WebSocketClient alice = signIn("alice", "page");
            alice.send("<presence to='bob@example.test/desk'/>");
            bob.expect("presence");
            alice.webSocket().sendClose(1001, "the page is left").join();
            assertThat(alice.closed()).isEqualTo(1001);
            try (WebSocketClient again = signIn("alice", "page")) {
                again.sync();
            }
        }
    }

    @Test
    void faultsAreNamedBeforeTheConnectionIsClosed() throws Exception {
        assertThat(faultOf("<message xmlns='jabber:client'/>")).isEqualTo("bad-format 1002");
        assertThat(
                        faultOf(
                                "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='example.test' version='1.0'>"))
                .isEqualTo("not-well-formed 1007");
        assertThat(faultOf("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='elsewhere.test' version='1.0'/>"))
                .isEqualTo("host-unknown 1000");
        assertThat(faultOf("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='" + "x".repeat(20_000) + "'/>"))
                .isEqualTo("policy-violation 1008");
        try (WebSocketClient client = connect()) {
            client.webSocket().sendBinary(ByteBuffer.wrap(new byte[] {1}), true).join();
            client.expect("open");
            assertThat(client.expectStreamError()).isEqualTo("unsupported-encoding");
            assertThat(client.closed()).isEqualTo(1003);
        }
        try (WebSocketClient alice = signIn("alice", "page")) {
            alice.sendAsIs("<message to='bob@example.test'/>");
            assertThat(alice.expectStreamError()).isEqualTo("invalid-namespace");
        }
        try (WebSocketClient alice = signIn("alice", "page")) {
            alice.sendAsIs(" ");
            assertThat(alice.expectStreamError())
                    .as("no white space keepalives")
                    .isEqualTo("bad-format");
        }
        try (WebSocketClient alice = signIn("alice", "page")) {
            alice.send("<message from='bob@example.test' to='carol@example.test'/>");
            assertThat(alice.expectStreamError()).isEqualTo("invalid-from");
        }
    }

    private String faultOf(String first) throws Exception {
        try (WebSocketClient client = connect()) {
            client.sendAsIs(first);
            client.expect("open");
            return client.expectStreamError() + " " + client.closed();
        }
    }

    @Test
    void aServiceThatStopsSaysSo() throws Exception {
        try (WebSocketClient alice = signIn("alice", "page")) {
            service.service().close();
            assertThat(alice.expectStreamError()).isEqualTo("system-shutdown");
            assertThat(alice.closed()).isEqualTo(1001);
        }
    }

    @Test
    void whoGuessesPasswordsIsCountedAsOverTcp() throws Exception {
        try (WebSocketClient client = connect()) {
            client.open();
            for (int i = 0; i < 3; i++) {
                assertThat(client.authenticate("SCRAM-SHA-256", "alice", "wrong")
                                .name())
                        .isEqualTo("failure");
            }
            assertThat(client.expectStreamError()).isEqualTo("policy-violation");
        }
    }
}
