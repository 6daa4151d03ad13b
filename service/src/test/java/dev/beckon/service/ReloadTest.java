package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and limits change while people are signed in. */
class ReloadTest {
    @TempDir
    Path folder;

    private ServiceConfig config;

    @BeforeEach
    void users() throws Exception {
        try (Administration operator = Administration.open(folder.resolve("home"))) {
            operator.addUser("alice", "secret");
        }
        install("first");
        config = ServiceConfig.of(folder.resolve("home"), "example.test")
                .withAddress("127.0.0.1", 0)
                .withCertificate(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    }

    /** Puts a certificate of that name where the service looks. */
    private void install(String name) throws Exception {
        Path keystore = folder.resolve(name + ".p12");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        "secret")
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance(keystore.toFile(), "secret".toCharArray());
        pem("chain.pem", "CERTIFICATE", keys.getCertificate("a").getEncoded());
        pem("key.pem", "PRIVATE KEY", keys.getKey("a", "secret".toCharArray()).getEncoded());
    }

    private void pem(String file, String kind, byte[] content) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + kind + "-----\n");
    }

    private static TestClient signIn(Service service, String resource) throws IOException {
        return TestClient.signedIn(service.port(), "example.test", "alice", "secret", resource);
    }

    private static String shown(TestClient client) throws IOException {
        X509Certificate certificate =
                (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];
        return certificate.getSubjectX500Principal().getName();
    }

    @Test
    void aNewCertificateIsForNewConnectionsAndOldOnesStay() throws Exception {
        try (Service service = Service.start(config);
                TestClient old = signIn(service, "old")) {
            assertThat(shown(old)).isEqualTo("CN=first");
            install("second");
            assertThat(service.reload(config)).singleElement().asString().contains("certificate");
            try (TestClient young = signIn(service, "young")) {
                assertThat(shown(young)).isEqualTo("CN=second");
                old.sync();
                young.sync();
            }
            assertThat(service.reload(config)).isEmpty();
        }
    }

    @Test
    void aBrokenCertificateChangesNothing() throws Exception {
        try (Service service = Service.start(config)) {
            byte[] oldKey = Files.readAllBytes(folder.resolve("key.pem"));
            install("second");
            Files.write(folder.resolve("key.pem"), oldKey);
            ServiceConfig wanted = config.with("limits.sessions-per-account = 1");
            assertThatThrownBy(() -> service.reload(wanted))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("key.pem");
            Files.writeString(folder.resolve("chain.pem"), "half of it");
            assertThatThrownBy(() -> service.reload(wanted)).isInstanceOf(UncheckedIOException.class);
            try (TestClient one = signIn(service, "1");
                    TestClient two = signIn(service, "2")) {
                assertThat(shown(two)).isEqualTo("CN=first");
                one.sync();
            }
        }
    }

    @Test
    void limitsHoldFromNowOnAndTheRestWaits() throws Exception {
        try (Service service = Service.start(config);
                TestClient first = signIn(service, "1")) {
            ServiceConfig wanted = config.with("limits.sessions-per-account = 1, open-registration = true");
            assertThat(service.reload(wanted))
                    .containsExactly(
                            "limits.sessions-per-account is now 1", "open-registration is true from the next start on");
            assertThat(service.reload(wanted)).containsExactly("open-registration is true from the next start on");
            try (TestClient second = new TestClient(service.port(), "example.test")) {
                second.secure();
                second.signIn("SCRAM-SHA-256", "alice", "secret");
                second.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
                Element refused = second.expect("iq");
                assertThat(refused.child("error", "jabber:client").firstChild().name())
                        .isEqualTo("resource-constraint");
            }
            first.sync();
            assertThat(service.reload(config)).isEqualTo(List.of("limits.sessions-per-account is now 20"));
        }
    }

    @Test
    void anotherProcessMayAskForIt() throws Exception {
        try (Service service = Service.start(config);
                Administration operator = Administration.open(folder.resolve("home"))) {
            AtomicReference<ServiceConfig> file = new AtomicReference<>(config.with("limits.connections = 7"));
            service.reloadsFrom(file::get);
            assertThat(operator.reload(Duration.ofSeconds(60))).containsExactly("limits.connections is now 7");
            install("second");
            assertThat(operator.reload(Duration.ofSeconds(60)))
                    .singleElement()
                    .asString()
                    .contains("certificate");
            service.reloadsFrom(() -> config.with("limits.connections = 0"));
            assertThatThrownBy(() -> operator.reload(Duration.ofSeconds(60)))
                    .isInstanceOf(AdministrationException.class)
                    .hasMessageContaining("limits.connections is 0");
        }
        try (Administration operator = Administration.open(folder.resolve("home"))) {
            assertThatThrownBy(() -> operator.reload(Duration.ofMillis(500)))
                    .isInstanceOf(AdministrationException.class)
                    .hasMessageContaining("no service answers");
        }
    }
}
