package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a client knows, by signing in, that nobody sits between it and the service (RFC 5802 §6). */
class ChannelBindingTest {
    private static final List<String> ALL =
            List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1");

    private static TestService service;

    @BeforeAll
    static void start(@TempDir Path home) {
        service = new TestService(home);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void mechanismsThatBindAndTheKindOfBindingAreOffered() throws IOException {
        try (TestClient client = service.connect()) {
            client.open();
            client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            client.expect("proceed");
            client.startTls();
            Element features = client.open();
            assertThat(features.child("mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl")
                            .children())
                    .extracting(Element::text)
                    .isEqualTo(ALL);
            assertThat(features.child("authentication", ScramExchange.SASL2).children("mechanism", ScramExchange.SASL2))
                    .extracting(Element::text)
                    .isEqualTo(ALL);
            assertThat(features.child("sasl-channel-binding", "urn:xmpp:sasl-cb:0")
                            .children())
                    .extracting(each -> each.attribute("type"))
                    .containsExactly("tls-server-end-point");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"})
    void whoWasShownTheServicesCertificateSignsIn(String mechanism) throws Exception {
        try (TestClient client = service.connect()) {
            client.secure();
            // The service's own certificate is signed with SHA-256.
            byte[] binding = ScramExchange.endPoint(client, "SHA-256");
            ScramExchange exchange = new ScramExchange(client, List.of(mechanism), "alice", "secret", binding);
            assertThat(exchange.mechanism()).isEqualTo(mechanism);
            assertThat(exchange.sasl().name()).isEqualTo("success");
            client.open();
            client.bind("desk");
            client.sync();
        }
    }

    @Test
    void whoWasShownAnotherCertificateDoesNot() throws Exception {
        try (TestClient client = service.connect()) {
            client.secure();
            byte[] binding = ScramExchange.endPoint(client, "SHA-384");
            Element end = new ScramExchange(client, ALL, "alice", "secret", binding).sasl();
            assertThat(end.firstChild().name()).isEqualTo("not-authorized");
        }
    }

    @Test
    void whoCouldBindAndDidNotSeeTheOfferDoesNot() throws Exception {
        try (TestClient client = service.connect()) {
            client.secure();
            byte[] binding = ScramExchange.endPoint(client, "SHA-256");
            Element end = new ScramExchange(client, List.of("SCRAM-SHA-256"), "alice", "secret", binding).sasl();
            assertThat(end.firstChild().name()).isEqualTo("not-authorized");
            assertThat(end.children().get(1).text()).contains("PLUS");
        }
    }

    @Test
    void whoCannotBindSignsInWithout() throws Exception {
        try (TestClient client = service.connect()) {
            client.secure();
            ScramExchange exchange = new ScramExchange(client, ALL.subList(2, 4), "alice", "secret", null);
            assertThat(exchange.sasl().name()).isEqualTo("success");
        }
    }

    @Test
    void overWebSocketItIsTheSame(@TempDir Path home) throws Exception {
        try (TestService web = new TestService(home, "http.port = 0", List.of());
                WebSocketClient client = new WebSocketClient(web.service().httpPort(), TestService.DOMAIN)) {
            client.open();
            byte[] binding;
            try (InputStream in = Files.newInputStream(web.service().certificate())) {
                binding = MessageDigest.getInstance("SHA-256")
                        .digest(CertificateFactory.getInstance("X.509")
                                .generateCertificate(in)
                                .getEncoded());
            }
            ScramExchange exchange = new ScramExchange(client, ALL, "alice", "secret", binding);
            assertThat(exchange.mechanism()).endsWith("-PLUS");
            assertThat(exchange.sasl2("").name()).isEqualTo("success");
        }
    }

    @Test
    void whereItIsSwitchedOffNothingIsOfferedAndNothingMissed(@TempDir Path home) throws Exception {
        try (TestService without = new TestService(home, "tls.channel-binding = false", List.of());
                TestClient client = without.connect()) {
            client.open();
            client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            client.expect("proceed");
            client.startTls();
            Element features = client.open();
            assertThat(features.child("sasl-channel-binding", "urn:xmpp:sasl-cb:0"))
                    .isNull();
            List<String> offered = features.child("mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl").children().stream()
                    .map(Element::text)
                    .toList();
            assertThat(offered).isEqualTo(ALL.subList(2, 4));
            byte[] binding = ScramExchange.endPoint(client, "SHA-256");
            // This client could bind, and says so.
            assertThat(new ScramExchange(client, offered, "alice", "secret", binding)
                            .sasl()
                            .name())
                    .isEqualTo("success");
        }
    }

    @Test
    void theBindingIsOfTheCertificateThatWasShownOnThisConnection(@TempDir Path home) throws Exception {
        try (TestService reloading = new TestService(home);
                TestClient before = reloading.connect()) {
            before.secure();
            byte[] old = ScramExchange.endPoint(before, "SHA-256");
            // What is missing is made anew.
            Files.delete(home.resolve("tls/keystore.p12"));
            reloading.service().reload();
            try (TestClient after = reloading.connect()) {
                after.secure();
                byte[] young = ScramExchange.endPoint(after, "SHA-256");
                assertThat(young).isNotEqualTo(old);
                assertThat(end(after, old)).isEqualTo("failure");
                assertThat(end(after, young)).isEqualTo("success");
            }
            assertThat(end(before, old)).isEqualTo("success");
        }
    }

    private static String end(TestClient client, byte[] binding) throws IOException {
        return new ScramExchange(client, ALL, "alice", "secret", binding).sasl().name();
    }
}
