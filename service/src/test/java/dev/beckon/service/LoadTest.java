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

    private TestService service(Load load) {
        return new TestService(home, Limits.DEFAULT.withLoad(load), List.of());
    }

    @Test
    void whoSendsTooFastIsReadMoreSlowlyAndLosesNothing() throws IOException {
        int most = Load.DEFAULT.outboundBytesInAll();
        try (TestService service = service(new Load(100, 100, most));
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
        try (TestService service = service(new Load(1_000, 4, Load.DEFAULT.outboundBytesInAll()));
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

    private static String failure(Element answer) {
        assertThat(answer.name()).isEqualTo("failure");
        return answer.firstChild().name();
    }

    @Test
    void presenceIsKeptShort() throws IOException {
        try (TestService service = service(Load.DEFAULT);
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
        try (TestService service = service(Load.DEFAULT);
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
}
