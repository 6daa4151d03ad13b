package dev.beckon.service;

import static dev.beckon.service.TestService.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP port, with requests as nobody's library would send them. */
@Timeout(120)
class HttpDoorTest {
    private static final String UPGRADE = "GET /xmpp-websocket HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\n"
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, xmpp\r\n";

    @TempDir
    Path home;

    private TestService plain(String settings) {
        return new TestService(home, "http { port = 0, tls = off }\n" + settings, List.of());
    }

    /** All that comes back for these bytes until the service closes. */
    private static String said(TestService service, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", service.service().httpPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return rest(socket);
        }
    }

    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "reset";
        }
    }

    /** The first line that comes back. */
    private static String line(TestService service, String request) throws IOException {
        return said(service, request).lines().findFirst().orElse("nothing");
    }

    @Test
    void aWebSocketIsGrantedAndWhatFollowsAtOnceIsNotLost() throws Exception {
        try (TestService service = plain("")) {
            byte[] close = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xE9};
            String said = said(service, UPGRADE + "\r\n" + new String(close, StandardCharsets.ISO_8859_1));
            assertThat(said)
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    // RFC 6455 §1.3 has this very example.
                    .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                    .containsIgnoringCase("sec-websocket-protocol: xmpp\r\n")
                    .doesNotContainIgnoringCase("sec-websocket-extensions")
                    .endsWith("\r\n\r\n"
                            + new String(new byte[] {(byte) 0x88, 2, 3, (byte) 0xE9}, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void whatIsNoGoodHandshakeIsToldWhatIsMissing() throws Exception {
        try (TestService service = plain("")) {
            assertThat(said(service, UPGRADE.replace("chat, xmpp", "chat") + "\r\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("xmpp");
            assertThat(said(service, UPGRADE.replace("Sec-WebSocket-Protocol: chat, xmpp\r\n", "") + "\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(said(service, UPGRADE.replace("Version: 13", "Version: 8") + "\r\n"))
                    .startsWith("HTTP/1.1 426 ")
                    .containsIgnoringCase("sec-websocket-version: 13\r\n");
            assertThat(said(service, "GET /xmpp-websocket HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .startsWith("HTTP/1.1 426 ")
                    .containsIgnoringCase("upgrade: websocket\r\n");
            assertThat(said(service, UPGRADE.replace("dGhlIHNhbXBsZSBub25jZQ==", "short") + "\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(said(service, UPGRADE.replace("GET", "POST") + "\r\n"))
                    .startsWith("HTTP/1.1 405 ")
                    .containsIgnoringCase("allow: GET\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                '',                             https://example.test,             101
                '',                             https://EXAMPLE.test:8443,        101
                '',                             http://example.test,              403
                '',                             https://example.test.evil.test,   403
                '',                             https://xexample.test,            403
                '',                             https://evil.test,                403
                '',                             https://evil.test/example.test,   403
                '',                             null,                             403
                '',                             'https://example.test, https://a', 403
                'http://localhost:3000',        http://localhost:3000,            101
                'http://localhost:3000',        http://localhost:3001,            403
                'https://chat.example.test',    https://example.test,             101
                '*',                            https://evil.test,                101
                """)
    void onlyPagesThatMayConnectDo(String allowed, String origin, int status) throws Exception {
        try (TestService service = plain("http.origins = [" + (allowed.isEmpty() ? "" : '"' + allowed + '"') + "]");
                Socket socket = new Socket("127.0.0.1", service.service().httpPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write((UPGRADE + "Origin: " + origin + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(13), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void junkIsRefusedAndOnlyOneRequestIsHeard() throws Exception {
        try (TestService service = plain("")) {
            String get = "GET /.well-known/host-meta HTTP/1.1\r\nHost: a\r\n";
            assertThat(line(service, get + "\r\n")).isEqualTo("HTTP/1.1 200 OK");
            assertThat(said(service, get + "\r\n" + get + "\r\n").split("HTTP/1.1 ", -1))
                    .hasSize(2);
            assertThat(line(service, get + "Content-Length: 5\r\n\r\nhello")).startsWith("HTTP/1.1 413");
            assertThat(line(service, get + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 413");
            assertThat(line(
                            service,
                            get + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n"))
                    .startsWith("HTTP/1.1 4");
            assertThat(line(service, get + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"))
                    .startsWith("HTTP/1.1 4");
            assertThat(line(service, get + "Host: b\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(line(service, "GET /.well-known/host-meta HTTP/1.1\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
            assertThat(line(service, get + "A b: c\r\n\r\n")).startsWith("HTTP/1.1 400");
            assertThat(line(service, "\u0016\u0003\u0001 TLS to a plain port\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
            assertThat(line(service, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505");
            assertThat(line(service, "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .startsWith("HTTP/1.1 414");
            assertThat(line(service, get + "X: " + "x".repeat(10_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431");
            assertThat(line(service, "<stream:stream to='example.test'>\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
            assertThat(line(service, get.replace("host-meta", "../../etc/passwd") + "\r\n"))
                    .startsWith("HTTP/1.1 404");
            assertThat(line(service, get.replace("GET", "DELETE") + "\r\n")).startsWith("HTTP/1.1 405");
            assertThat(line(service, get.replace("/.well-known/host-meta", "/metrics") + "\r\n"))
                    .as("operators ask elsewhere")
                    .startsWith("HTTP/1.1 404");
            assertThat(line(service, get + "\r\n")).as("it still serves").isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void clientsFindTheWebSocket() throws Exception {
        try (TestService service = new TestService(home, "http.port = 0", List.of())) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(WebSocketClient.trusting())
                    .build();
            String base = "https://127.0.0.1:" + service.service().httpPort() + "/.well-known/host-meta";
            String url = "wss://" + DOMAIN + ":" + service.service().httpPort() + "/xmpp-websocket";
            HttpResponse<String> xml =
                    client.send(HttpRequest.newBuilder(URI.create(base)).build(), BodyHandlers.ofString());
            assertThat(xml.statusCode()).isEqualTo(200);
            assertThat(xml.headers().firstValue("content-type")).contains("application/xrd+xml; charset=utf-8");
            assertThat(xml.headers().firstValue("access-control-allow-origin")).contains("*");
            assertThat(xml.body())
                    .contains("<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>")
                    .contains("<Link rel='urn:xmpp:alt-connections:websocket' href='" + url + "'/>");
            HttpResponse<String> json = client.send(
                    HttpRequest.newBuilder(URI.create(base + ".json")).build(), BodyHandlers.ofString());
            assertThat(json.headers().firstValue("content-type")).contains("application/json");
            assertThat(json.body())
                    .isEqualTo("{\"links\":[{\"rel\":\"urn:xmpp:alt-connections:websocket\",\"href\":\"" + url
                            + "\"}]}\n");
            HttpResponse<String> head = client.send(
                    HttpRequest.newBuilder(URI.create(base))
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValue("content-length"))
                    .contains(Integer.toString(xml.body().length()));
        }
        try (TestService service = plain("http.websocket-url = \"wss://chat.example.test/ws\"")) {
            assertThat(said(service, "GET /.well-known/host-meta.json HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .contains("\"href\":\"wss://chat.example.test/ws\"");
        }
    }

    @Test
    void aHandshakeThatDoesNotEndIsEnded() throws Exception {
        try (TestService service = plain("limits.sign-in-time = 1 s");
                Socket slow = new Socket("127.0.0.1", service.service().httpPort());
                Socket silent = new Socket("127.0.0.1", service.service().httpPort());
                Socket upgraded = new Socket("127.0.0.1", service.service().httpPort())) {
            for (Socket each : List.of(slow, silent, upgraded)) {
                each.setSoTimeout(30_000);
            }
            slow.getOutputStream().write("GET / HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
            upgraded.getOutputStream().write((UPGRADE + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(rest(slow)).startsWith("HTTP/1.1 408 ");
            assertThat(rest(silent)).startsWith("HTTP/1.1 408 ");
            assertThat(rest(upgraded)).startsWith("HTTP/1.1 101 ").contains("connection-timeout");
        }
    }

    @Test
    void aThousandHalfOpenUpgradesAreBoundedAndGoAway() throws Exception {
        try (TestService service = plain("limits { sign-in-time = 8 s, connections-per-address = 500 }")) {
            List<Socket> half = new ArrayList<>();
            try {
                for (int i = 0; i < 1_000; i++) {
                    Socket socket = new Socket("127.0.0.1", service.service().httpPort());
                    socket.setSoTimeout(60_000);
                    half.add(socket);
                    try {
                        socket.getOutputStream().write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
                    } catch (SocketException e) {
                        // Refused before it was written.
                    }
                }
                int timedOut = 0;
                for (Socket socket : half) {
                    timedOut += rest(socket).startsWith("HTTP/1.1 408 ") ? 1 : 0;
                }
                assertThat(timedOut).as("let in").isBetween(1, 999);
            } finally {
                for (Socket socket : half) {
                    socket.close();
                }
            }
            String answer = "reset";
            // Closing takes the service a moment to see.
            for (int i = 0; i < 100 && !answer.startsWith("HTTP/1.1 200"); i++) {
                answer = line(service, "GET /.well-known/host-meta HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            assertThat(answer).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void aProxysWordCountsForWhoConnectsAndNobodyElses() throws Exception {
        try (TestService service = plain("http.proxies = [\"127.0.0.1\"]\nlimits.connections-per-address = 1")) {
            int port = service.service().httpPort();
            try (Socket first = upgraded(port, "X-Forwarded-For: 192.0.2.1\r\n");
                    Socket other = upgraded(port, "X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n");
                    Socket third = upgraded(port, "X-Forwarded-For: 192.0.2.9, 192.0.2.1\r\n")) {
                assertThat(status(first)).isEqualTo("101");
                assertThat(status(other)).isEqualTo("101");
                assertThat(status(third)).as("the second of 192.0.2.1").isEqualTo("503");
            }
        }
        try (TestService service = plain("limits.connections-per-address = 1")) {
            int port = service.service().httpPort();
            try (Socket first = upgraded(port, "X-Forwarded-For: 192.0.2.1\r\n")) {
                assertThat(status(first)).isEqualTo("101");
                try (Socket other = new Socket("127.0.0.1", port)) {
                    other.setSoTimeout(30_000);
                    assertThat(rest(other)).isIn("", "reset");
                }
            }
        }
    }

    private static Socket upgraded(int port, String header) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write((UPGRADE + header + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String status(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).substring(9);
    }

    @Test
    void settingsThatMakeNoSenseAreNamed() {
        ServiceConfig config = ServiceConfig.of(home, DOMAIN);
        for (String wrong : List.of(
                "http.port = 70000",
                "http.port = maybe",
                "http.tls = off, http.port = 5280",
                "http.origins = [\"example.org\"]",
                "http.origins = [\"https://example.org/\"]",
                "http.websocket-url = \"https://example.org\"",
                "http.proxies = [proxy.example.org]")) {
            String name = wrong.substring(0, wrong.indexOf(' '));
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> config.with(wrong)))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
        }
        assertThat(config.http().port()).as("off unless it is asked for").isEqualTo(-1);
        assertThat(config.http().adminPort()).isEqualTo(-1);
        assertThat(config.http().adminBind()).isEqualTo("127.0.0.1");
    }
}
