package dev.beckon.local;

import static dev.beckon.ResultCode.SR_INVITATION_DECLINED;
import static dev.beckon.ResultCode.SR_SESSION_CANCELLED_REMOTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.SessionState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Python sample, run as its users run it, against a real endpoint. */
class PythonSampleTest {
    private static final Path SAMPLES = samples();

    private final List<Program> programs = new ArrayList<>();
    private Agent agent;

    private static Path samples() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("samples/python"))) {
            here = here.getParent();
        }
        return here.resolve("samples/python");
    }

    /** A running rendezvous.py and what it prints. */
    private static final class Program {
        final Process process;
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        final List<String> printed = new ArrayList<>();

        Program(Process process) {
            this.process = process;
            Thread reader = new Thread(() -> {
                try (BufferedReader output = process.inputReader()) {
                    output.lines().forEach(lines::add);
                } catch (IOException ended) {
                    lines.add("(" + ended.getMessage() + ")");
                }
            });
            reader.setDaemon(true);
            reader.start();
        }

        String until(String beginning) throws InterruptedException {
            while (true) {
                String line = lines.poll(60, TimeUnit.SECONDS);
                assertThat(line).as("\"%s\" after %s", beginning, printed).isNotNull();
                printed.add(line);
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
        }

        int exit() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }
    }

    @BeforeEach
    void open() throws IOException {
        agent = new Agent();
    }

    @AfterEach
    void close() throws IOException {
        programs.forEach(program -> program.process.destroyForcibly());
        agent.close();
    }

    private Program rendezvous(String session, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("python3", "-B", SAMPLES.resolve("rendezvous.py").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("BECKON_SOCKET", agent.socket.toString());
        builder.environment().put("PYTHONUTF8", "1");
        builder.environment().remove("BECKON_SESSION");
        if (session != null) {
            builder.environment().put("BECKON_SESSION", session);
        }
        Program program = new Program(builder.start());
        programs.add(program);
        return program;
    }

    @Test
    void twoInstancesMeet() throws Exception {
        Program inviter = rendezvous(null, "bob@b.example");
        FakeMessenger alice = agent.other();
        inviter.until("invited bob@b.example");
        assertThat(alice.applications).singleElement().satisfies(application -> {
            assertThat(application.name()).isEqualTo("Rendezvous");
            assertThat(application.path()).contains("rendezvous.py");
            application.check();
        });
        FakeSession sent = alice.sessions.get(0);
        assertThat(sent.state).isEqualTo(SessionState.INVITATION);
        sent.become(SessionState.ACCEPTED);
        sent.fire(l -> l.onAccepted(sent, null));
        assertThat(sent.listeners.get(0).beforeAppLaunch(sent))
                .as("it runs already")
                .isFalse();
        inviter.until("listening at port");
        String told = alice.calls.stream()
                .filter(call -> call.startsWith("sendContextData "))
                .findFirst()
                .orElseThrow()
                .substring("sendContextData ".length());

        FakeSession[] received = new FakeSession[1];
        agent.prepare = bob -> {
            FakeSession session = bob.session();
            session.application = alice.applications.get(0).guid();
            session.user = bob.contact("alice@a.example");
            session.state = SessionState.ACCEPTED;
            session.contextData = "shall we meet?";
            bob.launching = session;
            received[0] = session;
        };
        Program recipient = rendezvous(sent.sessionId);
        FakeMessenger bob = agent.other();
        assertThat(bob.hello.launchedFor()).isEqualTo(sent.sessionId);
        await().until(() -> bob.calls.contains("getLaunchingSession " + recipient.process.pid()));
        await().until(() -> !received[0].listeners.isEmpty());
        received[0].remoteAddress = "127.0.0.1:7000";
        received[0].become(SessionState.CONNECTED);
        received[0].contextData = told;
        received[0].fire(l -> l.onContextData(received[0], told));

        recipient.until("heard: hello back from alice@a.example");
        inviter.until("heard: hello from alice@a.example");
        await().until(() -> bob.calls.contains("sendContextData it was a pleasure"));
        sent.fire(l -> l.onContextData(sent, "it was a pleasure"));
        await().until(() -> alice.calls.contains("cancel S_OK that was all"));
        received[0].become(SessionState.TERMINATED);
        received[0].fire(l -> l.onTermination(received[0], SR_SESSION_CANCELLED_REMOTE, "that was all"));
        assertThat(inviter.exit()).isZero();
        assertThat(recipient.exit()).isZero();
        assertThat(recipient.printed).anyMatch(line -> line.startsWith("event session/onContextData CONNECTED"));
    }

    @Test
    void aWaitingInstanceAsksAndIsToldWhenTheOtherSideIsGone() throws Exception {
        Program program = rendezvous(null, "--wait", "--yes");
        FakeMessenger bob = agent.other();
        program.until("waiting for an invitation");
        FakeSession session = bob.session();
        session.user = bob.contact("carol@c.example");
        session.state = SessionState.INVITATION;
        assertThat(bob.managerListeners.get(0).onInvitation(session, "hé ✎")).isTrue();
        assertThat(program.until("event manager/onInvitation")).endsWith("INVITATION {\"appData\": \"hé ✎\"}");
        await().until(() -> bob.calls.contains("accept null"));
        session.fire(l -> l.onTermination(session, SR_INVITATION_DECLINED, null));
        program.until("rendezvous: the session ended: SR_INVITATION_DECLINED");
        assertThat(program.exit()).isEqualTo(1);
    }

    @Test
    void failuresAreToldInWords() throws Exception {
        Program wrong = rendezvous(null, "bob");
        wrong.until("rendezvous: \"bob\" has no domain; write it as name@domain [E_INVALIDARG]");
        assertThat(wrong.exit()).isEqualTo(1);
        agent.endpoint.close();
        Program alone = rendezvous(null, "bob@b.example");
        alone.until("rendezvous: no agent is running for this user (nobody listens at " + agent.socket
                + "); start it with: beckon agent [E_FAIL]");
        assertThat(alone.exit()).isEqualTo(1);
    }
}
