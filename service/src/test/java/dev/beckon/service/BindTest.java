package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A resource is bound (RFC 6120 §7) in one step, however long what goes with it takes. */
@Timeout(120)
class BindTest {
    private static final String BIND =
            "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desk</resource></bind></iq>";

    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    @TempDir
    Path home;

    /** Bob's session is known to the router at once, and ready when the test says so. */
    private TestService service() {
        return new TestService(
                home,
                "",
                List.of((hooks, router) -> hooks.sessionUp(session -> {
                    if (!session.jid().local().equals("bob")) {
                        return CompletableFuture.completedFuture(null);
                    }
                    known.complete(null);
                    return ready;
                })));
    }

    private static TestClient asking(TestService service) throws IOException {
        TestClient bob = service.connect();
        bob.secure();
        bob.signIn("SCRAM-SHA-256", "bob", "secret");
        bob.send(BIND);
        return bob;
    }

    @Test
    void noStanzaComesBeforeTheResultOfTheBindAndNoneIsLost() throws Exception {
        try (TestService service = service();
                TestClient alice = service.signIn("alice", "desk");
                TestClient bob = asking(service)) {
            known.join();
            for (int i = 0; i < 3; i++) {
                alice.send("<message to='bob@example.test/desk' id='" + i + "'/>");
            }
            alice.sync();
            ready.complete(null);
            Element bound = bob.expect("iq");
            assertThat(bound.attribute("id")).isEqualTo("b");
            for (int i = 0; i < 3; i++) {
                assertThat(bob.expect("message").attribute("id")).isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void whatWaitsForTheBindIsBounded() throws Exception {
        try (TestService service = service();
                TestClient alice = service.signIn("alice", "desk");
                TestClient bob = asking(service)) {
            known.join();
            String body = "x".repeat(100_000);
            for (int i = 0; i <= Limits.DEFAULT.outboundBytes() / body.length(); i++) {
                alice.send("<message to='bob@example.test/desk'><body>" + body + "</body></message>");
            }
            alice.sync();
            assertThat(bob.expectStreamError()).isEqualTo("resource-constraint");
            ready.complete(null);
            alice.sync();
        }
    }
}
