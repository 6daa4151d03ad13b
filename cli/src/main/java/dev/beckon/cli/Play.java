package dev.beckon.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import dev.beckon.agent.Agent;
import dev.beckon.local.Beckon;
import dev.beckon.service.Administration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the demo plays: Alice invites Bob to the whiteboard. Every process is a real one, every step waits for what it tells. */
final class Play {
    private static final String DOMAIN = "demo.example";
    /** As the whiteboard calls itself on every computer. */
    private static final String WHITEBOARD = "{5D1B1C2E-7A0F-4C39-9B6E-2F4B8C0A71D3}";

    private final Stage stage;
    private final Story story;
    private final boolean windows;
    private final Person alice;
    private final Person bob;

    /** One who plays. */
    private static final class Person {
        private final String name;
        private final String address;
        private final String password;
        private Stage.@Nullable Actor agent;
        private @Nullable Messenger messenger;

        Person(String name) {
            this.name = name;
            this.address = name.toLowerCase(Locale.ROOT) + "@" + DOMAIN;
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            this.password = HexFormat.of().formatHex(random);
        }

        Messenger messenger() {
            if (messenger == null) {
                throw new IllegalStateException(name + " has no agent yet");
            }
            return messenger;
        }

        boolean said(String... parts) {
            return agent != null && agent.line(parts) != null;
        }
    }

    Play(Stage stage, Story story, boolean windows) {
        this.stage = stage;
        this.story = story;
        this.windows = windows;
        this.alice = new Person("Alice");
        this.bob = new Person("Bob");
    }

    /** Plays it. */
    void perform(boolean spectators) throws Story.Broken, InterruptedException {
        Path whiteboard = whiteboard();
        boolean guests = windows && spectators;
        Drawing hello = new Drawing("4F46E5", 14, windows ? 40 : 0).write("Hi Bob!", 284, 170, 48);
        Drawing reply = new Drawing("E11D48", 14, windows ? 40 : 0).write("Hi Alice ☺", 244, 590, 34);
        JsonObject[] service = new JsonObject[1];

        story.step("service", "The service starts", "The service is ready", () -> {
            service[0] = startService();
            return DOMAIN + " on port " + service[0].get("port").getAsInt();
        });
        story.step("accounts", "Accounts are made", "Alice and Bob have accounts", () -> {
            try (Administration administration = Administration.open(stage.folder("service"))) {
                administration.addUser("alice", alice.password);
                administration.addUser("bob", bob.password);
            }
            return "";
        });
        story.step("agents", "Alice and Bob sign in", "Alice and Bob are signed in", () -> {
            signIn(service[0]);
            return "an agent each";
        });
        story.step("contacts", "They become contacts", "They are in each other’s contact list", () -> {
            becomeContacts();
            return "";
        });
        story.step("register", "The whiteboard is registered", "The whiteboard is registered with both", () -> {
            List<String> afterwards = new ArrayList<>();
            afterwards.add("wait-stroke " + reply.strokes());
            afterwards.add(windows ? "pause 1500" : "pause 0");
            afterwards.add(guests ? "wait-end" : "end");
            register(alice, whiteboard, script(List.of("wait-connected"), hello.commands(), afterwards), guests);
            register(
                    bob,
                    whiteboard,
                    script(
                            List.of("wait-connected", "wait-stroke " + hello.strokes()),
                            reply.commands(),
                            List.of("wait-end")),
                    guests);
            return "";
        });
        story.step("invite", "Alice invites Bob", "Alice invites Bob to the whiteboard", () -> {
            Session session =
                    alice.messenger().invite(alice.messenger().contact(bob.address), WHITEBOARD, "shall we draw?");
            return "session " + AgentOptions.shortId(session.sessionId());
        });
        story.step("accept", "Bob is asked", "Bob is asked, and accepts", () -> {
            stage.until("Bob is asked", () -> bob.said("\"event\":\"invitation\""));
            invitation().accept(null);
            return "";
        });
        story.step("connected", "The whiteboards start", "Both whiteboards run, both sides are CONNECTED", () -> {
            stage.until(
                    "both sides are CONNECTED",
                    () -> alice.said("\"event\":\"session\"", "\"state\":\"CONNECTED\"")
                            && bob.said("\"event\":\"session\"", "\"state\":\"CONNECTED\"")
                            && drew(alice, "state CONNECTED")
                            && drew(bob, "state CONNECTED"));
            return "";
        });
        story.step("stroke", "Alice draws", "Alice draws, and Bob’s whiteboard shows it", () -> {
            stage.until("Bob’s whiteboard shows what Alice draws", () -> drew(bob, hello.last()));
            return hello.strokes() + " strokes";
        });
        story.step("reply", "Bob draws", "Bob draws, and Alice’s whiteboard shows it", () -> {
            stage.until("Alice’s whiteboard shows what Bob draws", () -> drew(alice, reply.last()));
            return reply.strokes() + " strokes";
        });
        if (guests) {
            story.aside("The two windows are yours: draw. Close one of them to go on.");
            linger();
        }
        story.step("end", "The session ends", "Alice leaves; the session has ended on both sides", () -> {
            stage.until("the session ends on both sides", () -> ended(alice) && ended(bob));
            return "";
        });
    }

