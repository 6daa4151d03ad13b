package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.Session;
import dev.beckon.SessionState;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application in another language: the Python sample at two people, over the local API alone. */
class PythonIT {
    private static final Path PROGRAM = Installation.root().resolve("samples/python/rendezvous.py");
    private static final String GUID = "{6E0D5B0C-2C6B-4F0A-9B57-4D4C1E8A7F21}";
    private static final Map<String, String> PYTHON = Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONUTF8", "1");

    private Stage stage;
    private Person alice;
    private Person bob;

    @BeforeEach
    void open() {
        stage = Stage.open();
        alice = stage.personIn("alice", PYTHON);
        bob = stage.personIn("bob", PYTHON);
        stage.befriend(alice, bob);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Running rendezvous(Person person, String... arguments) {
        Map<String, String> environment = new HashMap<>(PYTHON);
        environment.put("BECKON_SOCKET", person.socket().toString());
        List<String> command = Stream.concat(Stream.of("python3", PROGRAM.toString()), Stream.of(arguments))
                .toList();
        return Running.start("rendezvous of " + person.address(), stage.folder(), environment, command);
    }

    private String interpreter() {
        try (Running python = Running.start(
                "python3",
                stage.folder(),
                Map.of(),
                List.of("python3", "-c", "import sys; print('is ' + sys.executable)"))) {
            return python.awaitLine(line -> line.startsWith("is "), "where it is")
                    .substring(3);
        }
    }

    @Test
    void theInviterAndTheLaunchedApplicationMeet() {
        String path = "\"" + interpreter() + "\" \"" + PROGRAM + "\"";
        bob.messenger().sessionManager().registerApplication(new Application(GUID, "Rendezvous", "", path));
        try (Running inviter = rendezvous(alice, bob.address())) {
            bob.window().await(event -> event.startsWith("to answer "), "an invitation to answer");
            Session invitation = bob.messenger().sessions().stream()
                    .filter(session -> session.state() == SessionState.INVITATION)
                    .findFirst()
                    .orElseThrow();
            assertThat(invitation.contextData()).isEqualTo("shall we meet?");
            invitation.accept(null);
            await().atMost(Times.LONG)
                    .untilAsserted(() -> assertThat(bob.printedByLaunched())
                            .contains("signed in as " + bob.address())
                            .contains("heard: hello back from " + alice.address()));
            assertThat(inviter.awaitExit()).as(inviter.output()).isZero();
            assertThat(inviter.output())
                    .contains("heard: hello from " + bob.address())
                    .doesNotContain("turned away");
            await().atMost(Times.LONG).until(() -> invitation.state() == SessionState.TERMINATED);
        }
    }

    @Test
    void theInviterAndTheOneThatRunsAlreadyMeet() {
        try (Running waiting = rendezvous(bob, "--wait", "--yes")) {
            waiting.awaitLine(line -> line.startsWith("waiting for an invitation"), "that it waits");
            try (Running inviter = rendezvous(alice, bob.address())) {
                assertThat(inviter.awaitExit()).as(inviter.output()).isZero();
                assertThat(inviter.output()).contains("heard: hello from " + bob.address());
            }
            assertThat(waiting.awaitExit()).as(waiting.output()).isZero();
            assertThat(waiting.output()).contains("heard: hello back from " + alice.address());
        }
        assertThat(bob.window().events()).noneMatch(event -> event.startsWith("to answer "));
    }
}
