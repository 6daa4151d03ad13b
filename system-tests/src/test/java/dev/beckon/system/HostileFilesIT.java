package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.LockStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What hands, editors and others leave in an agent's folder: skipped by name, with the line and what to do; the rest is served. */
class HostileFilesIT {
    private static Stage stage;
    private static List<Person> people;

    @BeforeAll
    static void open() {
        stage = Stage.open();
        people = stage.peopleWith("", "alice", "bob", "carol");
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    private static Path app(Path apps) {
        return apps.resolve(Stage.newGuid() + ".conf");
    }

    @Test
    void badFilesAreSkippedByNameAndTheRestIsServed() throws IOException {
        Person alice = people.get(0);
        Path apps = alice.home().resolve("apps");
        String good = Stage.newGuid();
        await().atMost(Times.LONG)
                .until(() -> alice.messenger().sessionManager().lock().status() == LockStatus.DISABLED);
        alice.registerProbe(good);
        Map<Path, String> expected = new LinkedHashMap<>();
        Path binary = app(apps);
        Files.write(binary, new byte[] {(byte) 0xFF, 0, 1, 2});
        expected.put(binary, "it is not UTF-8 text; save it as UTF-8");
        Path huge = app(apps);
        Files.writeString(huge, "# " + "x".repeat(1 << 20));
        expected.put(huge, "it has more than 16384 bytes; shorten it");
        Path link = app(apps);
        Files.createSymbolicLink(link, Path.of("/etc/passwd"));
        expected.put(link, "it is a symbolic link; ");
        Path including = app(apps);
        Files.writeString(including, "name = \"x\"\ninclude \"/etc/passwd\"\n");
        expected.put(including, ", line 2: it includes /etc/passwd");
        Path substituting = app(apps);
        Files.writeString(substituting, "\n\nname = ${HOME}\npath = \"/bin/true\"\n");
        expected.put(substituting, ", line 3: it substitutes");
        Path misspelt = app(apps);
        Files.writeString(misspelt, "nmae = \"x\"\npath = \"/bin/true\"\n");
        expected.put(misspelt, ", line 1: nmae is not known; the keys here are name, url, path");
        Path torn = app(apps);
        Files.writeString(torn, "name = \"x\"\npath = \"/bin/tr");
        expected.put(torn, ", line 2: it cannot be parsed");
        Path deep = app(apps);
        Files.writeString(deep, "name = " + "[".repeat(8_000));
        expected.put(deep, "brackets stand in brackets");
        Path unnamed = apps.resolve("whiteboard.conf");
        Files.writeString(unnamed, "path = \"/bin/true\"\n");
        expected.put(unnamed, "its name is no GUID");

        await().atMost(Times.LONG)
                .untilAsserted(() -> assertThat(alice.messenger().problems()).hasSameSizeAs(expected.keySet()));
        String status =
                stage.run(Map.of(), "status", "--home", alice.home().toString()).output();
        expected.forEach((file, problem) -> {
            assertThat(alice.messenger().problems())
                    .anyMatch(each -> each.startsWith(file.toString()) && each.contains(problem));
            assertThat(status.lines()).anyMatch(line -> line.contains(file.toString()) && line.contains(problem));
        });
        assertThat(alice.messenger().sessionManager().applications())
                .extracting(Application::guid)
                .containsExactly(good);

        for (Path file : expected.keySet()) {
            Files.delete(file);
        }
        await().atMost(Times.LONG).until(() -> alice.messenger().problems().isEmpty());
    }

    @Test
    void brokenSettingsLeaveThoseBeforeInForceAndAreTold() throws IOException {
        Person bob = people.get(1);
        Path settings = bob.home().resolve("agent.conf");
        Files.writeString(settings, "invitations { ring = everyone }\ntimes { step = soon }\n");
        await().atMost(Times.LONG)
                .untilAsserted(() -> assertThat(bob.messenger().problems())
                        .singleElement()
                        .asString()
                        .startsWith(settings + ", line 2: times.step is no time; "));
        Files.writeString(settings, "");
        await().atMost(Times.LONG).until(() -> bob.messenger().problems().isEmpty());
    }

    @Test
    void whatIsWrongAtTheStartIsSaidAndHasACode() throws IOException {
        Person carol = people.get(2);
        Path apps = carol.home().resolve("apps");
        assertThat(carol.agent().stop()).isZero();
        Path bad = apps.resolve("whiteboard.conf");
        Files.writeString(bad, "");
        carol.launch();
        carol.agent().awaitLine(line -> line.contains(bad + ": its name is no GUID"), "which file it skips");
        carol.awaitUp();

        assertThat(carol.agent().stop()).isZero();
        Files.writeString(carol.home().resolve("agent.conf"), "ring = everyone\n");
        carol.launch();
        assertThat(carol.agent().awaitExit()).isEqualTo(2);
        assertThat(carol.agent().output()).contains("agent.conf, line 1: ring is not known");

        Files.delete(carol.home().resolve("agent.conf"));
        Files.setPosixFilePermissions(carol.home(), PosixFilePermissions.fromString("rwxrwxrwx"));
        carol.launch();
        carol.agent().awaitExit();
        assertThat(carol.agent().output()).contains(carol.home().toString());
        assertThat(carol.agent().output()).contains("chmod");
    }
}
