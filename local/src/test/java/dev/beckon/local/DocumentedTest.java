package dev.beckon.local;

import static dev.beckon.local.FakeMessenger.WHITEBOARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.LockStatus;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/local-api.md holds every message there is, and its examples are what really travels. */
class DocumentedTest {
    private static final String SESSION = "{CA3CF894-5325-482F-A412-A6E9F832298D}";
    private static final Path PAGE = page();

    private final Map<String, List<JsonObject>> examples = new LinkedHashMap<>();
    private Agent agent;
    private RawClient client;
    private FakeMessenger other;
    private FakeSession session;

    private static Path page() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("docs/local-api.md"))) {
            here = here.getParent();
        }
        return here.resolve("docs/local-api.md");
    }

    @BeforeEach
    void read() throws Exception {
        String section = "";
        boolean json = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ") || line.startsWith("### ")) {
                section = line.substring(line.indexOf(' ') + 1);
            } else if (line.startsWith("```")) {
                json = line.equals("```json");
            } else if (json) {
                JsonObject message =
                        Json.read(line.getBytes(StandardCharsets.UTF_8)).getAsJsonObject();
                examples.computeIfAbsent(section, name -> new ArrayList<>()).add(message);
            }
        }
        agent = new Agent();
        client = new RawClient(agent.socket);
        agent.prepare = messenger -> {
            session = new FakeSession(messenger.calls, SESSION);
            session.state = SessionState.INVITATION;
            session.flags.add(SessionFlag.INVITER);
            session.application = WHITEBOARD;
            session.user = messenger.contact("bob@b.example");
            session.contextData = "board 7";
            session.remoteAddress = "198.51.100.7";
            session.steps.add(new Session.Step(SessionStep.RINGING, Instant.EPOCH));
            session.expires = Instant.EPOCH;
            session.result = ResultCode.S_OK;
            session.invitationText = "board 7";
            messenger.sessions.add(session);
            messenger.launching = session;
            messenger.missed.add(new MissedInvitation(
                    SESSION, "carol@c.example", WHITEBOARD, "Whiteboard", "", Instant.EPOCH, "it was too old"));
        };
        JsonObject hello = client.call(examples.get("hello").get(0).toString());
        sameShape("hello", examples.get("hello").get(1), hello);
        other = agent.other();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        agent.close();
    }

    @Test
    void everyMessageIsDocumentedAndNoOther() {
        Set<String> served = new TreeSet<>(Calls.ALL.keySet());
        served.addAll(Calls.EVENTS);
        served.addAll(Calls.QUESTIONS);
        served.add("hello");
        served.add("Errors");
        assertThat(new TreeSet<>(examples.keySet())).isEqualTo(served);
    }

    @Test
    void everyMethodAnswersAsItsExampleSays() throws Exception {
        for (Map.Entry<String, List<JsonObject>> example : examples.entrySet()) {
            String method = example.getKey();
            if (!Calls.ALL.containsKey(method)) {
                continue;
            }
            JsonObject request = example.getValue().get(0);
            assertThat(request.get("method").getAsString()).isEqualTo(method);
            sameShape(method, example.getValue().get(1), client.call(request.toString()));
        }
    }

    @Test
    void anErrorLooksAsItsExampleSays() throws Exception {
        JsonObject documented = examples.get("Errors").get(0);
        JsonObject actual =
                client.call("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session/invite\",\"params\":{\"session\":\""
                        + SESSION + "\",\"contact\":\"alice@a.example\"}}");
        assertThat(actual).isEqualTo(documented);
    }

    @Test
    void everyEventLooksAsItsExampleSays() throws Exception {
        listen();
        client.call("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/listen\",\"params\":{\"on\":true}}");
        client.call("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session/read\",\"params\":{\"session\":\"" + SESSION
                + "\"}}");
        session.become(SessionState.ACCEPTED);
        session.fire(l -> l.onAccepted(session, "x"));
        session.fire(l -> l.onDeclined(session, "x"));
        session.fire(l -> l.onCancelled(session, "x"));
        session.fire(l -> l.onAppNotPresent(session, "x", "x"));
        session.fire(l -> l.onReadyToLaunch(session));
        session.fire(l -> l.onContextData(session, "x"));
        session.fire(l -> l.onSendError(session, ResultCode.E_FAIL));
        session.fire(l -> l.onTermination(session, ResultCode.S_OK, "x"));
        other.managerListeners.forEach(l -> {
            l.onLaunchingSession(session);
            l.onAppRegistered(WHITEBOARD);
            l.onAppUnregistered(WHITEBOARD);
            l.onLockEnable(true);
            l.onLockChallenge(17, "x");
            l.onLockResult(17, true);
            l.onLockStatusChanged(LockStatus.UNLOCKED);
            l.onAppShutdown();
        });
        other.listeners.forEach(l -> {
            l.onConnectionChanged(other.connection);
            l.onContactChanged(other.contact("bob@b.example"));
            l.onContactRequest(other.contact("bob@b.example"));
            l.onSession(session);
            l.onSessionStep(session, SessionStep.RINGING);
            l.onInvitationToAnswer(session);
            l.onMessage(other.sendMessage("bob@b.example", "x"));
            l.onMissedInvitation(other.missed.get(0));
        });
        Set<String> heard = new TreeSet<>();
        while (heard.size() < Calls.EVENTS.size()) {
            JsonObject event = client.next();
            String method = event.get("method").getAsString();
            assertThat(heard.add(method)).as(method + " once").isTrue();
            sameShape(method, examples.get(method).get(0), event);
        }
        assertThat(heard).isEqualTo(new TreeSet<>(Calls.EVENTS));
    }

    @Test
    void everyQuestionIsAskedAndAnsweredAsItsExampleSays() throws Exception {
        listen();
        client.call("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session/read\",\"params\":{\"session\":\"" + SESSION
                + "\"}}");
        assertThat(asked(
                        "manager/onInvitation",
                        () -> other.managerListeners.get(0).onInvitation(session, "board 7")))
                .isTrue();
        assertThat(asked(
                        "session/beforeAppLaunch",
                        () -> session.listeners.get(0).beforeAppLaunch(session)))
                .isFalse();
    }

    private void listen() throws Exception {
        client.call("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"manager/listen\",\"params\":{\"on\":true}}");
    }

    private boolean asked(String method, BooleanSupplier ask) throws Exception {
        CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(ask::getAsBoolean);
        JsonObject question = client.next();
        sameShape(method, examples.get(method).get(0), question);
        JsonObject response = examples.get(method).get(1).deepCopy();
        response.add("id", question.get("id"));
        client.send(response.toString());
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void theBoundsAreTheOnesHeld() throws Exception {
        assertThat(Files.readString(PAGE))
                .contains("| header | %,d bytes".formatted(Protocol.HEADER_BYTES))
                .contains("| message to the agent | %,d bytes".formatted(Protocol.REQUEST_BYTES))
                .contains("| message to the application | %d MiB".formatted(Protocol.MESSAGE_BYTES >> 20))
                .contains("| nesting | %d |".formatted(Protocol.NESTING))
                .contains("| requests running, waiting | %d, about %d |"
                        .formatted(Connection.RUNNING, Connection.PENDING))
                .contains("| from connecting to `hello` | %d s |"
                        .formatted(TimeUnit.NANOSECONDS.toSeconds(Connection.HELLO_NANOS)))
                .contains("| from the first to the last byte of a message | %d s |"
                        .formatted(TimeUnit.NANOSECONDS.toSeconds(Connection.MESSAGE_NANOS)))
                .contains("| answers and events not read | %d MiB".formatted(Outbox.FULL_BYTES >> 20))
                .contains("| answer to a question | %d s |".formatted(Protocol.ASK_MILLIS / 1000))
                .contains("| connections | %d |".formatted(LocalEndpoint.CONNECTIONS));
    }

    /** The same members of the same types; null may stand for anything, an array for one of another length. */
    private static void sameShape(String where, JsonElement documented, JsonElement actual) {
        if (documented.isJsonNull() || actual.isJsonNull()) {
            return;
        }
        if (documented.isJsonObject()) {
            assertThat(actual.isJsonObject()).as(where).isTrue();
            assertThat(actual.getAsJsonObject().keySet())
                    .as("%s: %s", where, actual)
                    .isEqualTo(documented.getAsJsonObject().keySet());
            documented
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(member -> sameShape(
                            where + "." + member.getKey(),
                            member.getValue(),
                            actual.getAsJsonObject().get(member.getKey())));
        } else if (documented.isJsonArray()) {
            assertThat(actual.isJsonArray()).as(where).isTrue();
            if (!documented.getAsJsonArray().isEmpty()
                    && !actual.getAsJsonArray().isEmpty()) {
                sameShape(
                        where + "[]",
                        documented.getAsJsonArray().get(0),
                        actual.getAsJsonArray().get(0));
            }
        } else {
            assertThat(JsonParser.parseString(documented.toString())
                            .getAsJsonPrimitive()
                            .isString())
                    .as("%s: %s", where, actual)
                    .isEqualTo(actual.isJsonPrimitive()
                            && actual.getAsJsonPrimitive().isString());
        }
    }
}
