package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code beckon demo}: what a newcomer runs first. */
class DemoIT {
    @TempDir
    private Path folder;

    @Test
    void tellsAStoryThatReallyHappenedAndLeavesNothing() throws Exception {
        Path home = folder.resolve("demo");
        try (Running demo = start(home)) {
            assertThat(demo.awaitExit()).as(demo.output()).isZero();
            assertThat(demo.output())
                    .containsSubsequence(
                            "The service is ready",
                            "Alice and Bob are signed in",
                            "Alice invites Bob",
                            "accepts",
                            "both sides are CONNECTED",
                            "Bob’s whiteboard shows it",
                            "Alice’s whiteboard shows it",
                            "the session has ended on both sides")
                    .doesNotContain("\u001B");
        }
        assertThat(processesOf(home)).isEmpty();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void stoppedInTheMiddleItLeavesNothingEither() throws Exception {
        Path home = folder.resolve("demo");
        try (Running demo = start(home)) {
            demo.awaitLine(line -> line.contains("are signed in"), "that both are signed in");
            demo.stop();
        }
        await().atMost(Times.LONG).until(() -> processesOf(home).isEmpty());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    private Running start(Path home) {
        return Running.start(
                "demo",
                folder,
                Map.of("LANG", "C.UTF-8"),
                Installation.command("demo", "--headless", "--home", home.toString()));
    }

    /** Processes that name this folder in their command line. */
    private static List<String> processesOf(Path home) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(home.toString()) && !line.contains("DemoIT"))
                .toList();
    }
}
