package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whiteboard as a person starts it, drawing by a script. */
class WhiteboardIT {
    private static final String GUID = "{5D1B1C2E-7A0F-4C39-9B6E-2F4B8C0A71D3}";
    private static final Path START = Installation.root().resolve("samples/whiteboard/whiteboard");

    @Test
    void onAServiceThatLocksItOpensTheLockAndInvites() throws IOException {
        try (Stage stage = Stage.openWith("lock.mode = on")) {
            List<Person> both = stage.peopleWith("", "alice", "bob");
            Person alice = both.get(0);
            Person bob = both.get(1);
            stage.befriend(alice, bob);
            Path key = secret(stage, stage.key("whiteboard", "production", GUID));
            bob.register(
                    GUID,
                    START + " --key " + key + " --script "
                            + script(stage, "wait-connected", "wait-stroke 1", "stroke 30,30 40,40", "wait-end"));

            Path drawing = script(
                    stage, "invite " + bob.address(), "wait-connected", "stroke 1,1 2,2", "wait-stroke 1", "end");
            try (Running whiteboard = Running.start(
                    "whiteboard",
                    stage.folder(),
                    Map.of("BECKON_SOCKET", alice.socket().toString()),
                    List.of(START.toString(), "--key", key.toString(), "--script", drawing.toString()))) {
                bob.window().await(e -> e.startsWith("to answer"), "an invitation to answer");
                Session session = bob.messenger().sessions().get(0);
                assertThat(session.application()).isEqualTo(GUID);
                session.accept(null);
                assertThat(whiteboard.awaitExit()).as(whiteboard.output()).isZero();
                assertThat(whiteboard.output()).contains("30,30 40,40");
            }
        }
    }

    private static Path script(Stage stage, String... commands) throws IOException {
        return Files.write(Files.createTempFile(stage.folder(), "drawing", ""), List.of(commands));
    }

    private static Path secret(Stage stage, Key key) throws IOException {
        Path file = Files.createTempFile(
                stage.folder(),
                "key",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, key.appId() + " " + key.secret() + "\n");
    }
}
