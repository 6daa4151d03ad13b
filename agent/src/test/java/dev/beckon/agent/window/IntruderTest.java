package dev.beckon.agent.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.SessionException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other users of this computer, and web sites in the user's own browser, can neither read nor act, nor keep the page from its user. */
@DisabledOnOs(OS.WINDOWS)
class IntruderTest {
    @TempDir
    Path temp;

    private Desk desk;
    private int port;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<RawHttp> raw = new ArrayList<>();

    @BeforeEach
    void serve() {
        desk = new Desk(temp.resolve("home"));
        port = URI.create(desk.window.address()).getPort();
    }

    @AfterEach
    void leaveNothing() throws IOException {
        for (RawHttp each : raw) {
            each.close();
        }
        desk.close();
    }

    // ---- getting in

    @Test
    void aWayInWorksOnce() throws Exception {
        Entrance entrance = desk.window.entrance();
        HttpResponse<String> first = get(entrance.url());
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("set-cookie").orElseThrow())
                .startsWith("beckon-" + port + "=")
                .contains("HttpOnly", "SameSite=Strict", "Path=/")
                .doesNotContain("Domain");
        HttpResponse<String> second = get(entrance.url());
        assertThat(second.statusCode()).isEqualTo(403);
        assertThat(second.headers().firstValue("set-cookie")).isEmpty();
        assertThat(second.body()).doesNotContain("beckon-key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "?token=", "?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "?token=%00", "?other=1"})
    void withoutATokenNobodyGetsIn(String query) throws Exception {
        desk.window.entrance();
        HttpResponse<String> answer = get(desk.window.address() + "enter" + query);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
    }

    @Test
    void neitherCookieNorKeyAloneIsEnough() {
        Visitor visitor = desk.page();
        for (String path : List.of("/api/events", "/api/conversation?contact=bob@b.example")) {
            assertThat(visitor.send(HttpRequest.newBuilder(URI.create(visitor.origin + path))
                                    .build())
                            .statusCode())
                    .isEqualTo(401);
            assertThat(visitor.send(HttpRequest.newBuilder(URI.create(visitor.origin + path))
                                    .header("Cookie", visitor.cookie)
                                    .build())
                            .statusCode())
                    .isEqualTo(401);
            assertThat(visitor.send(HttpRequest.newBuilder(URI.create(visitor.origin + path))
                                    .header("X-Beckon-Key", visitor.key)
                                    .build())
                            .statusCode())
                    .isEqualTo(401);
            HttpResponse<String> wrong = visitor.send(HttpRequest.newBuilder(URI.create(visitor.origin + path))
                    .header("Cookie", visitor.cookie + "x")
                    .header("X-Beckon-Key", visitor.key)
                    .build());
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(JsonParser.parseString(wrong.body())
                            .getAsJsonObject()
                            .get("remedy")
                            .getAsString())
                    .contains("beckon open");
        }
    }

    @Test
    void aCookieThatAnotherPortSetDoesNotLockTheUserOut() {
        Visitor visitor = desk.page();
        String name = visitor.cookie.split("=")[0];
        HttpResponse<String> answer =
                visitor.send(HttpRequest.newBuilder(URI.create(visitor.origin + "/api/conversation?contact=b@c"))
                        .header("Cookie", name + "=planted; " + visitor.cookie + "; other=x")
                        .header("X-Beckon-Key", visitor.key)
                        .build());
        assertThat(answer.statusCode()).as("let in, and nobody is signed in").isEqualTo(409);
    }

    @Test
    void onlyTheUserCanAskForAWayIn() throws Exception {
        assertThat(open("Bearer nonsense").statusCode()).isEqualTo(401);
        assertThat(open("").statusCode()).isEqualTo(401);
        Path file = desk.home.resolve("window");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        JsonObject content = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        String bearer = "Bearer " + content.get("key").getAsString();
        assertThat(open(bearer).statusCode()).isEqualTo(200);
        // A page that came by the key somehow is refused all the same.
        assertThat(open(bearer, "Origin", desk.window.address()).statusCode()).isEqualTo(401);
        assertThat(get(new Entrance("http://127.0.0.1:" + port, token(bearer), temp).url())
                        .statusCode())
                .isEqualTo(200);
        assertThat(Entrance.ofRunning(desk.home).url()).startsWith(desk.window.address() + "enter?token=");
    }

    @Test
    void whereNoWindowIsServedThereIsNoWayIn() {
        Assertions.assertThatThrownBy(() -> Entrance.ofRunning(temp.resolve("nobody")))
                .isInstanceOf(SessionException.class)
                .hasMessageContaining("beckon open");
        desk.window.close();
        assertThat(desk.home.resolve("window")).doesNotExist();
    }

    // ---- other sites in the same browser

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost", "127.0.0.1", "127.0.0.1.evil.example", "[::1]"})
    void aNameThatWasMadeToLeadHereIsRefused(String host) throws Exception {
        Visitor visitor = desk.page();
        for (String name : List.of(host, host + ":" + port)) {
            if (name.equals("127.0.0.1:" + port)) {
                continue;
            }
            for (String path : List.of("/", "/api/events", "/enter?token=" + "A".repeat(43))) {
                assertThat(raw().says("GET " + path + " HTTP/1.1\r\nHost: " + name + "\r\nCookie: " + visitor.cookie
                                        + "\r\nX-Beckon-Key: " + visitor.key + "\r\n\r\n")
                                .status())
                        .isEqualTo("HTTP/1.1 421 Misdirected Request");
            }
        }
    }

    @Test
    void noHostOrTwoAreRefused() throws Exception {
        assertThat(raw().says("GET / HTTP/1.1\r\n\r\n").status()).contains(" 421 ");
        assertThat(raw().says("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nHost: evil.example\r\n\r\n")
                        .status())
                .contains(" 421 ");
        assertThat(raw().says("GET / HTTP/1.0\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                        .status())
                .contains(" 505 ");
    }

    @Test
    void anotherSiteCanNotActEvenWithCookieAndKey() {
        Visitor visitor = desk.page();
        for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1", "http://localhost:" + port)) {
            assertThat(visitor.send(visitor.request("/api/sign-out")
                                    .header("Origin", origin)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{}"))
                                    .build())
                            .statusCode())
                    .isEqualTo(403);
        }
        // As a form is sent, by a page that knows nothing: without a header that only pages of this origin can add.
        assertThat(visitor.send(visitor.request("/api/sign-out")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{}"))
                                .build())
                        .statusCode())
                .isEqualTo(403);
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
            assertThat(visitor.send(visitor.request("/api/sign-out")
                                    .header("Origin", visitor.origin)
                                    .header("Content-Type", type)
                                    .POST(BodyPublishers.ofString("{}"))
                                    .build())
                            .statusCode())
                    .isEqualTo(415);
        }
        for (String method : List.of("PUT", "DELETE", "OPTIONS", "PATCH", "HEAD")) {
            HttpResponse<String> answer = visitor.send(visitor.request("/api/sign-out")
                    .header("Origin", visitor.origin)
                    .method(method, BodyPublishers.noBody())
                    .build());
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        }
        assertThat(visitor.does("sign-out")).isNotNull();
    }

    @Test
    void theBrowserSaysThatAnotherSiteAsks() {
        Visitor visitor = desk.page();
        for (String site : List.of("cross-site", "same-site", "anything")) {
            assertThat(visitor.send(visitor.request("/api/conversation?contact=b@c")
                                    .header("Sec-Fetch-Site", site)
                                    .build())
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(visitor.send(visitor.request("/")
                                .header("Sec-Fetch-Site", "cross-site")
                                .build())
                        .statusCode())
                .isEqualTo(403);
        // The file that leads in is another site to the browser.
        assertThat(visitor.send(HttpRequest.newBuilder(
                                        URI.create(desk.window.entrance().url()))
                                .header("Sec-Fetch-Site", "cross-site")
                                .build())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void everyAnswerForbidsWhatThePageNeverNeeds() throws Exception {
        for (String path : List.of("", "nothing", "enter", "api/events", "api/nothing")) {
            HttpResponse<String> answer = get(desk.window.address() + path);
            assertThat(answer.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
                    .doesNotContain("unsafe", "http:", "*");
            assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
            assertThat(answer.headers().firstValue("referrer-policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
            assertThat(answer.headers().firstValue("cross-origin-resource-policy"))
                    .contains("same-origin");
            assertThat(answer.headers().firstValue("cross-origin-opener-policy"))
                    .contains("same-origin");
        }
    }

    @Test
    void nothingBesideThePageIsServed() throws Exception {
        for (String path : List.of(
                "files.txt",
                "../agent.conf",
                "%2e%2e/agent.conf",
                "window",
                "page/index.html",
                "index.html%00",
                "/etc/passwd")) {
            assertThat(raw().says("GET /" + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                                    + "\r\nConnection: close\r\n\r\n")
                            .hears())
                    .startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void itListensOnTheLoopbackAddressAlone() throws Exception {
        var all = java.net.NetworkInterface.networkInterfaces()
                .flatMap(java.net.NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        for (java.net.InetAddress address : all) {
            try (java.net.Socket socket = new java.net.Socket()) {
                Assertions.assertThatThrownBy(() -> socket.connect(new java.net.InetSocketAddress(address, port), 2000))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    // ---- too much

    @Test
    void whatIsTooLongIsRefusedWithoutBeingRead() throws Exception {
        Visitor visitor = desk.page();
        String head = "POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nOrigin: " + visitor.origin
                + "\r\nCookie: " + visitor.cookie + "\r\nX-Beckon-Key: " + visitor.key
                + "\r\nContent-Type: application/json\r\n";
        assertThat(raw().says(head + "Content-Length: 65537\r\n\r\n").status()).contains(" 413 ");
        assertThat(raw().says(head + "Content-Length: 99999999999999\r\n\r\n").status())
                .contains(" 400 ");
        assertThat(raw().says(head + "Content-Length: -1\r\n\r\n").status()).contains(" 400 ");
        assertThat(raw().says(head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{")
                        .status())
                .contains(" 400 ");
        assertThat(raw().says(head + "Transfer-Encoding: chunked\r\n\r\n").status())
                .contains(" 411 ");
        assertThat(raw().says(head + "X-Long: " + "x".repeat(9000) + "\r\n\r\n").status())
                .contains(" 431 ");
        assertThat(raw().says("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n").status())
                .contains(" 414 ");
        assertThat(raw().says("\u0016\u0003\u0001 what is this\r\n\r\n").status())
                .contains(" 400 ");
        assertThat(raw().says("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Length: 3\r\n\r\nabc")
                        .status())
                .contains(" 413 ");
        String largest = "{\"contact\":\"" + "x".repeat(65536 - 14) + "\"}";
        assertThat(largest).hasSize(65536);
        assertThat(raw().says(head + "Content-Length: 65536\r\n\r\n" + largest).status())
                .contains(" 409 ");
    }

    @Test
    void whatIsNoJsonIsRefusedWithoutBeingRepeated() {
        Visitor visitor = desk.page();
        for (String body :
                List.of("", "{", "[]", "null", "{\"a\":secret}", "{} {}", "[".repeat(10_000), "{\"user\":{}}")) {
            HttpResponse<String> answer = visitor.send(visitor.request("/api/sign-in")
                    .header("Origin", visitor.origin)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build());
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).doesNotContain("secret");
        }
        assertThat(visitor.tries("no-such-action").statusCode()).isEqualTo(404);
        assertThat(visitor.tries("invite").body()).contains("MSGR_E_NOT_LOGGED_ON");
        assertThat(visitor.send(visitor.request("/api/invite").build()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aSlowRequestIsGivenUp() throws Exception {
        RawHttp silent = raw();
        RawHttp slow = raw().says("GET / HTTP/1.1\r\nHost: 127");
        RawHttp body = raw().says("POST /open HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Length: 5\r\n\r\n{");
        assertThat(silent.lasts()).isLessThan(Duration.ofSeconds(20));
        assertThat(slow.lasts()).isLessThan(Duration.ofSeconds(20));
        assertThat(body.lasts()).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whileAThousandConnectionsIdleThePageIsServed() throws Exception {
        Visitor before = desk.page();
        for (int i = 0; i < 1000; i++) {
            RawHttp connection = raw();
            if (i % 3 == 1) {
                connection.says("GET / HTTP/1.1\r\n");
            }
        }
        assertThat(get(desk.window.address()).statusCode()).isEqualTo(200);
        Visitor visitor = desk.page();
        assertThat(visitor.does("sign-out")).isNotNull();
        assertThat(before.isListening()).as("a page that was open stays so").isTrue();
        // They are let go, not kept: most are closed already.
        int open = 0;
        for (RawHttp each : raw) {
            open += each.isOpen() ? 1 : 0;
        }
        assertThat(open).isLessThanOrEqualTo(Server.MOST_CONNECTIONS);
    }

    @Test
    void noMorePagesListenThanAreBounded() throws Exception {
        List<Visitor> pages = new ArrayList<>();
        for (int i = 0; i < Feed.MOST; i++) {
            pages.add(desk.page());
        }
        Visitor one = pages.get(0);
        HttpResponse<String> refused = one.send(one.request("/api/events").build());
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("close one");
        assertThat(one.does("sign-out")).isNotNull();
        pages.get(3).close();
        await().atMost(Visitor.LONG).ignoreException(AssertionError.class).until(() -> desk.page() != null);
    }

    @Test
    void requestsOnOneConnectionAreAnsweredOneAfterAnother() throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n";
        RawHttp twice = raw().says(request + "\r\n");
        assertThat(twice.status()).isEqualTo("HTTP/1.1 200 OK");
        String rest = twice.says(request + "Connection: close\r\n\r\n").hears();
        assertThat(rest).contains("HTTP/1.1 200 OK").contains("connection: close");
    }

    private RawHttp raw() throws IOException {
        RawHttp connection = new RawHttp(port);
        raw.add(connection);
        return connection;
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> open(String bearer, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(desk.window.address() + "open"))
                .header("Authorization", bearer)
                .POST(BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String token(String bearer) throws IOException, InterruptedException {
        return JsonParser.parseString(open(bearer).body())
                .getAsJsonObject()
                .get("token")
                .getAsString();
    }
}
