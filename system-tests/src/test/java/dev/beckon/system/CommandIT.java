package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The beckon command as a process: what it refuses, with which words and code, and that it keeps its secrets. */
class CommandIT {
    private static Stage stage;
    private static Person alice;

    @BeforeAll
    static void open() {
        stage = Stage.open();
        alice = stage.person("alice");
    }

    @AfterAll
    static void close() {
        try (Stage closing = stage) {
            assertThat(closing.service().stop()).as("stopped by SIGTERM").isZero();
            assertThat(alice.agent().stop()).as("stopped by SIGTERM").isZero();
            assertThat(closing.service().output()).doesNotContain("\u001b");
            assertThat(alice.agent().output()).doesNotContain("\u001b", Stage.PASSWORD);
        }
    }

    private static Path folder(String name) {
        return stage.folder().resolve(name);
    }

    private static Running started(String... arguments) {
        return stage.start("beckon " + String.join(" ", arguments), Map.of(), arguments);
    }

    private static void assertEnds(Running command, int exit, String... words) {
        assertThat(command.awaitExit()).as(command.output()).isEqualTo(exit);
        assertThat(command.output()).contains(words).doesNotContain("\u001b", "\tat ", "Exception");
    }

    @Test
    void eachRefusalHasItsWordsAndItsCode() throws IOException {
        String port = String.valueOf(stage.port());
        String service = stage.serviceHome().toString();
        Path damaged = Files.createDirectory(folder("damaged"));
        Path file = Files.writeString(folder("file"), "no folder");
        Path config = Files.writeString(folder("bad.conf"), "domian = x.test\n");
        // A database in name only.
        try (Stream<Path> files = Files.list(stage.serviceHome())) {
            Path database = files.filter(each -> each.toString().endsWith(".db"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(damaged.resolve(database.getFileName()), "no database ".repeat(1000));
        }
        // All at once: they have nothing to do with each other.
        Running unknown = started("invit", "bob@x.test");
        Running option = started("serve", "--hom", "x");
        Running second = started("serve", "--home", service, "--domain", Stage.DOMAIN, "--c2s-port", "0");
        Running taken = started(
                "serve",
                "--home",
                folder("new").toString(),
                "--domain",
                "x.test",
                "--bind",
                "127.0.0.1",
                "--c2s-port",
                port);
        Running noFolder = started("serve", "--home", file.resolve("home").toString(), "--domain", "x.test");
        Running noDatabase = started("serve", "--home", damaged.toString(), "--domain", "x.test", "--c2s-port", "0");
        Running noDomain = started("serve", "--home", folder("new2").toString(), "--domain", "a b");
        Running misconfigured = started("serve", "--home", folder("new3").toString(), "--config", config.toString());
        assertEnds(unknown, 2, "there is no command \"invit\"", "invite");
        assertEnds(option, 2, "Unknown option: '--hom'", "--home");
        assertEnds(second, 11, service);
        assertEnds(taken, 10, port, "--c2s-port");
        assertEnds(noFolder, 11, file.toString());
        assertEnds(noDatabase, 11, damaged.toString());
        assertEnds(noDomain, 12, "a b");
        assertEnds(misconfigured, 12, "domian", config.toString());

        Running twice = started(
                "user",
                "add",
                "alice",
                "--home",
                service,
                "--password-file",
                folder("password").toString());
        Running nobody = started("user", "remove", "nobody", "--home", service);
        Running noGuid = started("key", "issue", "app", "--guid", "nonsense", "--home", service);
        Running noAgent = started("status", "--home", folder("nobody").toString(), "--json");
        Running self = started(
                "invite",
                alice.address(),
                "--app",
                "none",
                "--home",
                alice.home().toString(),
                "--json");
        Running noServer = started(
                "agent",
                "--user",
                alice.address(),
                "--server",
                "127.0.0.1:99999",
                "--home",
                folder("a").toString());
        Running argument = started(
                "agent",
                "--user",
                alice.address(),
                "--password",
                Stage.PASSWORD,
                "--home",
                folder("a").toString());
        Running another = started(
                "agent",
                "--user",
                alice.address(),
                "--home",
                alice.home().toString(),
                "--password-file",
                folder("password").toString());
        assertEnds(twice, 6, "alice already");
        assertEnds(nobody, 5, "nobody");
        assertEnds(noGuid, 2, "nonsense", "{XXXXXXXX");
        assertEnds(noAgent, 3, "beckon agent");
        assertThat(error(noAgent).get("code").getAsString()).isEqualTo("NO_AGENT");
        assertEnds(self, 5, "none");
        assertThat(error(self).get("code").getAsString()).isEqualTo("NOT_FOUND");
        assertEnds(noServer, 2, "99999");
        assertEnds(argument, 2, "--password", "--password-file");
        assertThat(argument.output()).as("what was meant as a password").doesNotContain(Stage.PASSWORD);
        assertThat(another.awaitExit()).as(another.output()).isNotZero();
        assertThat(another.output()).contains("another agent", alice.home().toString());
    }

    private static JsonObject error(Running command) {
        JsonObject error =
                JsonParser.parseString(command.output()).getAsJsonObject().getAsJsonObject("error");
        assertThat(error.get("exit").getAsInt()).isEqualTo(command.awaitExit());
        assertThat(error.get("problem").getAsString()).isNotEmpty();
        return error;
    }

    @Test
    void passwordsStandNowhereButWhereTheirOwnerPutThem() throws IOException {
        Path open = Files.writeString(folder("open-password"), Stage.PASSWORD);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        Running add = started(
                "user", "add", "carol", "--home", stage.serviceHome().toString(), "--password-file", open.toString());
        assertEnds(add, 0, "others can read what is in " + open, "chmod 600");
        assertThat(add.output()).doesNotContain(Stage.PASSWORD);
        Files.delete(open);
        for (Running process : List.of(stage.service(), alice.agent())) {
            for (String what : new String[] {"cmdline", "environ"}) {
                assertThat(Files.readString(
                                Path.of("/proc", String.valueOf(process.pid()), what), StandardCharsets.ISO_8859_1))
                        .doesNotContain(Stage.PASSWORD);
            }
        }
        List<Path> holding = new ArrayList<>();
        try (Stream<Path> files = Files.walk(stage.folder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(Stage.PASSWORD)) {
                    holding.add(file);
                }
            }
        }
        assertThat(holding).containsExactly(folder("password"));
    }
}
