package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile or broken client sends is refused by name; memory stays bounded, and everyone else is served. */
class HostileInputTest {
    private static final String LIMITS =
            "limits { stanza-bytes = 64 KiB, outbound-bytes = 256 KiB, stanza-time = 800 ms, idle-time = 60 s }";

    private static TestService service;

    @BeforeAll
    static void start(@TempDir Path home) {
        service = new TestService(home, LIMITS, List.of());
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "restricted-xml|<message><!-- hello --></message>",
                "restricted-xml|<message><body>&xxe;</body></message>",
                "restricted-xml|<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
                "restricted-xml|<?php x?>",
                "not-well-formed|<message><body></message>",
                "not-well-formed|<message to='a' to='b'/>",
                "not-well-formed|<message><body>\u0001</body></message>",
                "not-well-formed|</message>",
                "bad-namespace-prefix|<x:message/>",
                "bad-format|hello",
                "policy-violation|<message><body>|deep|</body></message>",
                "unsupported-stanza-type|<letter/>",
                "unsupported-stanza-type|<message xmlns='jabber:server'/>",
                "invalid-from|<message from='bob@example.test' to='carol@example.test'/>",
                "invalid-from|<message from='alice@example.test/other' to='carol@example.test'/>",
                "invalid-from|<presence from='@'/>"
            })
    void badInputIsRefusedByName(String conditionAndInput) throws IOException {
        int bar = conditionAndInput.indexOf('|');
        String input = conditionAndInput.substring(bar + 1).replace("|deep|", "<a>".repeat(70) + "</a>".repeat(70));
        try (TestClient alice = service.signIn("alice", "a" + System.nanoTime())) {
            alice.send(input);
            assertThat(alice.expectStreamError()).isEqualTo(conditionAndInput.substring(0, bar));
            assertThat(alice.isClosedByService()).isTrue();
        }
    }

    @Test
    void aForgedSenderNeverReachesAnyone() throws IOException {
        try (TestClient carol = service.available("carol", "desk");
                TestClient alice = service.signIn("alice", "forger")) {
            alice.send("<message from='bob@example.test/x' to='carol@example.test/desk'><body>pay</body></message>");
            assertThat(alice.expectStreamError()).isEqualTo("invalid-from");
            carol.sync();
        }
    }

    @Test
    void ownAddressesAsSenderAreTakenAndStampedInFull() throws IOException {
        try (TestClient bob = service.available("bob", "desk");
                TestClient alice = service.signIn("alice", "desk")) {
            alice.send("<message from='alice@example.test' to='bob@example.test/desk' id='1'/>"
                    + "<message from='alice@example.test/desk' to='bob@example.test/desk' id='2'/>"
                    + "<message to='bob@example.test/desk' id='3'/>");
            for (String id : List.of("1", "2", "3")) {
                Element got = bob.expect("message");
                assertThat(got.attribute("id")).isEqualTo(id);
                assertThat(got.attribute("from")).isEqualTo("alice@example.test/desk");
            }
        }
    }

    @Test
    void invalidUtf8IsRefused() throws IOException {
        for (byte[] bad :
                List.of(new byte[] {(byte) 0xC0, (byte) 0x80}, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})) {
            try (TestClient alice = service.signIn("alice", "utf8")) {
                alice.send("<message to='bob@example.test'><body>");
                alice.send(bad);
                assertThat(alice.expectStreamError()).isEqualTo("not-well-formed");
            }
        }
    }

    @Test
    void aStanzaWithoutEndIsCutOffAtTheLimit() throws IOException {
        try (TestClient other = service.signIn("bob", "other");
                TestClient alice = service.signIn("alice", "giant")) {
            byte[] chunk = new byte[64 * 1024];
            Arrays.fill(chunk, (byte) 'x');
            long sent = 0;
            OutputStream out = alice.socket().getOutputStream();
            try {
                alice.send("<message to='bob@example.test'><body>");
                while (sent < 1L << 30) {
                    out.write(chunk);
                    sent += chunk.length;
                }
            } catch (IOException closed) {
                // As it should be: the service takes no more.
            }
            assertThat(sent).isLessThan(64L << 20);
            other.sync();
        }
    }

    @Test
    void whoSendsTooMuchIsToldSo() throws IOException {
        try (TestClient alice = service.signIn("alice", "large")) {
            alice.send("<message to='bob@example.test'><body>" + "x".repeat(64 * 1024) + "</body></message>");
            assertThat(alice.expectStreamError()).isEqualTo("policy-violation");
        }
        try (TestClient client = service.connect()) {
            client.secure();
            client.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><username>" + "x".repeat(10_000));
            assertThat(client.expectStreamError()).isEqualTo("policy-violation");
        }
    }

    @Test
    void slowBytesMustEndInTime() throws Exception {
        try (TestClient alice = service.signIn("alice", "slow")) {
            alice.socket().setSoTimeout(50);
            byte[] stanza =
                    ("<message to='bob@example.test'><body>" + "x".repeat(10_000)).getBytes(StandardCharsets.UTF_8);
            String answer = null;
            for (int i = 0; answer == null; i++) {
                alice.send(new byte[] {stanza[i]});
                try {
                    answer = alice.expectStreamError();
                } catch (SocketTimeoutException e) {
                    assertThat(i).isLessThan(1_000);
                }
            }
            assertThat(answer).isEqualTo("policy-violation");
        }
    }

    @Test
    void aMalformedAddressIsAnsweredAndNothingElse() throws IOException {
        try (TestClient alice = service.signIn("alice", "address")) {
            alice.send("<message to='@x' id='1'/>");
            Element error = alice.expect("message");
            assertThat(error.attribute("type")).isEqualTo("error");
            assertThat(error.child("error", "jabber:client").firstChild().name())
                    .isEqualTo("jid-malformed");
            alice.send("<iq type='get' to='bob@example.test'><a xmlns='b'/></iq>");
            assertThat(condition(alice.expect("iq"))).isEqualTo("bad-request");
            alice.send("<iq type='get' id='2'/>");
            assertThat(condition(alice.expect("iq"))).isEqualTo("bad-request");
            alice.send("<iq type='get' id='3'><a xmlns='b'/><a xmlns='b'/></iq>");
            assertThat(condition(alice.expect("iq"))).isEqualTo("bad-request");
            alice.send("<presence type='dancing'/>");
            assertThat(condition(alice.expect("presence"))).isEqualTo("bad-request");
            alice.send("<presence><priority>128</priority></presence>");
            assertThat(condition(alice.expect("presence"))).isEqualTo("bad-request");
            alice.sync();
        }
    }

    @Test
    void rubbishOnManyConnectionsLeavesOthersServed() throws IOException {
        try (TestClient bob = service.signIn("bob", "calm")) {
            for (int i = 0; i < 50; i++) {
                try (TestClient client = service.connect()) {
                    client.send(new byte[] {0x16, 0x03, 0x01, 0x02, 0, 1, 0, 1, (byte) 0xFC, 3, 3});
                }
                bob.sync();
            }
        }
    }

    private static String condition(Element stanza) {
        return stanza.child("error", "jabber:client").firstChild().name();
    }
}
