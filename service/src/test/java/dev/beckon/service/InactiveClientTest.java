package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** XEP-0352: a client that nobody looks at is not bothered with what can wait. */
class InactiveClientTest {
    private static final String TYPING = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
    private static final String PAUSED = "<paused xmlns='http://jabber.org/protocol/chatstates'/>";

    @TempDir
    Path home;

    private TestService service;
    private TestClient alice;
    private TestClient bob;

    @BeforeEach
    void start() throws IOException {
        service = new TestService(home);
        alice = service.signIn("alice", "a");
        bob = service.available("bob", "b");
        bob.send("<inactive xmlns='urn:xmpp:csi:0'/>");
        bob.sync();
    }

    @AfterEach
    void stop() throws IOException {
        alice.close();
        bob.close();
        service.close();
    }

    private void toBob(String start, String content) throws IOException {
        alice.send(start + " to='bob@example.test/b'>" + content + "</"
                + start.substring(1).split(" ", 2)[0] + ">");
        alice.sync();
    }

    @Test
    void presenceAndTypingWaitUntilItIsActiveAndOnlyTheNewestOfEach() throws IOException {
        toBob("<presence", "<status>first</status>");
        toBob("<message type='chat'", TYPING);
        toBob("<presence", "<status>second</status>");
        toBob("<message type='chat'", PAUSED);
        bob.send("<active xmlns='urn:xmpp:csi:0'/>");
        assertThat(bob.expect("presence").child("status", "jabber:client").text())
                .isEqualTo("second");
        assertThat(bob.expect("message").firstChild().name()).isEqualTo("paused");
        // XEP-0352 §5.1: from now on nothing waits.
        bob.sync();
        toBob("<message type='chat'", TYPING);
        bob.expect("message");
    }

    /** Anybody can send what looks like a carbon. */
    @Test
    void aForgedCarbonOfNoGoodStanzaComesLikeAnyMessage() throws IOException {
        toBob(
                "<message id='forged'",
                "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
                        + "<message xmlns='jabber:client' from='@' to='/'><body>x</body></message></forwarded></received>");
        assertThat(bob.expect("message").attribute("id")).isEqualTo("forged");
    }

    @Test
    void whatMattersComesAtOnceBehindWhatWaited() throws IOException {
        for (String important : new String[] {
            "<body>b</body>",
            TYPING + "<body>b</body>",
            "<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>",
            "<received xmlns='urn:xmpp:receipts' id='1'/>"
        }) {
            toBob("<presence", "<status>s</status>");
            toBob("<message type='chat' id='m'", important);
            bob.expect("presence");
            assertThat(bob.expect("message").attribute("id")).isEqualTo("m");
        }
        toBob("<presence", "<status>s</status>");
        toBob("<iq type='get' id='i'", "<query xmlns='a'/>");
        bob.expect("presence");
        Element iq = bob.expect("iq");
        assertThat(iq.attribute("id")).isEqualTo("i");
    }

    @Test
    void onlySoMuchWaits() throws IOException {
        String status = "<status>" + "x".repeat(10_000) + "</status>";
        try (TestClient carol = service.signIn("carol", "c")) {
            for (int i = 0; i < 8; i++) {
                try (TestClient each = service.signIn("alice", "many" + i)) {
                    each.send("<presence to='bob@example.test/b'>" + status + "</presence>");
                    each.sync();
                }
            }
            assertThat(bob.expect("presence").attribute("from")).isEqualTo("alice@example.test/many0");
        }
    }

    @Test
    void itIsOfferedAfterSignIn() throws IOException {
        try (TestClient carol = service.connect()) {
            assertThat(carol.secure()
                            .authenticate("SCRAM-SHA-256", "carol", "secret")
                            .name())
                    .isEqualTo("success");
            assertThat(carol.open().child("csi", "urn:xmpp:csi:0")).isNotNull();
        }
    }
}
