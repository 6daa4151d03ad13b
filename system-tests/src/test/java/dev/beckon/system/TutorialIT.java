package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/tutorial.md, followed from top to bottom: the commands and the program as they stand there. */
class TutorialIT {
    @TempDir
    private Path folder;

    private final Deque<Running> running = new ArrayDeque<>();
    private final Deque<String> commands = new ArrayDeque<>();
    private Path clone;
    private Path home;
    private String port;

    /** A folder that is like a clone with everything built, and a home. */
    @BeforeEach
    void open() throws IOException {
        clone = Files.createDirectory(folder.resolve("clone"));
        home = Files.createDirectory(folder.resolve("home"));
        Path beckon = Files.writeString(
                clone.resolve("beckon"),
                "#!/bin/sh\nexec '" + String.join("' '", Installation.command()) + "' \"$@\"\n");
        Files.setPosixFilePermissions(beckon, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(clone.resolve("samples"), Installation.root().resolve("samples"));
        try (ServerSocket free = new ServerSocket(0)) {
            port = String.valueOf(free.getLocalPort());
        }
        commands.addAll(new Tutorial(Installation.root()).commands());
    }

    @AfterEach
    void close() {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    @Test
    void whoFollowsItPlaysAGame() throws IOException {
        type("accounts");
        start("service", "").awaitLine(line -> line.contains("ready"), "that it is ready");
        start("Alice's agent", "").awaitLine(line -> line.contains("signed in"), "that Alice is signed in");
        Running bob = start("Bob's agent", "23");
        bob.awaitLine(line -> line.contains("signed in"), "that Bob is signed in");
        type("contacts");
        Files.writeString(home.resolve("noughts/Noughts.java"), new Tutorial(Installation.root()).program());
        type("script");
        assertThat(type("registration")).contains("Noughts is registered");
        Running alice = start("Alice's game", "159");
        bob.awaitLine(line -> line.contains("invites you to Noughts"), "the invitation");
        assertThat(type("acceptance")).contains("Accepted");

        assertThat(alice.awaitExit()).as(alice.output()).isZero();
        assertThat(alice.output()).contains("[XO  X    ] bob@play.example moves", "[XOO X   X] You win");
        await().atMost(Times.LONG)
                .untilAsserted(() ->
                        assertThat(printedByLaunched()).contains("Your move", "[XOO X   X] alice@play.example wins"));
        assertThat(commands).as("left to type").isEmpty();
    }

    /** Types the next block, which ends by itself. */
    private String type(String what) {
        Running block = start(what, "");
        assertThat(block.awaitExit()).as(block.output()).isZero();
        return block.output();
    }

    /** Types the next block, which stays; without a display these moves are played in it. */
    private Running start(String what, String moves) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", home.toString());
        environment.put("PATH", Installation.java().getParent() + ":" + System.getenv("PATH"));
        environment.put("JAVA_TOOL_OPTIONS", "-Djava.awt.headless=true");
        if (!moves.isEmpty()) {
            environment.put("NOUGHTS_MOVES", moves);
        }
        String block = commands.remove().replace("5222", port);
        Running started = Running.start(what, clone, environment, List.of("sh", "-e", "-c", block));
        running.push(started);
        return started;
    }

    private String printedByLaunched() throws IOException {
        List<String> printed = new ArrayList<>();
        try (Stream<Path> files = Files.list(home.resolve("noughts/bob/log"))) {
            for (Path file : files.toList()) {
                printed.add(Files.readString(file));
            }
        }
        return String.join("\n", printed);
    }
}
