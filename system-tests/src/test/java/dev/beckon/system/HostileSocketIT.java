package dev.beckon.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever is written to the local socket of an agent's process: it is refused with a code, a sentence and what to do, memory stays
 * bounded, and the user's other programs, and the agent, go on.
 */
@Timeout(120)
class HostileSocketIT {
    private static final long MEGABYTE = 1L << 20;

    private static Stage stage;
    private static Bystanders bystanders;
    private static Person alice;
    private static long calm;

    @BeforeAll
    static void open() {
        stage = Stage.open();
        bystanders = new Bystanders(stage);
        alice = bystanders.alice;
        calm = alice.agent().peakMemory();
    }

    @AfterEach
    void theOthersAreServed() {
        bystanders.assertServed();
    }

    @AfterAll
    static void nothingIsLeftOfIt() throws Exception {
        try (Stage closing = stage;
                Bystanders two = bystanders) {
            two.assertUndisturbed(closing);
            assertThat((alice.agent().peakMemory() - calm) / MEGABYTE)
                    .as("MB more than the %d before", calm / MEGABYTE)
                    .isLessThan(150);
            assertThat(Files.readString(alice.home().resolve("agent.log")))
                    .doesNotContain(" ERROR ", "OutOfMemory", "StackOverflow", Stage.PASSWORD);
        }
    }

    private static RawSocket connect() throws IOException {
        return new RawSocket(alice.socket());
    }

    private static RawSocket greeted() throws IOException {
        return RawSocket.greeted(alice.socket());
    }

    private static void assertClosedWithReason(RawSocket client) throws IOException {
        JsonObject said = client.next();
        while (said != null && said.has("method")) {
            said = client.next();
        }
        assertThat(said).as("a reason before the end").isNotNull();
        JsonObject error = said.getAsJsonObject("error");
        assertThat(error.get("code").getAsInt()).isEqualTo(-32700);
        assertThat(error.get("message").getAsString()).isNotEmpty();
        assertThat(error.getAsJsonObject("data").get("remedy").getAsString()).isNotEmpty();
        assertThat(client.next()).as("the end").isNull();
    }

    @Test
    void whatIsNoMessageIsAnsweredWithTheReasonAndTheEnd() throws IOException {
        for (String bytes : List.of(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "{\"jsonrpc\":\"2.0\"}\r\n",
                "\u0016\u0003\u0001\r\n",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 0\r\n\r\n",
                "Content-Length: 4294967297\r\n\r\n",
                "Content-Length: 99999999999999999999\r\n\r\n",
                "Content-Length: 1073741824\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "X: " + "x".repeat(4000))) {
            try (RawSocket greeted = greeted();
                    RawSocket stranger = connect()) {
                assertClosedWithReason(greeted.text(bytes));
                assertClosedWithReason(stranger.text(bytes));
            }
        }
    }

    @Test
    void whatIsNoRequestIsRefusedAndTheConnectionGoesOn() throws IOException {
        try (RawSocket client = greeted()) {
            for (String notJson :
                    List.of("x", "{'a':1}", "{\"a\":1,\"a\":2}", "[".repeat(60_000), "{\"a\":".repeat(10_000))) {
                assertThat(client.errorOf(notJson)).isEqualTo(-32700);
            }
            client.bytes("Content-Length: 4\r\n\r\n".getBytes(UTF_8))
                    .bytes(new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'});
            assertThat(client.next().getAsJsonObject("error").get("code").getAsInt())
                    .isEqualTo(-32700);
            assertThat(client.errorOf("[" + RawSocket.SELF + "," + RawSocket.SELF + "]"))
                    .as("a batch")
                    .isEqualTo(-32600);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"agent/shutdown\"}"))
                    .isEqualTo(-32601);
            assertThat(
                            client.errorOf(
                                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/contact\",\"params\":{\"contact\":17}}"))
                    .isEqualTo(-32602);
            assertThat(
                            client.errorOf(
                                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/listen\",\"params\":{\"on\":\"yes\"}}"))
                    .isEqualTo(-32602);
            assertThat(client.call(RawSocket.SELF).has("result")).isTrue();
        }
    }

    @Test
    void nothingIsServedBeforeHello() throws IOException {
        try (RawSocket client = connect()) {
            JsonObject error = client.call(RawSocket.SELF).getAsJsonObject("error");
            assertThat(error.get("code").getAsInt()).isEqualTo(-32002);
            assertThat(error.get("message").getAsString()).contains("hello");
        }
    }

