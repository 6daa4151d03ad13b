package dev.beckon.agent;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.ChatMessage.Fate;
import dev.beckon.Contact;
import dev.beckon.Messenger;
import dev.beckon.Messenger.Connection.State;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import dev.beckon.local.Beckon;
import dev.beckon.service.Administration;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import java.io.IOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Two people, a service and everything between them. */
@DisabledOnOs(OS.WINDOWS)
class AgentTest {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final String DOMAIN = "beckon.test";
    private static final String ALICE = "alice@" + DOMAIN;
    private static final String BOB = "bob@" + DOMAIN;

    @TempDir
    Path temp;

    private Service service;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<String> notices = new CopyOnWriteArrayList<>();

    @BeforeEach
    void serve() {
        Path home = temp.resolve("service");
        service = Service.start(ServiceConfig.of(home, DOMAIN).withAddress("127.0.0.1", 0));
        opened.add(service);
        try (Administration administration = Administration.open(home)) {
            administration.addUser("alice", password(ALICE));
            administration.addUser("bob", password(BOB));
        }
    }

    @AfterEach
    void leaveNothing() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        // Applications end with their session; what does not is a fault, and must not stay behind either.
        List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
        try {
            await().atMost(LONG).until(() -> left.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void aContactAcceptsBothApplicationsStartAndFindEachOther() throws IOException {
        Agent alice = signedIn(ALICE);
        Agent bob = signedIn(BOB);
        becomeContacts(alice, bob);
        Path aliceReport = register(alice, "alice", "192.0.2.1:7001");
        Path bobReport = register(bob, "bob", "192.0.2.2:7002");
        List<Session> asked = new CopyOnWriteArrayList<>();
        bob.messenger().addListener(new MessengerListener() {
            @Override
            public void onInvitationToAnswer(Session session) {
                asked.add(session);
            }
        });

        Session invited = alice.messenger().invite(alice.messenger().contact(BOB), GUID, "board 7");
        await().atMost(LONG).until(() -> asked.size() == 1);
        Session invitation = asked.get(0);
        assertThat(invitation.sessionId()).isEqualTo(invited.sessionId());
        assertThat(invitation.user().signInName()).isEqualTo(ALICE);
        assertThat(invitation.applicationName()).isEqualTo("Probe");
        assertThat(invitation.contextData()).isEqualTo("board 7");
        invitation.accept("coming");

        awaitLine(aliceReport, "connected to 192.0.2.2:7002");
        awaitLine(bobReport, "connected to 192.0.2.1:7001");
        assertThat(Files.readAllLines(bobReport)).contains("session " + invited.sessionId() + " data board 7");
        assertThat(invited.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(invitation.state()).isEqualTo(SessionState.CONNECTED);

        invited.sendContextData("hello");
        awaitLine(bobReport, "context hello");
        invited.cancel(ResultCode.S_OK, "bye");
        awaitLine(bobReport, "gone");
        awaitLine(aliceReport, "gone");
        assertThat(Files.readAllLines(bobReport)).anyMatch(line -> line.matches("over \\w+ bye"));
        assertThat(invitation.state()).isEqualTo(SessionState.TERMINATED);
        for (Session session : List.of(invited, invitation)) {
            assertThat(session.steps())
                    .extracting(Session.Step::step)
                    .containsExactly(everyStepWithTheApplicationThere());
        }
        assertThat(alice.messenger().applicationKnown(BOB, GUID)).isTrue();
        try (Stream<Path> logs = Files.list(temp.resolve("bob/log"))) {
            assertThat(logs).hasSize(1);
        }
    }

    private static SessionStep[] everyStepWithTheApplicationThere() {
        return EnumSet.complementOf(EnumSet.of(SessionStep.APP_MISSING)).toArray(SessionStep[]::new);
    }

    @Test
    void peopleWriteToEachOtherAndKnowWhatBecameOfIt() {
        Agent alice = signedIn(ALICE);
        Agent bob = signedIn(BOB);
        becomeContacts(alice, bob);
        List<String> heardByBob = new CopyOnWriteArrayList<>();
        bob.messenger().addListener(new MessengerListener() {
            @Override
            public void onMessage(ChatMessage message) {
                heardByBob.add(message.contact() + " " + message.fate() + " " + message.text());
            }
        });
        try (Messenger window = Beckon.connect(alice.socket())) {
            List<ChatMessage> heard = new CopyOnWriteArrayList<>();
            window.addListener(new MessengerListener() {
                @Override
                public void onMessage(ChatMessage message) {
                    heard.add(message);
                }
            });
            ChatMessage sent = window.sendMessage(BOB, "Shall we draw?\n\uD83C\uDFA8");
            await().atMost(LONG).until(() -> heard.size() == 2);
            assertThat(heard).extracting(ChatMessage::fate).containsExactly(Fate.SENDING, Fate.SENT);
            assertThat(heard).extracting(ChatMessage::id).containsOnly(sent.id());
            await().atMost(LONG)
                    .until(() -> heardByBob.equals(List.of(ALICE + " RECEIVED Shall we draw?\n\uD83C\uDFA8")));
            bob.messenger().sendMessage(ALICE, "With pleasure");
            await().atMost(LONG).until(() -> heard.size() == 3);
            assertThat(heard.get(2).fate()).isEqualTo(Fate.RECEIVED);
            assertThat(heard.get(2).text()).isEqualTo("With pleasure");

            service.close();
            await().atMost(LONG).until(() -> window.connection().state() != State.SIGNED_IN);
            ChatMessage lost = window.sendMessage(BOB, "Are you there?");
            assertThat(lost.fate()).isEqualTo(Fate.FAILED);
            assertThat(lost.problem()).contains("not signed in");
        }
    }

    @Test
    void anApplicationMissingIsInstalledAndTheInvitationGoesOn() throws IOException {
        Agent alice = signedIn(ALICE);
        Files.createDirectories(temp.resolve("bob"));
        Path opened = temp.resolve("opened");
        Path browser = script("browser", "echo \"$1\" > " + opened);
        Files.writeString(temp.resolve("bob/agent.conf"), "download.open = [\"" + browser + "\"]");
        Files.setPosixFilePermissions(
                temp.resolve("bob"), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        Agent bob = signedIn(BOB);
        becomeContacts(alice, bob);
        Path aliceReport = register(alice, "alice", "192.0.2.1:7001");

        Session invited = alice.messenger().invite(alice.messenger().contact(BOB), GUID, null);
        invitation(bob).accept(null);
        await().atMost(LONG).until(() -> Files.exists(opened) && Files.size(opened) > 0);
        assertThat(opened).content().isEqualTo("https://example.org/probe\n");
        assertThat(invited.state()).isEqualTo(SessionState.INVITATION);

        // Installed by a package, which lays the file into the folder.
        Path bobReport = temp.resolve("bob.report");
        Path made = Files.writeString(
                temp.resolve("made"),
                "name = Probe\nurl = \"https://example.org/probe\"\npath = \"\"\""
                        + probe("bob", bobReport, "192.0.2.2") + "\"\"\"");
        Files.move(made, temp.resolve("bob/apps/" + GUID + ".conf"));
        awaitLine(aliceReport, "connected to 192.0.2.2");
        awaitLine(bobReport, "connected to 192.0.2.1:7001");
        invited.cancel(ResultCode.S_OK, null);
        awaitLine(bobReport, "gone");
    }

    @Test
    void anApplicationThatCannotBeStartedEndsTheSessionOnBothSides() throws IOException {
        Agent alice = signedIn(ALICE);
        Agent bob = signedIn(BOB);
        becomeContacts(alice, bob);
        Path aliceReport = register(alice, "alice", "192.0.2.1:7001");
        Path broken = script("broken", "exit 1");
        bob.messenger().sessionManager().registerApplication(new Application(GUID, "Probe", "", broken.toString()));
        Files.delete(broken);

        Session invited = alice.messenger().invite(alice.messenger().contact(BOB), GUID, null);
        List<ResultCode> ends = new CopyOnWriteArrayList<>();
        invited.addListener(new SessionListener() {
            @Override
            public void onTermination(Session session, ResultCode code, @Nullable String appData) {
                ends.add(code);
            }
        });
        Session invitation = invitation(bob);
        invitation.accept(null);
        await().atMost(LONG).until(() -> ends.size() == 1);
        assertThat(ends).containsExactly(ResultCode.SR_APPLICATION_LAUNCH_FAILED);
        await().atMost(LONG).until(() -> invitation.state() == SessionState.TERMINATED);
        // Alice's program may or may not have come up before the end; if it did, it hears of it and goes.
        assertThat(aliceReport.getParent()).exists();
    }

    @Test
    void closingAnAgentEndsItsSessionsAndTellsItsApplications() throws IOException {
        Agent alice = signedIn(ALICE);
        Agent bob = signedIn(BOB);
        becomeContacts(alice, bob);
        Path aliceReport = register(alice, "alice", "192.0.2.1:7001");
        Path bobReport = register(bob, "bob", "192.0.2.2:7002");
        Session invited = alice.messenger().invite(alice.messenger().contact(BOB), GUID, null);
        invitation(bob).accept(null);
        awaitLine(aliceReport, "connected to 192.0.2.2:7002");
        awaitLine(bobReport, "connected to 192.0.2.1:7001");

        long start = System.nanoTime();
        bob.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
        await().atMost(LONG).until(() -> invited.state() == SessionState.TERMINATED);
        awaitLine(bobReport, "gone");
        awaitLine(aliceReport, "gone");
        await().atMost(LONG)
                .until(() -> !alice.messenger().contact(BOB).status().isSignedIn());
        assertThat(bob.socket()).doesNotExist();
        // And the home is free again.
        signedIn(BOB);
    }

    /** As {@code kill} and Ctrl-C end it. */
    @Test
    void anAgentToldToStopSignsOutAndEndsItsSessions() throws Exception {
        Agent alice = signedIn(ALICE);
        Process process = new ProcessBuilder(
                        java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentProcess.class.getName(),
                        temp.resolve("bob").toString(),
                        BOB,
                        Integer.toString(service.port()),
                        service.certificate().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        opened.add(() -> process.destroyForcibly().waitFor());
        try (Writer in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(password(BOB) + "\n");
        }
        Path socket = temp.resolve("bob/agent.sock");
        await().atMost(LONG).until(() -> Files.exists(socket));
        Path bobReport;
        Session invited;
        CountDownLatch told = new CountDownLatch(1);
        Path aliceReport = register(alice, "alice", "192.0.2.1:7001");
        try (Messenger bob = Beckon.connect(socket)) {
            await().atMost(LONG).until(() -> bob.connection().state() == State.SIGNED_IN);
            becomeContacts(alice.messenger(), bob);
            bobReport = register(bob, "bob", "192.0.2.2:7002");
            invited = alice.messenger().invite(alice.messenger().contact(BOB), GUID, null);
            invitation(bob).accept(null);
            awaitLine(bobReport, "connected to 192.0.2.1:7001");
            awaitLine(aliceReport, "connected to 192.0.2.2:7002");
            bob.sessionManager().addListener(new SessionManagerListener() {
                @Override
                public void onAppShutdown() {
                    told.countDown();
                }
            });

            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        awaitLine(bobReport, "gone");
        assertThat(Files.readAllLines(bobReport)).contains("over SR_SESSION_CANCELLED_LOCAL null");
        await().atMost(LONG).until(() -> told.getCount() == 0);
        await().atMost(LONG).until(() -> invited.state() == SessionState.TERMINATED);
        await().atMost(LONG)
                .until(() -> !alice.messenger().contact(BOB).status().isSignedIn());
        assertThat(socket).doesNotExist();
    }

    @Test
    void aMissedInvitationIsKeptOverARestart() {
        Agent alice = signedIn(ALICE);
        Agent bob = signedIn(BOB);
        becomeContacts(alice, bob);
        alice.messenger()
                .sessionManager()
                .registerApplication(new Application(GUID, "Probe", "https://example.org/probe", java()));
        Session invited = alice.messenger().invite(alice.messenger().contact(BOB), GUID, null);
        invitation(bob);
        invited.cancel(ResultCode.S_OK, null);
        await().atMost(LONG).until(() -> bob.messenger().missedInvitations().size() == 1);
        List<MissedInvitation> missed = bob.messenger().missedInvitations();
        bob.close();

        Agent again = signedIn(BOB);
        assertThat(again.messenger().missedInvitations()).isEqualTo(missed);
        assertThat(missed.get(0).from()).isEqualTo(ALICE);
    }

    @Test
    void aWrongPasswordSignsOutAndIsSaid() {
        Agent agent = start(ALICE, "not this one");
        await().atMost(LONG).until(() -> agent.messenger().connection().state() == State.SIGNED_OUT);
        assertThat(agent.messenger().connection().reason()).isNotBlank().doesNotContain("not this one");
    }

    @Test
    void withoutAServiceAnAgentKeepsTryingAndServesTheLocalApi() throws Exception {
        AgentConfig nobodyThere = config(ALICE, password(ALICE)).withService("127.0.0.1", unusedPort());
        Agent agent = Agent.start(nobodyThere);
        opened.add(agent);
        try (Messenger window = Beckon.connect(agent.socket())) {
            assertThat(window.connection().state()).isEqualTo(State.CONNECTING);
            await().atMost(LONG).until(() -> window.connection().reason().contains("reached"));
            fails(ResultCode.MSGR_E_NOT_LOGGED_ON, "", () -> window.addContact(BOB, null));
        }
    }

    @Test
    void aHomeWhosePathIsTooLongForASocketIsServedAllTheSame() {
        AgentConfig config = config(ALICE, password(ALICE));
        Path home = temp.resolve("long".repeat(30));
        Agent agent = Agent.start(new AgentConfig(
                home,
                config.user(),
                config.password(),
                config.host(),
                config.port(),
                config.trusted(),
                config.systemApplications(),
                config.notices()));
        opened.add(agent);
        assertThat(notices).singleElement().asString().contains(agent.socket().toString());
        for (Path socket : List.of(agent.socket(), Agent.socketOf(home), home.resolve("agent.sock"))) {
            try (Messenger window = Beckon.connect(socket)) {
                assertThat(window.connection().state()).isNotEqualTo(State.SIGNED_OUT);
            }
        }
    }

    @Test
    void aSecondAgentForAHomeIsRefused() {
        start(ALICE, password(ALICE));
        fails(E_FAIL, "another agent", () -> start(ALICE, password(ALICE)));
    }

    @Test
    void whatIsWrongWithASettingOrValueIsSaid() throws IOException {
        fails(E_INVALIDARG, "", () -> start("no address", "x"));
        Agent first = start(ALICE, password(ALICE));
        first.close();
        Files.writeString(temp.resolve("alice/agent.conf"), "times { step = soon }");
        fails(E_INVALIDARG, "agent.conf, line 1: times.step is no time", () -> start(ALICE, password(ALICE)));
        Files.writeString(temp.resolve("alice/agent.conf"), "");
        Files.writeString(temp.resolve("alice/apps/whiteboard.conf"), "");
        assertThat(start(ALICE, password(ALICE)).messenger().problems())
                .singleElement()
                .asString()
                .contains("whiteboard.conf")
                .contains("GUID");
    }

    @Test
    void thePasswordNeverReachesTheLog() {
        Logger beckon = (Logger) LoggerFactory.getLogger("dev.beckon");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.list = new CopyOnWriteArrayList<>();
        appender.start();
        Level before = beckon.getLevel();
        boolean additive = beckon.isAdditive();
        beckon.addAppender(appender);
        beckon.setAdditive(false);
        beckon.setLevel(Level.TRACE);
        try {
            signedIn(ALICE).close();
        } finally {
            beckon.detachAppender(appender);
            beckon.setLevel(before);
            beckon.setAdditive(additive);
        }
        String encoded = Base64.getEncoder().encodeToString(password(ALICE).getBytes(StandardCharsets.UTF_8));
        assertThat(appender.list)
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.getFormattedMessage() + event.getThrowableProxy())
                        .doesNotContain(password(ALICE))
                        .doesNotContain(encoded));
    }

    private static String password(String user) {
        return "secret of " + user;
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private AgentConfig config(String user, String password) {
        return AgentConfig.of(temp.resolve(user.split("@")[0]), user, () -> password.toCharArray())
                .withService("127.0.0.1", service.port())
                .withTrusted(service.certificate())
                .withSystemApplications(List.of())
                .withNotices(notices::add);
    }

    private Agent start(String user, String password) {
        Agent agent = Agent.start(config(user, password));
        opened.add(agent);
        return agent;
    }

    private Agent signedIn(String user) {
        Agent agent = start(user, password(user));
        await().atMost(LONG).until(() -> agent.messenger().connection().state() == State.SIGNED_IN);
        return agent;
    }

    private static void becomeContacts(Agent alice, Agent bob) {
        becomeContacts(alice.messenger(), bob.messenger());
    }

    private static void becomeContacts(Messenger alice, Messenger bob) {
        alice.addContact(BOB, "Bob");
        await().atMost(LONG).until(() -> !bob.contactRequests().isEmpty());
        bob.addContact(ALICE, "Alice");
        await().atMost(LONG).until(() -> sees(alice, BOB) && sees(bob, ALICE));
    }

    private static boolean sees(Messenger messenger, String user) {
        Contact contact = messenger.contact(user);
        return contact.isListed() && contact.status().isSignedIn();
    }

    private static Session invitation(Agent agent) {
        return invitation(agent.messenger());
    }

    private static Session invitation(Messenger messenger) {
        await().atMost(LONG)
                .until(() -> messenger.sessions().stream()
                        .anyMatch(session -> session.flags().contains(SessionFlag.INVITEE)));
        return messenger.sessions().get(0);
    }

    /** Registers the probe, which tells this address; what it reports comes into the file. */
    private Path register(Agent agent, String name, String address) throws IOException {
        return register(agent.messenger(), name, address);
    }

    private Path register(Messenger messenger, String name, String address) throws IOException {
        Path report = temp.resolve(name + ".report");
        messenger
                .sessionManager()
                .registerApplication(
                        new Application(GUID, "Probe", "https://example.org/probe", probe(name, report, address)));
        return report;
    }

    private String probe(String name, Path report, String address) throws IOException {
        Path arguments = Files.writeString(
                temp.resolve(name + ".arguments"),
                String.join(
                        "\n",
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        "\"" + System.getProperty("java.class.path") + "\""));
        return "\"" + java() + "\" \"@" + arguments + "\" " + Probe.class.getName() + " \"" + report + "\" " + GUID
                + " " + address;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Path script(String name, String line) throws IOException {
        Path made = Files.writeString(temp.resolve(name + ".made"), "#!/bin/sh\n" + line + "\n");
        assertThat(made.toFile().setExecutable(true)).isTrue();
        return Files.move(made, temp.resolve(name));
    }

    private static void awaitLine(Path report, String line) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Files.exists(report) ? Files.readAllLines(report) : List.of())
                        .contains(line));
    }

    private static void fails(
            ResultCode code, String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
