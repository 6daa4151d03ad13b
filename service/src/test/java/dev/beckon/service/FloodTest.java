package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many at once, or one without end: whoever asks for little meanwhile has it soon. */
@Timeout(180)
class FloodTest {
    /** On a machine that has much else to do; where it has not, answers take a millisecond. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path home;

    private TestService service(String settings) {
        return new TestService(home, settings, List.of());
    }

    private static void assertServed(TestService service, TestClient calm) throws IOException {
        long began = System.nanoTime();
        calm.sync();
        service.signIn("carol", "guest").close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    }

    @Test
    void twoThousandWhoSayNothingDelayNobody() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try (TestService service = service("limits.connections-per-address = 3000");
                TestClient calm = service.signIn("bob", "calm")) {
            for (int i = 0; i < 2_000; i++) {
                silent.add(new Socket("127.0.0.1", service.service().port()));
            }
            assertServed(service, calm);
            // Each with the beginning of a stream that never goes on.
            for (Socket socket : silent) {
                socket.getOutputStream().write("<?xml version='1.0'?><stream:str".getBytes(StandardCharsets.US_ASCII));
            }
            assertServed(service, calm);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void whoAsksHimselfWithoutEndIsReadSlowlyAndAnsweredInFull() throws IOException {
        try (TestService service = service("limits.stanzas-per-second = 200");
                TestClient calm = service.signIn("bob", "calm");
                TestClient talker = service.signIn("alice", "talker")) {
            int questions = 3_000;
            Thread asking = new Thread(() -> {
                try {
                    for (int i = 0; i < questions; i++) {
                        talker.send("<iq type='get' id='" + i + "' to='" + talker.jid() + "'><a xmlns='b'/></iq>");
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            asking.start();
            for (int i = 0; i < questions; i++) {
                Element own = talker.expect("iq");
                assertThat(own.attribute("id")).isEqualTo(Integer.toString(i));
                if (i % 1_000 == 0) {
                    assertServed(service, calm);
                }
            }
        }
    }

    @Test
    void whoComesAndGoesWithoutEndLeavesNothing() throws IOException {
        try (TestService service = service("limits.sessions-per-account = 3");
                TestClient calm = service.signIn("bob", "calm")) {
            for (int i = 0; i < 60; i++) {
                // Half of them hang up without a word.
                TestClient restless = service.signIn("alice", "same" + i % 2);
                if (i % 4 < 2) {
                    restless.send("<presence/></stream:stream>");
                }
                restless.close();
            }
            assertServed(service, calm);
        }
    }

    @Test
    void whoGuessesAPasswordKeepsOnlyItsOwnAddressOut() throws IOException {
        try (TestService service = service("limits.failed-sign-ins-per-minute = 5")) {
            String last = "";
            for (int i = 0; i < 10 && !last.equals("temporary-auth-failure"); i++) {
                try (TestClient guesser = new TestClient(
                        service.service().port(), TestService.DOMAIN, InetAddress.getByName("127.0.0.2"))) {
                    guesser.secure();
                    last = guesser.authenticate("SCRAM-SHA-256", "alice", "guess" + i)
                            .firstChild()
                            .name();
                }
            }
            assertThat(last).isEqualTo("temporary-auth-failure");
            service.signIn("alice", "owner").close();
        }
    }
}
