package dev.beckon.system;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;
import static dev.beckon.ResultCode.REGDB_E_WRITEREGDB;
import static dev.beckon.ResultCode.SR_APP_ALREADY_REGISTERED;
import static dev.beckon.ResultCode.SR_APP_NOT_REGISTERED;
import static dev.beckon.system.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.Application;
import dev.beckon.Messenger;
import dev.beckon.SessionException;
import dev.beckon.SessionManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The applications of a computer: registered by one, known to all; files people write; those of every user. */
class RegistryIT {
    private static Stage stage;
    private static Person alice;
    private static Path everybodys;

    private final String guid = Stage.newGuid();
    private Recorder here;
    private Recorder there;
    private SessionManager one;
    private SessionManager other;

    @BeforeAll
    static void open() throws IOException {
        stage = Stage.open();
        everybodys = Files.createDirectories(stage.folder().resolve("xdg/beckon/apps"));
        alice = stage.personIn(
                "alice", Map.of("XDG_CONFIG_DIRS", stage.folder().resolve("xdg").toString()));
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @BeforeEach
    void connect() {
        here = new Recorder();
        there = new Recorder();
        one = listening(here);
        other = listening(there);
    }

    private static SessionManager listening(Recorder recorder) {
        Messenger connection = alice.connect(null);
        connection.sessionManager().addListener(recorder);
        // The agent answers in order: once it has, it knows of the listener.
        connection.sessionManager().applications();
        return connection.sessionManager();
    }

    private static Application program(String guid, String name) {
        return new Application(
                guid, name, "https://a.example/" + name, stage.script("exit 0").toString());
    }

    private static List<String> names(SessionManager manager, String guid) {
        return manager.applications().stream()
                .filter(app -> app.guid().equals(guid))
                .map(Application::name)
                .toList();
    }

    private static Path file(String guid) {
        return alice.home().resolve("apps").resolve(guid + ".conf");
    }

    private void write(Path file, String name) throws IOException {
        Files.writeString(file, "name = " + name + "\npath = \"" + stage.script("exit 0") + "\"\n");
    }

    private void bothHear(String event) {
        here.await(event);
        there.await(event);
    }

    private long count(Recorder recorder, String event) {
        return recorder.events().stream().filter(event::equals).count();
    }

    @Test
    void whatOneRegistersAllHearOf() {
        Application application = program(guid, "Chess");
        one.registerApplication(application);
        bothHear("registered " + guid);
        assertThat(other.applications()).contains(application);
        assertThat(file(guid)).isRegularFile();

        other.unregisterApplication(guid);
        bothHear("unregistered " + guid);
        assertThat(names(one, guid)).isEmpty();
        assertThat(file(guid)).doesNotExist();
        for (Recorder recorder : List.of(here, there)) {
            assertThat(recorder.events().stream().filter(e -> e.contains(guid)))
                    .containsExactly("registered " + guid, "unregistered " + guid);
        }
    }

    @Test
    void whatIsRegisteredMustBeUnregisteredBeforeItChanges() {
        one.registerApplication(program(guid, "Chess"));
        for (SessionManager manager : List.of(one, other)) {
            assertRefused(SR_APP_ALREADY_REGISTERED, () -> manager.registerApplication(program(guid, "Checkers")));
        }
        assertThat(names(other, guid)).containsExactly("Chess");
        other.unregisterApplication(guid);
        assertRefused(SR_APP_NOT_REGISTERED, () -> one.unregisterApplication(guid));
        one.registerApplication(program(guid, "Checkers"));
        assertThat(names(other, guid)).containsExactly("Checkers");
    }

    @Test
    void ofTwoThatRegisterAtOnceOneDoes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Object>> both = new ArrayList<>();
            for (SessionManager manager : List.of(one, other)) {
                Application application = program(guid, manager == one ? "One" : "Other");
                both.add(() -> {
                    try {
                        manager.registerApplication(application);
                        return application.name();
                    } catch (SessionException e) {
                        return e.code();
                    }
                });
            }
            List<Object> outcomes = new ArrayList<>();
            for (Future<Object> outcome : threads.invokeAll(both)) {
                outcomes.add(outcome.get());
            }
            assertThat(outcomes).contains(SR_APP_ALREADY_REGISTERED);
            assertThat(names(one, guid)).hasSize(1).allMatch(outcomes::contains);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatCannotBeRunOrBreaksALimitIsRefused() {
        assertRefused(E_FAIL, () -> one.registerApplication(new Application(guid, "A", "", "/no/such/program")));
        assertRefused(E_INVALIDARG, () -> one.registerApplication(new Application(guid, "A", "", "relative/path")));
        assertRefused(E_INVALIDARG, () -> one.registerApplication(program(guid, "n".repeat(257))));
        assertRefused(E_INVALIDARG, () -> one.unregisterApplication(guid.toLowerCase(java.util.Locale.ROOT)));
        assertThat(names(one, guid)).isEmpty();
    }

    @Test
    void aFilePutThereByHandIsAnApplicationUntilItIsTakenAway() throws IOException {
        write(file(guid), "ByHand");
        bothHear("registered " + guid);
        assertThat(names(other, guid)).containsExactly("ByHand");

        write(file(guid), "Renamed");
        bothHear("unregistered " + guid);
        until(() -> count(here, "registered " + guid) == 2 && count(there, "registered " + guid) == 2);
        assertThat(names(other, guid)).containsExactly("Renamed");
        assertRefused(SR_APP_ALREADY_REGISTERED, () -> one.registerApplication(program(guid, "Mine")));

        Files.delete(file(guid));
        until(() -> count(here, "unregistered " + guid) == 2 && count(there, "unregistered " + guid) == 2);
        assertThat(names(other, guid)).isEmpty();
    }

    @Test
    void aFileThatCannotBeTakenIsNotLost() throws IOException {
        Files.writeString(file(guid), "name = Broken\n");
        assertRefused(REGDB_E_WRITEREGDB, () -> one.registerApplication(program(guid, "Mine")));
        assertThat(file(guid)).content().contains("Broken");
        write(file(guid), "Repaired");
        bothHear("registered " + guid);
        assertThat(names(one, guid)).containsExactly("Repaired");
    }

    @Test
    void anApplicationOfEveryUserIsReadOnlyAndTheUsersOwnGoesFirst() throws IOException {
        Path shared = everybodys.resolve(guid + ".conf");
        write(shared, "Everybodys");
        bothHear("registered " + guid);
        assertRefused(REGDB_E_WRITEREGDB, () -> one.unregisterApplication(guid));
        assertRefused(SR_APP_ALREADY_REGISTERED, () -> one.registerApplication(program(guid, "Mine")));
        write(file(guid), "Mine");
        until(() -> names(one, guid).equals(List.of("Mine")));
        one.unregisterApplication(guid);
        assertThat(names(one, guid)).containsExactly("Everybodys");
        assertThat(shared).isRegularFile();
    }

    @Test
    void theCommandListsThem() {
        one.registerApplication(program(guid, "Chess"));
        Running list = stage.run(
                Map.of(), "apps", "list", "--json", "--home", alice.home().toString());
        assertThat(list.awaitExit()).as(list.output()).isZero();
        List<JsonObject> listed = list.output()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(json -> json.get("application").getAsString().equals(guid))
                .toList();
        assertThat(listed).singleElement().satisfies(json -> {
            assertThat(json.get("name").getAsString()).isEqualTo("Chess");
            assertThat(json.get("url").getAsString()).isEqualTo("https://a.example/Chess");
            assertThat(json.get("path").getAsString()).endsWith(".sh");
        });
        Running unregister = stage.run(
                Map.of(), "apps", "unregister", guid, "--home", alice.home().toString());
        assertThat(unregister.awaitExit()).as(unregister.output()).isZero();
        bothHear("unregistered " + guid);
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Times.LONG).until(condition);
    }
}
