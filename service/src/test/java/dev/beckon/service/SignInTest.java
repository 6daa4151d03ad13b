package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client gets from a connection to a bound resource, and what keeps it from it. */
class SignInTest {
    private static TestService service;

    @BeforeAll
    static void start(@TempDir Path home) {
        service = new TestService(home);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-1", "SCRAM-SHA-256"})
    void theRightPasswordSignsIn(String mechanism) throws IOException {
        try (TestClient alice = service.connect()) {
            alice.secure();
            alice.signIn(mechanism, "alice", "secret");
            alice.bind("desk");
            assertThat(alice.jid()).isEqualTo("alice@example.test/desk");
        }
    }

    @Test
    void namesAreTheSameInAnyCaseAndWidth() throws IOException {
        try (TestClient alice = service.connect()) {
            alice.secure();
            alice.signIn("SCRAM-SHA-256", "Alice", "secret");
            alice.bind("desk");
            assertThat(alice.jid()).isEqualTo("alice@example.test/desk");
        }
    }

    @Test
    void beforeTlsNothingButTlsIsOffered() throws IOException {
        try (TestClient client = service.connect()) {
            Element features = client.open();
            assertThat(features.children()).extracting(Element::name).containsExactly("starttls");
            client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("encryption-required");
        }
    }

    @Test
    void onlyScramIsOffered() throws IOException {
        try (TestClient client = service.connect()) {
            client.open();
            client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            client.expect("proceed");
            client.startTls();
            Element mechanisms = client.open().child("mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl");
            assertThat(mechanisms.children()).extracting(Element::text).allMatch(name -> name.startsWith("SCRAM-SHA-"));
            client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("invalid-mechanism");
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownNameLookTheSame() throws IOException {
        try (TestClient client = service.connect()) {
            client.secure();
            Element wrong = client.authenticate("SCRAM-SHA-256", "alice", "wrong");
            Element unknown = client.authenticate("SCRAM-SHA-256", "nobody", "secret");
            assertThat(wrong.firstChild().name()).isEqualTo("not-authorized");
            assertThat(unknown).isEqualTo(wrong);
            client.signIn("SCRAM-SHA-256", "alice", "secret");
        }
    }

    @Test
    void tooManyTriesEndTheStream() throws IOException {
        try (TestClient client = service.connect()) {
            client.secure();
            for (int i = 0; i < 3; i++) {
                assertThat(client.authenticate("SCRAM-SHA-1", "alice", "wrong").name())
                        .isEqualTo("failure");
            }
            assertThat(client.expectStreamError()).isEqualTo("policy-violation");
            assertThat(client.isClosedByService()).isTrue();
        }
    }

    @Test
    void nobodySignsInForAnotherOne() throws IOException {
        try (TestClient client = service.connect()) {
            client.secure();
            client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>"
                    + Base64.getEncoder().encodeToString("p=tls-unique,,n=alice,r=abc".getBytes(StandardCharsets.UTF_8))
                    + "</auth>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("malformed-request");
            client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>***</auth>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("incorrect-encoding");
        }
    }

    @Test
    void whatFollowsStarttlsInTheClearIsNotTaken() throws IOException {
        try (TestClient client = service.connect()) {
            client.open();
            client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><iq type='get' id='1'><a xmlns='b'/></iq>");
            assertThat(client.expectStreamError()).isEqualTo("policy-violation");
        }
    }

    @Test
    void aStanzaBeforeSignInEndsTheStream() throws IOException {
        try (TestClient client = service.connect()) {
            client.secure();
            client.send("<message to='bob@example.test'><body>hello</body></message>");
            assertThat(client.expectStreamError()).isEqualTo("not-authorized");
            assertThat(client.isClosedByService()).isTrue();
        }
    }

    @Test
    void aStanzaBeforeTlsEndsTheStream() throws IOException {
        try (TestClient client = service.connect()) {
            client.open();
            client.send("<presence/>");
            assertThat(client.expectStreamError()).isEqualTo("not-authorized");
        }
    }

    @Test
    void aStanzaBeforeBindingEndsTheStream() throws IOException {
        try (TestClient client = service.connect()) {
            client.secure();
            client.signIn("SCRAM-SHA-256", "alice", "secret");
            client.send("<presence/>");
            assertThat(client.expectStreamError()).isEqualTo("not-authorized");
        }
    }

    @Test
    void withoutAResourceOneIsMade() throws IOException {
        try (TestClient client = service.connect()) {
            client.secure();
            client.signIn("SCRAM-SHA-256", "alice", "secret");
            client.bind("");
            assertThat(client.jid()).matches("alice@example\\.test/[A-Za-z0-9_-]{16}");
        }
    }

    @Test
    void theSameResourceAgainEndsTheOlderStream() throws IOException {
        try (TestClient older = service.signIn("alice", "desk");
                TestClient newer = service.signIn("alice", "desk")) {
            assertThat(older.expectStreamError()).isEqualTo("conflict");
            assertThat(older.isClosedByService()).isTrue();
            newer.sync();
        }
    }

    @Test
    void anotherDomainIsNotServed() throws IOException {
        try (TestClient client = new TestClient(service.service().port(), "other.test")) {
            client.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
                    + " to='other.test' version='1.0'>");
            assertThat(client.header()).contains("from='example.test'").contains(" id='");
            assertThat(client.expectStreamError()).isEqualTo("host-unknown");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "invalid-namespace|<stream:stream xmlns='jabber:client' xmlns:stream='urn:x' to='example.test' version='1.0'>",
                "invalid-namespace|<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'"
                        + " to='example.test' version='1.0'>",
                "bad-format|<stream:flow xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
                        + " to='example.test' version='1.0'>",
                "unsupported-version|<stream:stream xmlns='jabber:client'"
                        + " xmlns:stream='http://etherx.jabber.org/streams' to='example.test'>",
                "improper-addressing|<stream:stream xmlns='jabber:client'"
                        + " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
                "bad-namespace-prefix|<stream:stream xmlns='jabber:client' to='example.test' version='1.0'>",
                "not-well-formed|GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
                "restricted-xml|<!DOCTYPE a [<!ENTITY b 'c'>]><stream:stream>",
                "restricted-xml|<?xml version='1.0'?><!-- hello --><stream:stream>",
                "not-well-formed|<?xml version='1.1'?><stream:stream>",
                "unsupported-encoding|<?xml version='1.0' encoding='ISO-8859-1'?><stream:stream>"
            })
    void aBadBeginningIsRefusedByName(String conditionAndHeader) throws IOException {
        int bar = conditionAndHeader.indexOf('|');
        try (TestClient client = service.connect()) {
            client.send(conditionAndHeader.substring(bar + 1));
            client.header();
            assertThat(client.expectStreamError()).isEqualTo(conditionAndHeader.substring(0, bar));
            assertThat(client.isClosedByService()).isTrue();
        }
    }

    @Test
    void utf16IsRefused() throws IOException {
        try (TestClient client = service.connect()) {
            client.send("<stream:stream>".getBytes(StandardCharsets.UTF_16));
            client.header();
            assertThat(client.expectStreamError()).isEqualTo("unsupported-encoding");
        }
    }

    @Test
    void signingInMustNotTakeForever(@TempDir Path other) throws IOException {
        try (TestService impatient = new TestService(other, "limits.sign-in-time = 300 ms", List.of());
                TestClient client = impatient.connect()) {
            client.open();
            assertThat(client.expectStreamError()).isEqualTo("connection-timeout");
            assertThat(client.isClosedByService()).isTrue();
        }
    }

    @Test
    void oneAddressHoldsOnlySoManyConnections(@TempDir Path other) throws IOException {
        try (TestService small = new TestService(other, "limits.connections-per-address = 2", List.of());
                TestClient first = small.signIn("alice", "1");
                TestClient second = small.signIn("bob", "1");
                TestClient third = small.connect()) {
            third.header();
            assertThat(third.expectStreamError()).isEqualTo("resource-constraint");
            assertThat(third.isClosedByService()).isTrue();
            first.sync();
            second.sync();
        }
    }

    @Test
    void theEndOfTheStreamIsAnswered() throws IOException {
        try (TestClient alice = service.signIn("alice", "desk")) {
            alice.send("</stream:stream>");
            assertThat(alice.rest()).isEqualTo("</stream:stream>");
        }
    }
}
