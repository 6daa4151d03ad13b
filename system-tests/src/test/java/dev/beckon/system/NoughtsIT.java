package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Session;
import dev.beckon.SessionState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The game of the tutorial as it is packaged, where somebody invites from outside of it: both agents launch it. */
class NoughtsIT {
    private static final String GUID = "{9C0B7E52-3A1D-4D55-8E6B-51F0C7A2D914}";
    private static final Path START = Installation.root().resolve("samples/noughts/noughts");

    @Test
    void startedOnceItIsRegisteredAndIsLaunchedOnBothSides() {
        try (Stage stage = Stage.open()) {
            Person alice = stage.personIn(
                    "alice", Map.of("NOUGHTS_MOVES", "13849", "JAVA_TOOL_OPTIONS", "-Djava.awt.headless=true"));
            Person bob = stage.personIn(
                    "bob", Map.of("NOUGHTS_MOVES", "5267", "JAVA_TOOL_OPTIONS", "-Djava.awt.headless=true"));
            stage.befriend(alice, bob);
            for (Person person : List.of(alice, bob)) {
                try (Running game = Running.start(
                        "noughts",
                        stage.folder(),
                        Map.of("BECKON_HOME", person.home().toString()),
                        List.of(START.toString()))) {
                    assertThat(game.awaitExit()).as(game.output()).isZero();
                }
            }

            Session session = alice.messenger().invite(alice.contact(bob), GUID, "Your move?");
            bob.window().await(event -> event.startsWith("to answer"), "an invitation to answer");
            bob.messenger().sessions().get(0).accept(null);

            for (Person person : List.of(alice, bob)) {
                await().atMost(Times.LONG)
                        .untilAsserted(
                                () -> assertThat(person.printedByLaunched()).contains("[XOXXOOOXX] Nobody wins"));
            }
            await().atMost(Times.LONG).until(() -> session.state() == SessionState.TERMINATED);
        }
    }
}
