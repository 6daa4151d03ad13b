package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A service and the people signed in to it, each an own process, in a temporary folder. Closing it ends them all and
 * holds that nothing was left behind.
 */
final class Stage implements AutoCloseable {
    static final String DOMAIN = "beckon.test";
    static final String PASSWORD = "correct horse battery staple";

    private static final Pattern READY = Pattern.compile("ready.*:(\\d+)\\b");

    private final Path folder;
    private final Map<String, Person> people = new HashMap<>();
    private final List<Running> running = new ArrayList<>();
    private final Launches launches = new Launches();
    private final List<String> javaOptions;
    private final List<String> serveOptions;
    private boolean windows;
    private int port;
    private Running service;

    private Stage(List<String> javaOptions, List<String> serveOptions, String configuration) {
        try {
            this.folder = Files.createTempDirectory("beckon-st");
            this.serveOptions = new ArrayList<>(serveOptions);
            if (!configuration.isEmpty()) {
                Path file = folder.resolve("beckon.conf");
                Files.writeString(file, configuration + "\n");
                this.serveOptions.addAll(List.of("--config", file.toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.javaOptions = javaOptions;
        startService();
    }

    /** Raises the curtain: the service serves. */
    static Stage open(String... serveOptions) {
        return new Stage(List.of(), List.of(serveOptions), "");
    }

    /** The same with a service that has little memory. */
    static Stage openWithHeap(String heap, String... serveOptions) {
        return new Stage(List.of("-Xmx" + heap), List.of(serveOptions), "");
    }

    /** The same, with these lines in the service's configuration. */
    static Stage openWith(String configuration) {
        return new Stage(List.of(), List.of(), configuration);
    }

    /** Raises the curtain, for people whose agents serve a window. */
    static Stage openWithWindows() {
        Stage stage = open();
        stage.windows = true;
        return stage;
    }

    boolean hasWindows() {
        return windows;
    }

    Path folder() {
        return folder;
    }

    Path serviceHome() {
        return folder.resolve("service");
    }

    Path certificate() {
        return serviceHome().resolve("certificate.pem");
    }

    int port() {
        return port;
    }

    Running service() {
        return service;
    }

    Launches launches() {
        return launches;
    }

    /** Starts the service, at the port it had before if it ran already, and waits until it serves. */
    void startService() {
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--home",
                serviceHome().toString(),
                "--domain",
                DOMAIN,
                "--bind",
                "127.0.0.1",
                "--c2s-port",
                String.valueOf(port)));
        arguments.addAll(serveOptions);
        service = start("service", Installation.commandWith(javaOptions, arguments.toArray(String[]::new)), Map.of());
        Matcher ready =
                READY.matcher(service.awaitLine(line -> READY.matcher(line).find(), "that it is ready"));
        assertThat(ready.find()).isTrue();
        port = Integer.parseInt(ready.group(1));
    }

    /** Runs a command to its end and returns it. */
    Running run(Map<String, String> environment, String... arguments) {
        Running command = start("beckon " + arguments[0], environment, arguments);
        command.endInput();
        command.awaitExit();
        return command;
    }

    /** Starts a command that stays. */
    Running start(String name, Map<String, String> environment, String... arguments) {
        return start(name, Installation.command(arguments), environment);
    }

    private Running start(String name, List<String> line, Map<String, String> environment) {
        Running command = Running.start(name, folder, environment, line);
        running.add(command);
        return command;
    }

    /** An account, made where there is none yet, and its agent, signed in. */
    Person person(String name) {
        return personWith(name, "");
    }

    /** The same, with these lines in its agent.conf. */
    Person personWith(String name, String configuration) {
        return peopleWith(configuration, name).get(0);
    }

    /** The same, whose agent has these variables in its environment. */
    Person personIn(String name, Map<String, String> environment) {
        return people.computeIfAbsent(name, n -> {
            makeAccount(n);
            Person person = new Person(this, n, folder.resolve(n));
            person.environment(environment);
            person.start();
            return person;
        });
    }

    /** Makes an account. */
    void makeAccount(String name) {
        Running account = account(name);
        assertThat(account.awaitExit()).as(account.output()).isZero();
    }

    /** Several at once. */
    List<Person> peopleWith(String configuration, String... names) {
        List<String> missing =
                Stream.of(names).filter(name -> !people.containsKey(name)).toList();
        List<Running> accounts = missing.stream().map(this::account).toList();
        for (Running account : accounts) {
            assertThat(account.awaitExit()).as(account.output()).isZero();
        }
        for (String name : missing) {
            Person person = new Person(this, name, folder.resolve(name));
            person.configure(configuration);
            person.launch();
            people.put(name, person);
        }
        List<Person> found = Stream.of(names).map(people::get).toList();
        found.forEach(Person::awaitUp);
        return found;
    }

    /** Whoever was killed is started again: the service, and the agents. */
    void restore() {
        if (!service.isAlive()) {
            startService();
        }
        List<Person> dead =
                people.values().stream().filter(p -> !p.agent().isAlive()).toList();
        dead.forEach(Person::launch);
        people.values().forEach(Person::awaitUp);
    }

    /** Begins to make an account. */
    private Running account(String name) {
        Running add = start(
                "user add",
                Map.of(),
                "user",
                "add",
                name,
                "--home",
                serviceHome().toString(),
                "--password-stdin");
        add.type(PASSWORD + "\n");
        add.endInput();
        return add;
    }

    /** Issues a key for these applications. */
    Key key(String appId, String environment, String... guids) {
        List<String> arguments = new ArrayList<>(List.of(
                "key",
                "issue",
                appId,
                "--environment",
                environment,
                "--home",
                serviceHome().toString()));
        for (String guid : guids) {
            arguments.addAll(List.of("--guid", guid));
        }
        arguments.add("--json");
        Running issue = run(Map.of(), arguments.toArray(String[]::new));
        String json = issue.output()
                .lines()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(issue.output()));
        return new Key(
                appId, JsonParser.parseString(json).getAsJsonObject().get("key").getAsString());
    }

    /** The agent of an account, which is not awaited to sign in. */
    Person personInWaiting(String name) {
        return people.computeIfAbsent(name, n -> {
            Person person = new Person(this, n, folder.resolve(n));
            person.launch();
            person.watch();
            return person;
        });
    }

    /** Another device of an account: an agent with a folder of its own, signed in. */
    Person device(String name, String device) {
        Person person = new Person(this, name, folder.resolve(device));
        person.start();
        return person;
    }

    /** Both have each other in their contact lists and see each other online. */
    void befriend(Person one, Person other) {
        one.messenger().addContact(other.address(), null);
        other.awaitRequestFrom(one);
        other.messenger().addContact(one.address(), null);
        one.awaitOnline(other);
        other.awaitOnline(one);
    }

    /** A GUID no other test uses. */
    static String newGuid() {
        return "{" + UUID.randomUUID().toString().toUpperCase(Locale.ROOT) + "}";
    }

    /** An executable that runs the {@link Probe} for this application. */
    Path probe(String guid) {
        return script("exec " + Installation.javaCommand(Probe.class, String.valueOf(launches.port()), guid));
    }

    /** The same, which opens the lock with this key before anything else. */
    Path probe(String guid, Key key) {
        return script("exec "
                + Installation.javaCommand(
                        Probe.class,
                        String.valueOf(launches.port()),
                        guid,
                        key.appId(),
                        key.file(folder).toString()));
    }

    /** An executable shell script. */
    Path script(String body) {
        try {
            Path script = Files.createTempFile(folder, "app", ".sh");
            Files.writeString(script, "#!/bin/sh\n" + body + "\n");
            return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        people.values().forEach(Person::close);
        for (Running command : running) {
            command.close();
        }
        launches.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
