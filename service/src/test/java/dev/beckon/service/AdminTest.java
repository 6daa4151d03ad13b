package dev.beckon.service;

import static dev.beckon.service.TestService.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.beckon.service.metric.Exposition;
import dev.beckon.service.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Health and metrics of a service that runs. */
@Timeout(120)
class AdminTest {
    private static final String SETTINGS = "http { admin-port = 0, port = 0 }\nlimits { outbound-bytes = 256 KiB }";

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(int port, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static Config json(String text) {
        return ConfigFactory.parseString(text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }

    @Test
    void aServiceThatIsWellSaysSo() throws Exception {
        try (TestService service = new TestService(home, SETTINGS, List.of())) {
            HttpResponse<String> health = get(service.service().adminPort(), "/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.headers().firstValue("content-type")).contains("application/json");
            Config said = json(health.body());
            assertThat(said.getString("status")).isEqualTo("ready");
            assertThat(said.getBoolean("ready")).isTrue();
            assertThat(said.getBoolean("storeWritable")).isTrue();
            assertThat(Instant.parse(said.getString("certificateExpires"))).isAfter(Instant.now());
            assertThat(said.getLong("uptimeSeconds")).isBetween(0L, 120L);
            assertThat(said.getString("version")).isNotEmpty();
            assertThat(get(service.service().adminPort(), "/health/live").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aServiceThatStopsIsNotReadyButLives() throws Exception {
        try (TestService service = new TestService(home, SETTINGS, List.of());
                // It reads nothing, so the service waits for it, up to 3 s.
                TestClient lingering = service.signIn("alice", "desk")) {
            int port = service.service().adminPort();
            assertThat(get(port, "/health").statusCode()).isEqualTo(200);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(service::close);
            HttpResponse<String> health = get(port, "/health");
            // Until it has begun to stop.
            for (int i = 0; i < 10_000 && health.statusCode() == 200; i++) {
                health = get(port, "/health");
            }
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(json(health.body()).getString("status")).isEqualTo("stopping");
            assertThat(get(port, "/health/live").statusCode()).isEqualTo(200);
            lingering.socket().close();
            closing.join();
        }
    }

    @Test
    void aStoreThatTakesNothingIsSaid() throws Exception {
        ServiceConfig config =
                ServiceConfig.of(home, DOMAIN).withAddress("127.0.0.1", 0).withAdminPort(0);
        Store store = Store.open(home);
        try (Service service = Service.start(config, List.of(), store)) {
            store.close();
            HttpResponse<String> health = get(service.adminPort(), "/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(json(health.body()).getString("status")).isEqualTo("the store takes nothing");
            assertThat(json(health.body()).getBoolean("storeWritable")).isFalse();
        }
    }

    @Test
    void everythingThatHappensIsCounted() throws Exception {
        try (TestService service = new TestService(home, SETTINGS, List.of());
                TestClient bob = service.available("bob", "desk");
                WebSocketClient alice =
                        WebSocketClient.signedIn(service.service().httpPort(), DOMAIN, "alice", "page")) {
            try (TestClient guessing = service.connect()) {
                guessing.secure();
                guessing.authenticate("SCRAM-SHA-1", "alice", "wrong");
                guessing.send("<nonsense xmlns='u'/>");
                guessing.expectStreamError();
            }
            alice.send("<message to='bob@example.test/desk'><body>hello</body></message>");
            bob.expect("message");
            alice.sync();
            HttpResponse<String> response = get(service.service().adminPort(), "/metrics");
            assertThat(response.headers().firstValue("content-type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            Exposition read = Exposition.parse(response.body());
            assertThat(read.value("beckon_sessions")).isEqualTo(2);
            assertThat(read.value("beckon_accounts_present")).isEqualTo(2);
            assertThat(read.value("beckon_streams{transport=\"tcp\"}")).isBetween(1.0, 2.0);
            assertThat(read.value("beckon_streams{transport=\"websocket\"}")).isEqualTo(1);
            assertThat(read.value("beckon_connections_total")).isEqualTo(3);
            assertThat(read.value("beckon_stanzas_received_total{kind=\"message\"}"))
                    .isEqualTo(1);
            assertThat(read.value("beckon_stanzas_received_total{kind=\"presence\"}"))
                    .isEqualTo(1);
            assertThat(read.value("beckon_stanzas_delivered_total")).isPositive();
            assertThat(read.value("beckon_sign_ins_total{mechanism=\"SCRAM-SHA-256\",result=\"ok\"}"))
                    .isEqualTo(2);
            assertThat(read.value("beckon_sign_ins_total{mechanism=\"SCRAM-SHA-1\",result=\"failed\"}"))
                    .isEqualTo(1);
            assertThat(read.value("beckon_stream_errors_total{condition=\"unsupported-stanza-type\"}"))
                    .isEqualTo(1);
            assertThat(read.sum("beckon_stream_errors_total")).isEqualTo(1);
            assertThat(read.value("beckon_received_bytes_total")).isGreaterThan(1_000);
            assertThat(read.value("beckon_sent_bytes_total")).isGreaterThan(1_000);
            assertThat(read.value("beckon_store_commit_seconds_count")).isPositive();
            assertThat(read.value("beckon_store_read_seconds_count")).isPositive();
            assertThat(read.value("beckon_backlog_bytes")).isZero();
            assertThat(read.value("beckon_certificate_expires_seconds"))
                    .isGreaterThan(Instant.now().getEpochSecond());
            assertThat(read.value("process_open_fds")).isPositive();
            assertThat(response.body()).as("nobody is named").doesNotContain("alice", "bob", "127.0.0.1");
        }
    }

    @Test
    void itAnswersProgramsOnThisComputerAlone() throws Exception {
        try (TestService service = new TestService(home, SETTINGS, List.of())) {
            int port = service.service().adminPort();
            assertThat(get(port, "/metrics", "Origin", "https://evil.test").statusCode())
                    .isEqualTo(403);
            assertThat(get(port, "/").statusCode()).isEqualTo(404);
            HttpResponse<String> posted = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                            .DELETE()
                            .build(),
                    BodyHandlers.ofString());
            assertThat(posted.statusCode()).isEqualTo(405);
            InetAddress elsewhere = InetAddress.getLocalHost();
            if (!elsewhere.isLoopbackAddress()) {
                try (java.net.Socket socket = new java.net.Socket(elsewhere, port)) {
                    assertThat(socket).as("reached from the network").isNull();
                } catch (IOException e) {
                    assertThat(e).isInstanceOf(java.net.ConnectException.class);
                }
            }
        }
    }
}
