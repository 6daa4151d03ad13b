package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.local.Beckon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Somebody with an agent: a process of its own, and connections of this test to it. */
final class Person implements AutoCloseable {
    private final Stage stage;
    private final String name;
    private final Path home;
    private Map<String, String> environment = Map.of();
    private final List<Messenger> connections = new ArrayList<>();
    private Running agent;
    private Messenger messenger;
    private Recorder window;

    Person(Stage stage, String name, Path home) {
        this.stage = stage;
        this.name = name;
        this.home = home;
    }

    /** Writes its agent.conf. */
    void configure(String configuration) {
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("agent.conf"), configuration + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives its agent, and what that launches, these variables. */
    void environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    /** Starts the agent and waits until it is up. */
    void start() {
        launch();
        awaitUp();
    }

    /** Starts the agent. */
    void launch() {
        try {
            Files.createDirectories(home);
            Path password = stage.folder().resolve("password");
            if (!Files.exists(password)) {
                Files.createFile(
                        password,
                        java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                                java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
                Files.writeString(password, Stage.PASSWORD + "\n");
            }
            List<String> arguments = new ArrayList<>(List.of(
                    "agent",
                    "--home",
                    home.toString(),
                    "--user",
                    address(),
                    "--server",
                    "127.0.0.1:" + stage.port(),
                    "--trust",
                    stage.certificate().toString(),
                    "--password-file",
                    password.toString()));
            if (!stage.hasWindows()) {
                arguments.add("--no-window");
            }
            agent = stage.start("agent of " + name, environment, arguments.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        messenger = null;
    }

    /** Waits until the agent is signed in and knows whether the service locks, connected to as its window. */
    void awaitUp() {
        if (messenger == null) {
            watch();
        }
        await().atMost(Times.LONG)
                .failFast("the agent ended", () -> !agent.isAlive())
                .until(() -> messenger.connection().state() == Messenger.Connection.State.SIGNED_IN
                        && messenger.sessionManager().lock().status() != LockStatus.NOTINITIALIZED);
    }

    /** Connects to the agent as its window. */
    void watch() {
        window = new Recorder();
        messenger = await().atMost(Times.LONG)
                .failFast(() -> assertThat(agent.isAlive()).as(agent.output()).isTrue())
                .ignoreException(SessionException.class)
                .until(() -> connect(null), Objects::nonNull);
        messenger.addListener(window);
    }

    String address() {
        return name + "@" + Stage.DOMAIN;
    }

    Path home() {
        return home;
    }

    Path socket() {
        return home.resolve("agent.sock");
    }

    Running agent() {
        return agent;
    }

    /** The connection of this person's window. */
    Messenger messenger() {
        return messenger;
    }

    /** What the window was told. */
    Recorder window() {
        return window;
    }

    /** A connection of an application that runs in this test; of a window or command where it is null. */
    Messenger connect(String application) {
        Messenger connection = Beckon.connect(new Beckon.Options(socket(), application, null));
        connections.add(connection);
        return connection;
    }

    /** Registers the {@link Probe} under a GUID. */
    void registerProbe(String guid) {
        register(guid, stage.probe(guid).toString());
    }

    void register(String guid, String path) {
        messenger.registerApplication(new Application(guid, "Probe", "https://probe.example/download", path));
    }

    Contact contact(Person other) {
        return messenger.contact(other.address());
    }

    void awaitRequestFrom(Person other) {
        await().atMost(Times.LONG)
                .untilAsserted(() -> assertThat(messenger.contactRequests())
                        .extracting(Contact::signInName)
                        .contains(other.address()));
    }

    void awaitOnline(Person other) {
        await().atMost(Times.LONG).until(() -> contact(other).status().isSignedIn());
    }

    void awaitOffline(Person other) {
        await().atMost(Times.LONG).until(() -> !contact(other).status().isSignedIn());
    }

    /** Ends whatever this person began and is going on yet. */
    void endSessions() {
        for (Session session : messenger.sessions()) {
            if (session.flags().contains(SessionFlag.INVITER)
                    && !session.state().isFinal()) {
                try {
                    session.cancel(ResultCode.S_OK, null);
                } catch (SessionException e) {
                    assertThat(session.state().isFinal()).as(e.getMessage()).isTrue();
                }
            }
        }
    }

    /** What the applications printed that this person's agent launched. */
    String printedByLaunched() {
        Path log = home.resolve("log");
        StringBuilder printed = new StringBuilder();
        try (Stream<Path> files = Files.isDirectory(log) ? Files.list(log) : Stream.empty()) {
            for (Path file : files.toList()) {
                printed.append(Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return printed.toString();
    }

    @Override
    public void close() {
        for (Messenger connection : connections) {
            connection.close();
        }
        if (agent.isAlive()) {
            assertThat(agent.stop())
                    .as("exit status of %s's agent:\n%s", name, agent.output())
                    .isZero();
        }
    }
}