    private Path whiteboard() throws Story.Broken {
        Path lib = Path.of(System.getProperty("beckon.root", "."), "samples/whiteboard/target/beckon/lib");
        if (!Files.isDirectory(lib)) {
            throw new Story.Broken("The whiteboard is there", "there is no " + lib + "; build with ./beckon", null);
        }
        return lib.toAbsolutePath();
    }

    private JsonObject startService() throws IOException, InterruptedException, Story.Broken {
        Path home = stage.folder("service");
        Stage.Actor service = stage.start(
                "service",
                "",
                List.of(
                        "serve",
                        "--json",
                        "--home",
                        home.toString(),
                        "--domain",
                        DOMAIN,
                        "--bind",
                        "127.0.0.1",
                        "--c2s-port",
                        "0"));
        stage.until("the service is ready", () -> service.line("\"event\":\"ready\"") != null);
        return JsonParser.parseString(String.valueOf(service.line("\"event\":\"ready\"")))
                .getAsJsonObject();
    }

    private void signIn(JsonObject service) throws IOException, InterruptedException, Story.Broken {
        for (Person person : List.of(alice, bob)) {
            Path home = stage.folder(person.name);
            person.agent = stage.start(
                    person.name + "-agent",
                    person.password + "\n",
                    List.of(
                            "agent",
                            "--no-window",
                            "--json",
                            "--home",
                            home.toString(),
                            "--user",
                            person.address,
                            "--password-stdin",
                            "--server",
                            "127.0.0.1:" + service.get("port").getAsInt(),
                            "--trust",
                            service.get("certificate").getAsString()));
        }
        for (Person person : List.of(alice, bob)) {
            stage.until(person.name + " signs in", () -> person.said("\"connection\":\"SIGNED_IN\""));
            person.messenger = stage.prop(connect(person));
        }
    }

    private void becomeContacts() throws InterruptedException, Story.Broken {
        alice.messenger().addContact(bob.address, bob.name);
        stage.until(
                "Bob is asked to be a contact",
                () -> bob.messenger().contactRequests().stream()
                        .anyMatch(contact -> contact.signInName().equals(alice.address)));
        bob.messenger().addContact(alice.address, alice.name);
        stage.until("each sees the other online", () -> online(alice, bob) && online(bob, alice));
    }

    private static boolean online(Person of, Person other) {
        Contact contact = of.messenger().contact(other.address);
        return contact.isListed() && contact.status() == ContactStatus.ONLINE;
    }

    private void register(Person person, Path whiteboard, List<String> commands, boolean guests) throws IOException {
        Path home = stage.folder(person.name);
        Path script = home.resolve("whiteboard.script");
        Files.write(script, commands, StandardCharsets.UTF_8);
        List<String> arguments = new ArrayList<>(Stage.java());
        String java = arguments.remove(0);
        arguments.addAll(List.of(
                "-cp",
                whiteboard + "/*",
                "dev.beckon.samples.whiteboard.Main",
                "--script",
                script.toString(),
                "--transcript",
                transcript(person).toString(),
                "--address",
                "127.0.0.1",
                "--timeout",
                guests ? "86400" : Long.toString(Stage.PATIENCE.toSeconds())));
        if (windows) {
            arguments.addAll(List.of("--window", "--side", person == alice ? "left" : "right"));
        }
        // Arguments in a file: a registered path has 260 characters, and needs no shell on any platform.
        Path file = home.resolve("whiteboard.arguments");
        Files.write(file, arguments.stream().map(Play::quoted).toList(), StandardCharsets.UTF_8);
        Application application = new Application(WHITEBOARD, "Whiteboard", "", "\"" + java + "\" \"@" + file + "\"");
        // Who registers an application speaks for it; with a connection that stayed, nothing would be launched.
        try (Messenger registering = connect(person)) {
            registering.registerApplication(application);
        }
    }

    private Messenger connect(Person person) throws IOException {
        return Beckon.connect(new Beckon.Options(Agent.socketOf(stage.folder(person.name)), null, null));
    }

    /** As the java launcher reads it from a file of arguments. */
    private static String quoted(String argument) {
        return "\"" + argument.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static List<String> script(List<String> before, List<String> drawing, List<String> after) {
        List<String> script = new ArrayList<>(before);
        script.addAll(drawing);
        script.addAll(after);
        return script;
    }

    private Path transcript(Person person) throws IOException {
        return stage.folder(person.name).resolve("whiteboard.transcript");
    }

    private Session invitation() {
        return bob.messenger().sessions().stream()
                .filter(session -> session.state() == SessionState.INVITATION
                        && session.flags().contains(SessionFlag.INVITEE))
                .findFirst()
                .orElseThrow(() -> new Failure(Exit.NOT_FOUND, "Bob’s agent knows of no invitation", ""));
    }

    private boolean drew(Person person, String line) {
        try {
            Path transcript = transcript(person);
            return Files.exists(transcript)
                    && Files.readAllLines(transcript, StandardCharsets.UTF_8).contains(line);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean ended(Person person) {
        try {
            Path transcript = transcript(person);
            return person.said("\"event\":\"ended\"")
                    && Files.readAllLines(transcript, StandardCharsets.UTF_8).stream()
                            .anyMatch(line -> line.startsWith("ended "));
        } catch (IOException e) {
            return false;
        }
    }

    /** As long as people draw. */
    private void linger() throws InterruptedException {
        while (!ended(alice) && !ended(bob)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
