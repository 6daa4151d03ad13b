package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not read, say nothing, or are there when the service stops. */
@Timeout(120)
class SlowAndSilentTest {
    @TempDir
    Path home;

    private static String idle(String time) {
        return "limits { stanza-bytes = 64 KiB, outbound-bytes = 512 KiB, sessions-per-account = 2, idle-time = " + time
                + " }";
    }

    @Test
    void whoDoesNotReadIsCutOffAndSlowsNobody() throws Exception {
        try (TestService service = new TestService(home, idle("5 minutes"), List.of());
                TestClient deaf = service.available("bob", "deaf");
                TestClient carol = service.available("carol", "quick");
                TestClient alice = service.signIn("alice", "sender")) {
            String body = "<body>" + "x".repeat(16 * 1024) + "</body></message>";
            // Far more than the queue, and what the two sockets hold, can take.
            for (int i = 0; i < 2_000; i++) {
                alice.send("<message type='headline' to='bob@example.test/deaf'>" + body);
                if (i % 100 == 0) {
                    alice.send("<message type='headline' to='carol@example.test/quick' id='" + i + "'/>");
                    assertThat(carol.expect("message").attribute("id")).isEqualTo(Integer.toString(i));
                }
            }
            alice.sync();
            // The deaf one's stream was ended: nobody is at that address any more.
            alice.send("<iq type='get' to='bob@example.test/deaf' id='there'><a xmlns='b'/></iq>");
            assertThat(alice.expect("iq").attribute("type")).isEqualTo("error");
            assertThat(deaf.isClosedByService()).isTrue();
        }
    }

    @Test
    void aSilentClientIsAskedAndThenGone() throws IOException {
        try (TestService service = new TestService(home, idle("1 s"), List.of());
                TestClient alice = service.signIn("alice", "silent")) {
            for (int i = 0; i < 2; i++) {
                Element ping = alice.expect("iq");
                assertThat(ping.firstChild().is("ping", "urn:xmpp:ping")).isTrue();
                alice.send("<iq type='result' to='example.test' id='" + ping.attribute("id") + "'/>");
            }
            alice.expect("iq");
            // White space is a sign of life as good as any (RFC 6120 §4.6.1).
            alice.send(" ");
            alice.expect("iq");
            assertThat(alice.expectStreamError()).isEqualTo("connection-timeout");
            assertThat(alice.isClosedByService()).isTrue();
        }
    }

    @Test
    void everyoneIsToldThatTheServiceStops() throws Exception {
        TestService service = new TestService(home);
        int port = service.service().port();
        try (TestClient alice = service.signIn("alice", "desk");
                TestClient unsigned = service.connect()) {
            unsigned.open();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(service::close);
            assertThat(alice.expectStreamError()).isEqualTo("system-shutdown");
            assertThat(unsigned.expectStreamError()).isEqualTo("system-shutdown");
            assertThat(alice.isClosedByService()).isTrue();
            stopped.get(30, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void aPortInUseIsNamed(@TempDir Path other) {
        try (TestService service = new TestService(home)) {
            int port = service.service().port();
            assertThatThrownBy(() ->
                            Service.start(ServiceConfig.of(other, "example.org").withAddress("127.0.0.1", port)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining(Integer.toString(port));
        }
    }

    @Test
    void aRestartedServiceShowsTheSameCertificate() throws IOException {
        byte[] before;
        try (TestService service = new TestService(home)) {
            before = Files.readAllBytes(service.service().certificate());
            assertThat(service.service().certificate()).isEqualTo(home.resolve("certificate.pem"));
        }
        try (TestService service = new TestService(home)) {
            assertThat(Files.readAllBytes(service.service().certificate())).isEqualTo(before);
            service.signIn("alice", "desk").close();
        }
    }

    @Test
    void anAccountHasOnlySoManyDevices() throws IOException {
        try (TestService service = new TestService(home, idle("5 minutes"), List.of());
                TestClient first = service.signIn("alice", "1");
                TestClient second = service.signIn("alice", "2");
                TestClient third = service.connect()) {
            third.secure();
            third.signIn("SCRAM-SHA-256", "alice", "secret");
            third.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
            Element refused = third.expect("iq");
            assertThat(refused.child("error", "jabber:client").firstChild().name())
                    .isEqualTo("resource-constraint");
            first.close();
            second.sync();
        }
    }
}