    @Test
    void aGigabyteIsNotTaken() throws IOException {
        byte[] chunk = new byte[64 * 1024];
        for (String begin : List.of("X: ", "Content-Length: 65536\r\n\r\n")) {
            long sent = 0;
            try (RawSocket client = greeted()) {
                client.text(begin);
                while (sent < 1L << 30) {
                    client.bytes(chunk);
                    sent += chunk.length;
                }
            } catch (IOException closed) {
                // As it should be.
            }
            assertThat(sent).as(begin).isLessThan(64 * MEGABYTE);
        }
    }

    @Test
    void whoConnectsWithoutEndIsHeldToTheLimitAndKeepsNobodyOut() throws IOException {
        List<RawSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                held.add(connect());
            }
            // Strangers at the door make way for who says hello.
            try (RawSocket client = greeted()) {
                assertThat(client.call(RawSocket.SELF).has("result")).isTrue();
            }
            int refused = 0;
            for (int i = 0; i < 300 && refused == 0; i++) {
                RawSocket client = connect();
                held.add(client);
                JsonObject welcome = client.call(
                        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"hello\",\"params\":{\"protocol\":1,\"pid\":1}}");
                if (welcome.has("error")) {
                    assertThat(welcome.getAsJsonObject("error").get("message").getAsString())
                            .contains("256 applications");
                    refused++;
                }
            }
            assertThat(refused).isPositive();
            bystanders.assertServed();
        } finally {
            for (RawSocket client : held) {
                client.close();
            }
        }
        await().atMost(Times.LONG)
                .ignoreExceptions()
                .ignoreException(AssertionError.class)
                .untilAsserted(() -> greeted().close());
    }

    @Test
    void whoNeverReadsItsEventsIsClosedAndHoldsUpNobody() throws Exception {
        try (RawSocket deaf = greeted()) {
            deaf.call("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/listen\",\"params\":{\"on\":true}}");
            deaf.channel().configureBlocking(false);
            ByteBuffer ask = ByteBuffer.wrap(RawSocket.frame(
                    "{\"jsonrpc\":\"2.0\",\"id\":\"" + "x".repeat(60) + "\",\"method\":\"messenger/sessions\"}"));
            long sent = 0;
            long quietSince = System.nanoTime();
            // It asks and asks, and never reads: until the agent takes no more of it for a second.
            try {
                while (System.nanoTime() - quietSince < TimeUnit.SECONDS.toNanos(1)) {
                    int count = deaf.channel().write(ask);
                    if (!ask.hasRemaining()) {
                        ask.rewind();
                    }
                    if (count > 0) {
                        sent += count;
                        quietSince = System.nanoTime();
                    }
                    assertThat(sent).isLessThan(64 * MEGABYTE);
                }
            } catch (IOException closed) {
                // Or until it is closed.
            }
            assertThat(sent).isPositive();
            bystanders.assertServed();
        }
    }

    @Test
    void anotherUserOfTheComputerIsTurnedAway() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can play another user");
        assertThat(asNobody()).startsWith("PermissionError");
        // Even where every door was left open.
        for (var path = alice.socket().getParent(); path.startsWith(stage.folder()); path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.setPosixFilePermissions(alice.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(asNobody()).isIn("read b''", "ConnectionResetError", "BrokenPipeError");
        assertThat(Files.readString(alice.home().resolve("agent.log"))).contains("Closed a connection of user nobody");
        Files.setPosixFilePermissions(alice.home(), PosixFilePermissions.fromString("rwx------"));
    }

    private static String asNobody() throws Exception {
        String program = "import os,socket,sys\n"
                + "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
                + "s=socket.socket(socket.AF_UNIX); s.settimeout(40)\n"
                + "try:\n"
                + "  s.connect(sys.argv[1])\n"
                + "  print('read', s.recv(100))\n"
                + "except OSError as e:\n"
                + "  print(type(e).__name__)\n";
        try (Running python = Running.start(
                "nobody",
                stage.folder(),
                Map.of(),
                List.of("python3", "-c", program, alice.socket().toString()))) {
            python.awaitExit();
            return python.output();
        }
    }

    @Test
    void whoStopsInTheMiddleIsClosedInTimeWhileOthersAreServed() throws IOException {
        try (RawSocket silent = connect();
                RawSocket half = connect()) {
            half.text("Content-Length: 100\r\n\r\n{");
            assertThat(half.next())
                    .satisfiesAnyOf(
                            said -> assertThat(said).isNull(),
                            said -> assertThat(said.has("error")).isTrue());
            assertThat(silent.next())
                    .satisfiesAnyOf(
                            said -> assertThat(said).isNull(),
                            said -> assertThat(said.has("error")).isTrue());
        }
    }
}
