package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks for too much is slowed down or sent away, and nobody else notices. */
class LoadTest {
    @TempDir
    Path home;

    private TestService service(String limits) {
        return new TestService(home, "limits { " + limits + " }", List.of());
    }

    @Test
    void whoSendsTooFastIsReadMoreSlowlyAndLosesNothing() throws IOException {
        try (TestService service = service("stanzas-per-second = 100");
                TestClient alice = service.signIn("alice", "fast");
                TestClient bob = service.available("bob", "desk")) {
            long start = System.nanoTime();
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 1_200; i++) {
                all.append("<message type='headline' to='bob@example.test/desk' id='")
                        .append(i)
                        .append("'/>");
            }
            alice.send(all.toString());
            for (int i = 0; i < 1_200; i++) {
                assertThat(bob.expect("message").attribute("id")).isEqualTo(Integer.toString(i));
            }
            // A thousand at once, the rest at a hundred a second.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_800));
        }
    }

    @Test
    void guessingPasswordsIsStoppedAndThoseSignedInStay() throws IOException {
        try (TestService service = service("failed-sign-ins-per-minute = 4");
                TestClient bob = service.signIn("bob", "desk")) {
            for (int i = 0; i < 2; i++) {
                try (TestClient guesser = service.connect()) {
                    guesser.secure();
                    for (String guess : List.of("a", "b")) {
                        assertThat(failure(guesser.authenticate("SCRAM-SHA-256", "alice", guess)))
                                .isEqualTo("not-authorized");
                    }
                }
            }
            try (TestClient another = service.connect()) {
                another.secure();
                assertThat(failure(another.authenticate("SCRAM-SHA-256", "alice", "secret")))
                        .isEqualTo("temporary-auth-failure");
            }
            bob.sync();
        }
    }

    @Test
    void whoGuessesAtOneAccountIsStoppedAndItsOwnerIsNot() throws IOException {
        try (TestService service = service("failed-sign-ins-per-account = 2, sign-in-attempts = 5");
                TestClient owner = service.signIn("alice", "desk");
                TestClient stranger = service.connect();
                TestClient again = service.connect()) {
            stranger.secure();
            for (int i = 0; i < 2; i++) {
                assertThat(failure(stranger.authenticate("SCRAM-SHA-256", "bob", "guess")))
                        .isEqualTo("not-authorized");
            }
            assertThat(failure(stranger.authenticate("SCRAM-SHA-1", "bob", "secret")))
                    .as("where nobody has signed in as bob before, even who is right")
                    .isEqualTo("temporary-auth-failure");
            stranger.signIn("SCRAM-SHA-256", "carol", "secret");

            again.secure();
            for (int i = 0; i < 3; i++) {
                assertThat(failure(again.authenticate("SCRAM-SHA-256", "alice", "mistyped")))
                        .isEqualTo("not-authorized");
            }
            again.signIn("SCRAM-SHA-256", "alice", "secret");
            owner.sync();
        }
    }

    private static String failure(Element answer) {
        assertThat(answer.name()).isEqualTo("failure");
        return answer.firstChild().name();
    }

    @Test
    void presenceIsKeptShort() throws IOException {
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "desk")) {
            alice.send("<presence><status>" + "x".repeat(17_000) + "</status></presence>");
            Element refused = alice.expect("presence");
            assertThat(refused.attribute("type")).isEqualTo("error");
            alice.send("<presence><status>" + "x".repeat(10_000) + "</status></presence>");
            alice.sync();
        }
    }

    @Test
    void whatDoesNotSayItsLanguageIsInThatOfItsStream() throws IOException {
        try (TestService service = service("");
                TestClient bob = service.available("bob", "desk");
                TestClient alice = service.connect()) {
            alice.secure();
            assertThat(alice.authenticate("SCRAM-SHA-256", "alice", "secret").name())
                    .isEqualTo("success");
            alice.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
                    + " to='example.test' version='1.0' xml:lang='de'>");
            alice.header();
            alice.expect("features");
            alice.bind("desk");
            alice.send("<message to='bob@example.test/desk'/><message xml:lang='fr' to='bob@example.test/desk'/>");
            assertThat(bob.expect("message").attribute("xml:lang")).isEqualTo("de");
            assertThat(bob.expect("message").attribute("xml:lang")).isEqualTo("fr");
            bob.send("<message to='" + alice.jid() + "'/>");
            assertThat(alice.expect("message").attribute("xml:lang")).isNull();
        }
    }

    @Test
    void theDevicesOfAnAccountShareItsPace() throws IOException {
        try (TestService service = service("stanzas-per-second = 100000, stanzas-per-second-of-account = 100");
                TestClient desk = service.signIn("alice", "desk");
                TestClient phone = service.signIn("alice", "phone");
                TestClient carol = service.signIn("carol", "quick");
                TestClient bob = service.available("bob", "desk")) {
            String all = "<message type='headline' to='bob@example.test/desk'/>".repeat(704);
            long start = System.nanoTime();
            desk.send(all);
            phone.send(all);
            // A thousand at once, and of each connection what it has not yet told of; the rest at a hundred a second.
            for (int i = 0; i < 2 * 704; i++) {
                bob.expect("message");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
            carol.sync();
        }
    }

    @Test
    void soManyConnectionsInAll() throws IOException {
        try (TestService service = service("connections = 2");
                TestClient alice = service.signIn("alice", "desk");
                TestClient bob = service.signIn("bob", "desk");
                TestClient third = service.connect()) {
            third.header();
            assertThat(third.expectStreamError()).isEqualTo("resource-constraint");
            alice.sync();
            bob.sync();
        }
    }
}
