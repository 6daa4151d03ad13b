package dev.beckon.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is written to the socket: it is refused with a reason, nothing is leaked, and everyone else is served. */
class HostileInputTest {
    private static final String SELF = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/self\"}";

    private Agent agent;
    private Messenger bystander;

    @BeforeEach
    void open() throws Exception {
        agent = new Agent();
        bystander = agent.connect();
        agent.other();
    }

    @AfterEach
    void theBystanderIsServedAsBefore() throws Exception {
        assertThat(bystander.self().isSelf()).isTrue();
        bystander.close();
        agent.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "{\"jsonrpc\":\"2.0\"}",
                "\u0016\u0003\u0001",
                "\r\n\r\n",
                "Content-Length: 5\n\nabcde",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 0\r\n\r\n",
                "Content-Length: 99999999999999999999\r\n\r\n",
                "Content-Length: 65537\r\n\r\n",
                "Content-Length: +5\r\n\r\n",
                "Content-Length: 0x5\r\n\r\n",
                "Content-Length: ٥\r\n\r\n",
                "Content-Length:\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "Content-Type: text/plain\r\n\r\n",
                "Content-Length: 5\r\n: x\r\n\r\n",
            })
    void aStreamThatCannotBeFollowedIsToldWhyAndClosed(String bytes) throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            client.text(bytes);
            JsonObject refusal = client.next();
            assertThat(refusal.get("id").isJsonNull()).isTrue();
            JsonObject error = refusal.getAsJsonObject("error");
            assertThat(error.get("code").getAsInt()).isEqualTo(-32700);
            assertThat(error.getAsJsonObject("data").get("remedy").getAsString())
                    .isNotEmpty();
            assertThat(client.next()).as("the end").isNull();
        }
        agent.other().closed.await();
    }

    @Test
    void anEndlessHeaderIsCutOff() throws Exception {
        try (RawClient client = new RawClient(agent.socket)) {
            client.text("X: ");
            client.bytes(new byte[2000]);
            assertThat(client.next().getAsJsonObject("error").get("code").getAsInt())
                    .isEqualTo(-32700);
            assertThat(client.next()).isNull();
        }
        try (RawClient client = new RawClient(agent.socket)) {
            client.text("X: " + "x".repeat(5000));
            assertThat(client.next().getAsJsonObject("error").get("message").getAsString())
                    .isEqualTo("the header is longer than 1024 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "{",
                "{\"a\":1,}",
                "{'a':1}",
                "{\"a\":1}{\"b\":2}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":1e400}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":\"\\ud83\"}",
                "{\"a\":\"\u0001\"}",
                "  ",
                "nul",
                "{\"secret\":\"hunter2\" oops}",
            })
    void whatIsNotJsonIsRefusedAndTheConnectionGoesOn(String body) throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            JsonObject refusal = client.call(body);
            assertThat(refusal.getAsJsonObject("error").get("code").getAsInt()).isEqualTo(-32700);
            assertThat(refusal.toString())
                    .as("nothing of what was sent, and nothing of the code that read it")
                    .doesNotContain("hunter2", "oops", "Exception", "gson", "line 1", "path $");
            assertThat(client.call(SELF).has("result")).isTrue();
        }
    }

    @Test
    void malformedUtf8IsRefused() throws Exception {
        byte[][] malformed = {
            {'"', (byte) 0xC3, '"'},
            {'"', (byte) 0xC0, (byte) 0x80, '"'},
            {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
            {'"', (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'},
            {(byte) 0xFF, (byte) 0xFE, '{', 0},
        };
        try (RawClient client = RawClient.greeted(agent.socket)) {
            for (byte[] body : malformed) {
                client.body(body);
                assertThat(client.next().getAsJsonObject("error").get("message").getAsString())
                        .isEqualTo("the message is not valid UTF-8");
            }
            assertThat(client.call(SELF).has("result")).isTrue();
        }
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            assertThat(client.errorOf("[".repeat(65_000))).isEqualTo(-32700);
            assertThat(client.errorOf("{\"a\":".repeat(10_000))).isEqualTo(-32700);
            assertThat(client.call(SELF).has("result")).isTrue();
        }
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            assertThat(client.errorOf("[" + SELF + "]")).as("a batch").isEqualTo(-32600);
            assertThat(client.errorOf("[]")).isEqualTo(-32600);
            assertThat(client.errorOf("17")).isEqualTo(-32600);
            assertThat(client.errorOf("{}")).isEqualTo(-32600);
            assertThat(client.errorOf("{\"id\":1,\"method\":\"messenger/self\"}"))
                    .isEqualTo(-32600);
            assertThat(client.errorOf("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"messenger/self\"}"))
                    .isEqualTo(-32600);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":17}"))
                    .isEqualTo(-32600);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"messenger/self\"}"))
                    .isEqualTo(-32600);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"messenger/self\"}"))
                    .isEqualTo(-32600);
            assertThat(client.errorOf(
                            "{\"jsonrpc\":\"2.0\",\"id\":\"" + "x".repeat(65) + "\",\"method\":\"messenger/self\"}"))
                    .isEqualTo(-32600);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/Self\"}"))
                    .isEqualTo(-32601);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + "m".repeat(60_000) + "\"}"))
                    .isEqualTo(-32601);
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/self\",\"params\":[1]}"))
                    .isEqualTo(-32602);
            client.send("{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}");
            client.send("{\"jsonrpc\":\"2.0\",\"method\":\"no/such\"}");
            assertThat(client.call(SELF).get("id").getAsInt())
                    .as("stray answers and notifications are answered with nothing")
                    .isEqualTo(1);
        }
    }

    @Test
    void wrongTypesAreRefusedByName() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            assertThat(refusal(client, "messenger/contact", "{\"contact\":17}"))
                    .isEqualTo("params.contact is a number");
            assertThat(refusal(client, "messenger/contact", "{}")).isEqualTo("params.contact is missing");
            assertThat(refusal(client, "messenger/setStatus", "{\"status\":\"HAPPY\"}"))
                    .isEqualTo("params.status is \"HAPPY\", which is no ContactStatus");
            assertThat(refusal(client, "manager/getLaunchingSession", "{\"processId\":1.5}"))
                    .isEqualTo("params.processId is a number");
            assertThat(refusal(client, "manager/getLaunchingSession", "{\"processId\":99999999999999999999}"))
                    .isEqualTo("params.processId is a number");
            assertThat(refusal(client, "messenger/listen", "{\"on\":\"yes\"}")).isEqualTo("params.on is a text");
            assertThat(
                            refusal(
                                    client,
                                    "manager/registerApplication",
                                    "{\"guid\":\"{5D1B2C3D-0000-4000-8000-00000000AB01}\",\"name\":[],\"url\":\"\",\"path\":\"/x\"}"))
                    .isEqualTo("params.name is an array");
            assertThat(refusal(client, "session/accept", "{\"session\":\"nonsense\"}"))
                    .startsWith("GUID \"nonsense\" is not of the form");
            assertThat(refusal(client, "session/accept", "{\"session\":\"{00000000-0000-4000-8000-000000000000}\"}"))
                    .isEqualTo("there is no session {00000000-0000-4000-8000-000000000000}");
        }
    }

    private static String refusal(RawClient client, String method, String params) throws Exception {
        JsonObject error = client.call(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}")
                .getAsJsonObject("error");
        int code = error.get("code").getAsInt();
        assertThat(code).isIn(-32602, ResultCode.E_INVALIDARG.number());
        return error.get("message").getAsString();
    }

    @Test
    void nothingIsServedBeforeHello() throws Exception {
        try (RawClient client = new RawClient(agent.socket)) {
            assertThat(client.errorOf(SELF)).isEqualTo(-32002);
            assertThat(client.errorOf(hello("\"protocol\":2,\"pid\":17"))).isEqualTo(-32602);
            assertThat(client.errorOf(hello("\"protocol\":1,\"pid\":0"))).isEqualTo(-32602);
            assertThat(client.errorOf(hello("\"protocol\":1,\"pid\":1,\"application\":\"me\"")))
                    .isEqualTo(ResultCode.E_INVALIDARG.number());
            assertThat(agent.connected).isEmpty();
            assertThat(client.call(hello("\"protocol\":1,\"pid\":17,\"unknown\":[]"))
                            .has("result"))
                    .isTrue();
            assertThat(client.errorOf(hello("\"protocol\":1,\"pid\":17")))
                    .as("twice")
                    .isEqualTo(-32600);
            assertThat(client.call(SELF).has("result")).isTrue();
        }
    }

    private static String hello(String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{" + params + "}}";
    }

    @Test
    void aFailureOfTheAgentLeaksNothing() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            agent.other().contactListFault = new IllegalStateException("/home/alice/secret");
            JsonObject answer = client.call("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/contacts\"}");
            assertThat(answer.getAsJsonObject("error").get("code").getAsInt()).isEqualTo(-32603);
            assertThat(answer.toString()).doesNotContain("secret", "IllegalState");
            assertThat(client.call(SELF).has("result")).isTrue();
        }
    }

    @Test
    void anIdThatIsStillRunningIsRefused() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            FakeMessenger other = agent.other();
            CountDownLatch release = new CountDownLatch(1);
            other.contactListGate = release;
            client.send("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"messenger/contacts\"}");
            assertThat(client.errorOf("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"messenger/self\"}"))
                    .isEqualTo(-32600);
            release.countDown();
            assertThat(client.next().has("result")).isTrue();
            assertThat(client.call("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"messenger/self\"}")
                            .has("result"))
                    .as("once it is through, it is free")
                    .isTrue();
        }
    }

    @Test
    void aFloodOfRequestsIsHeldBackWhileTheyRun() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            FakeMessenger other = agent.other();
            CountDownLatch release = new CountDownLatch(1);
            other.contactListGate = release;
            client.channel.configureBlocking(false);
            byte[] request = frame("{\"jsonrpc\":\"2.0\",\"method\":\"messenger/contacts\"}");
            long sent = 0;
            long quietSince = System.nanoTime();
            // Writes until the system takes no more for a whole second.
            while (System.nanoTime() - quietSince < 1_000_000_000L) {
                int count = client.channel.write(java.nio.ByteBuffer.wrap(request));
                if (count > 0) {
                    sent += count;
                    quietSince = System.nanoTime();
                }
                assertThat(sent).as("back pressure").isLessThan(50_000_000);
            }
            assertThat(other.running.get()).isEqualTo(Connection.RUNNING);
            assertThat(bystander.self().isSelf()).isTrue();
            release.countDown();
        }
    }

    private static byte[] frame(String json) {
        return ("Content-Length: " + json.length() + "\r\n\r\n" + json).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whoDoesNotReadHisEventsIsClosed() throws Exception {
        try (RawClient client = RawClient.greeted(agent.socket)) {
            FakeMessenger other = agent.other();
            client.call("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"manager/listen\",\"params\":{\"on\":true}}");
            FakeSession session = other.session();
            for (int i = 0; i < 20_000 && other.closed.getCount() > 0; i++) {
                other.managerListeners.forEach(l -> l.onLaunchingSession(session));
            }
            assertThat(other.closed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(client.channel.isOpen()).isTrue();
        }
    }

    @Test
    void whoSaysNothingIsClosed() throws Exception {
        try (RawClient silent = new RawClient(agent.socket);
                RawClient slow = new RawClient(agent.socket)) {
            slow.text("Content-Length: 100\r\n");
            assertThat(silent.next()).isNull();
            assertThat(slow.next()).isNull();
        }
    }

    @Test
    void theDoorCannotBeBlockedByStandingInIt() throws Exception {
        List<RawClient> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * LocalEndpoint.WAITING; i++) {
                crowd.add(new RawClient(agent.socket));
            }
            try (Messenger late = agent.connect()) {
                assertThat(late.self().isSelf()).isTrue();
            }
            assertThat(crowd.get(0).next()).as("the oldest had to go").isNull();
        } finally {
            for (RawClient client : crowd) {
                client.close();
            }
        }
    }

    @Test
    void moreApplicationsThanThereArePlacesAreToldSo() throws Exception {
        List<RawClient> crowd = new ArrayList<>();
        try {
            for (int i = 1; i < LocalEndpoint.CONNECTIONS; i++) {
                crowd.add(RawClient.greeted(agent.socket));
            }
            try (RawClient late = new RawClient(agent.socket)) {
                assertThat(late.errorOf(hello("\"protocol\":1,\"pid\":17"))).isEqualTo(-32000);
                crowd.remove(0).close();
                await().until(() ->
                        late.call(hello("\"protocol\":1,\"pid\":17")).has("result"));
            }
        } finally {
            for (RawClient client : crowd) {
                client.close();
            }
        }
    }

    @Test
    void thousandsOfConnectionsComeAndGo() throws Exception {
        for (int i = 0; i < 2000; i++) {
            new RawClient(agent.socket).close();
        }
        assertThat(bystander.self().isSelf()).isTrue();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("beckon-local-"))
                        .count())
                .as("no thread is kept for any of them")
                .isLessThan(200);
    }

    @Test
    void randomBytesNeverBringTheEndpointDown() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = frame(SELF);
        for (int i = 0; i < 300; i++) {
            try (RawClient client = RawClient.greeted(agent.socket)) {
                byte[] bytes = good.clone();
                for (int flips = random.nextInt(4) + 1; flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                client.bytes(bytes);
                client.channel.shutdownOutput();
                JsonObject answer = client.next();
                assertThat(answer == null || answer.has("result") || answer.has("error"))
                        .as("seed %d, round %d: %s", seed, i, answer)
                        .isTrue();
            } catch (IOException closedFirst) {
                // The agent had refused and closed before everything was written.
            }
        }
    }
}
