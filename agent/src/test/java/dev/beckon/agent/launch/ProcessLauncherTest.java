package dev.beckon.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.session.Launcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class ProcessLauncherTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final String SESSION = "{CA3CF894-5325-482F-A412-A6E9F832298D}";

    @TempDir
    Path temp;

    private Path socket;
    private ProcessLauncher launcher;
    private final Set<Long> started = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void open() {
        socket = temp.resolve("agent.sock");
        launcher = new ProcessLauncher(temp.resolve("log"), socket, List::of, notice -> {});
    }

    @AfterEach
    void leaveNothingRunning() throws IOException {
        launcher.close();
        started.stream().flatMap(pid -> ProcessHandle.of(pid).stream()).forEach(ProcessHandle::destroyForcibly);
        // Those whose parent ended carry the mark of this test's socket.
        Processes.marked(List.of(LaunchEnvironment.SOCKET + "=" + socket)).forEach(ProcessHandle::destroyForcibly);
        started.forEach(pid -> await().atMost(LONG)
                .until(() -> ProcessHandle.of(pid).filter(Processes::isAlive).isEmpty()));
    }

    @Test
    void anApplicationFindsItsArgumentsSessionAndAgent() throws IOException {
        Path report = temp.resolve("report");
        Path program = Scripts.script(
                temp,
                "my program",
                "exec > " + report + ".new",
                "printf '%s|' \"$@\"; echo",
                "echo \"$BECKON_SESSION\"",
                "echo \"$BECKON_SOCKET\"",
                "pwd -P",
                "cat; echo end of input",
                "mv " + report + ".new " + report);
        Watch watch = launch("\"" + program + "\" one \"two three\" $HOME ;x");
        watch.exits(0);

        assertThat(report).content(StandardCharsets.UTF_8).isEqualToIgnoringNewLines("""
                one|two three|$HOME|;x|
                %s
                %s
                %s
                end of input
                """.formatted(
                SESSION, socket, Path.of(System.getProperty("user.home")).toRealPath()));
        assertThat(watch.events).containsExactly("started", "exited 0");
    }

    @Test
    void theExitStatusIsTold() throws IOException {
        launch(script("exit 7")).exits(7);
    }

    @Test
    void anEndBySignalIsTold() throws IOException {
        Watch watch = launch(script("kill -9 $$"));
        await().atMost(LONG).until(() -> watch.events.size() == 2);
        assertThat(watch.events.get(1)).isNotEqualTo("exited 0");
    }

    @Test
    void whatCannotBeStartedFailsAndSaysWhy() throws IOException {
        Path plain = Files.writeString(temp.resolve("plain"), "text");
        fails(temp + "/none", "there is no");
        fails(temp.toString(), "no executable file");
        fails(plain.toString(), "no executable file");
        fails("relative", "not absolute");
    }

    @Test
    void aProgramWhoseInterpreterIsMissingDoesNotCountAsRunning() throws IOException {
        Path program = Scripts.script(temp, "broken");
        Files.writeString(program, "#!/no/such/interpreter\n");
        Watch watch = launch(program.toString());
        await().atMost(LONG)
                .until(() -> !watch.events.isEmpty()
                        && !watch.events.get(watch.events.size() - 1).equals("started"));
        assertThat(watch.events.get(watch.events.size() - 1)).matches("failed .*|exited 12[67]");
    }

    @Test
    void theStartedProcessAndItsDescendantsAreKnownOthersAreNot() throws IOException {
        Path pids = temp.resolve("pids");
        // A child, and a child of that one.
        Watch watch = launch(script(
                "sh -c 'sleep 300 & echo $$ $! > " + pids + ".new; mv " + pids + ".new " + pids + "; wait' & wait"));
        List<Long> descendants = awaitPids(pids);

        assertThat(launcher.launchedAncestor(watch.pid())).isEqualTo(watch.pid());
        assertThat(descendants)
                .hasSize(2)
                .allSatisfy(pid -> assertThat(launcher.launchedAncestor(pid)).isEqualTo(watch.pid()));
        assertThat(launcher.launchedAncestor(ProcessHandle.current().pid())).isZero();
        assertThat(launcher.launchedAncestor(0)).isZero();
        assertThat(launcher.launchedAncestor(-1)).isZero();
        assertThat(launcher.launchedAncestor(Long.MAX_VALUE)).isZero();

        ProcessHandle.of(watch.pid()).orElseThrow().destroyForcibly();
        await().atMost(LONG).until(() -> watch.events.size() == 2);
        assertThat(launcher.launchedAncestor(descendants.get(0))).isZero();
    }

    /** A wrapper that is gone before anybody looked: what its child inherited tells. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aWrapperThatForksAndExitsIsNotTheEndOfTheApplication() throws IOException {
        Path pids = temp.resolve("pids");
        Watch watch =
                launch(script("sleep 300 & echo $! > " + pids + ".new; mv " + pids + ".new " + pids + "; exit 0"));
        long child = awaitPids(pids).get(0);
        await().atMost(LONG).until(() -> !isAlive(watch.pid()));

        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(launcher.launchedAncestor(child)).isEqualTo(watch.pid()));
        // Several looks later it is still so.
        await().during(Duration.ofMillis(1500)).atMost(LONG).until(() -> watch.events.equals(List.of("started")));
        assertThat(launcher.launchedAncestor(child)).isEqualTo(watch.pid());

        ProcessHandle.of(child).orElseThrow().destroyForcibly();
        watch.exits(0);
        assertThat(launcher.launchedAncestor(child)).isZero();
    }

    @Test
    void aWrapperThatLivesAWhileLeavesItsChildrenKnown() throws IOException {
        Path pids = temp.resolve("pids");
        Path go = temp.resolve("go");
        // The child drops the environment, so only having looked in time can tell.
        Watch watch = launch(script(
                "env -i /bin/sleep 300 & echo $! > " + pids + ".new; mv " + pids + ".new " + pids,
                "while [ ! -e " + go + " ]; do sleep 0.05; done; exit 0"));
        long child = awaitPids(pids).get(0);
        try {
            ProcessHandle handle = ProcessHandle.of(child).orElseThrow();
            await().atMost(LONG).until(() -> launcher.owner(handle).isPresent());
            Files.createFile(go);
            await().atMost(LONG).until(() -> !isAlive(watch.pid()));
            assertThat(launcher.launchedAncestor(child)).isEqualTo(watch.pid());
            assertThat(watch.events).containsExactly("started");
        } finally {
            ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
        }
        watch.exits(0);
    }

    @Test
    void aWrapperThatFailsEndsTheApplicationWhateverItLeaves() throws IOException {
        launch(script("sleep 300 & exit 3")).exits(3);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void twoAgentsOnOneComputerKeepTheirProcessesApart() throws IOException {
        Path pids = temp.resolve("pids");
        Watch watch =
                launch(script("sleep 300 & echo $! > " + pids + ".new; mv " + pids + ".new " + pids + "; exit 0"));
        long child = awaitPids(pids).get(0);
        try (ProcessLauncher other =
                new ProcessLauncher(temp.resolve("log2"), temp.resolve("other.sock"), List::of, notice -> {})) {
            Watch its = new Watch();
            other.launch(new Application(GUID, "x", "", script("exec sleep 300").toString()), SESSION, its);
            await().atMost(LONG).until(() -> !its.events.isEmpty());
            assertThat(other.launchedAncestor(child)).isZero();
            assertThat(launcher.launchedAncestor(its.pid())).isZero();
            assertThat(launcher.launchedAncestor(child)).isEqualTo(watch.pid());
        }
    }

    @Test
    void hugeOutputIsBoundedAndItsBeginningKept() throws IOException {
        Path go = temp.resolve("go");
        Watch watch = launch(script(
                "echo the first line",
                "head -c 30000000 /dev/zero | tr '\\0' x",
                "echo; echo the last line",
                "touch " + go + "; exec sleep 300"));
        await().atMost(LONG).until(() -> Files.exists(go));
        await().atMost(LONG).until(() -> Files.size(onlyLog()) <= OutputLogs.MAX_BYTES);

        ProcessHandle.of(watch.pid()).orElseThrow().destroyForcibly();
        await().atMost(LONG).until(() -> watch.events.size() == 2);
        assertThat(Files.size(onlyLog())).isBetween(OutputLogs.HEAD_BYTES, OutputLogs.MAX_BYTES);
        assertThat(onlyLog()).content(StandardCharsets.UTF_8).startsWith("the first line\nxxx");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyLog())))
                .isEqualTo("rw-------");
    }

    @Test
    void bothOutputsGoToTheLog() throws IOException {
        launch(script("echo out; echo err >&2")).exits(0);
        assertThat(onlyLog()).content().isEqualTo("out\nerr\n");
    }

    @Test
    void aFewLogsAreKept() throws IOException {
        String program = script("echo x").toString();
        for (int i = 0; i < OutputLogs.KEPT + 5; i++) {
            launch(program).exits(0);
        }
        assertThat(logs()).hasSize(OutputLogs.KEPT);
    }

    @Test
    void withoutAPlaceForItsOutputAnApplicationStartsAllTheSame() throws IOException {
        Files.writeString(temp.resolve("log"), "a file where the folder should be");
        launch(script("echo x")).exits(0);
    }

    @Test
    void closingLeavesApplicationsRunningAndStartsNoMore() throws IOException {
        Watch watch = launch(script("exec sleep 300"));
        await().atMost(LONG).until(() -> !watch.events.isEmpty());
        launcher.close();

        assertThat(isAlive(watch.pid())).isTrue();
        Watch late = launch(script("exit 0"));
        await().atMost(LONG).until(() -> late.events.size() == 1);
        assertThat(late.events.get(0)).startsWith("failed");
        assertThat(isAlive(watch.pid())).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ctrlCAtTheAgentsTerminalDoesNotReachTheApplication() throws IOException {
        Watch watch = launch(script("exec sleep 300"));
        await().atMost(LONG).until(() -> !watch.events.isEmpty());
        // proc(5): field 6 is the terminal session; setsid makes it the process itself.
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(Files.readString(Path.of("/proc/" + watch.pid() + "/stat"))
                                .split(" ")[5])
                        .isEqualTo(Long.toString(watch.pid())));
    }

    private int scripts;

    private Path script(String... lines) throws IOException {
        return Scripts.script(temp, "program" + scripts++, lines);
    }

    private Watch launch(Path program) {
        return launch(program.toString());
    }

    private Watch launch(String path) {
        Watch watch = new Watch();
        launcher.launch(new Application(GUID, "x", "", path), SESSION, watch);
        return watch;
    }

    private void fails(String path, String why) {
        Watch watch = launch(path);
        await().atMost(LONG).until(() -> !watch.events.isEmpty());
        assertThat(watch.events).singleElement().asString().startsWith("failed").contains(why);
    }

    private List<Long> awaitPids(Path file) throws IOException {
        await().atMost(LONG).until(() -> Files.exists(file));
        List<Long> pids = Stream.of(Files.readString(file).strip().split(" "))
                .map(Long::valueOf)
                .toList();
        started.addAll(pids);
        return pids;
    }

    private Path onlyLog() throws IOException {
        List<Path> logs = logs();
        assertThat(logs).hasSize(1);
        return logs.get(0);
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("log"))) {
            return files.toList();
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(Processes::isAlive).isPresent();
    }

    private final class Watch implements Launcher.Process {
        private final List<String> events = new CopyOnWriteArrayList<>();
        private volatile long pid;

        @Override
        public void started(long pid) {
            this.pid = pid;
            started.add(pid);
            events.add("started");
        }

        @Override
        public void failed(String problem) {
            events.add("failed " + problem);
        }

        @Override
        public void exited(int status) {
            events.add("exited " + status);
        }

        long pid() {
            await().atMost(LONG).until(() -> pid != 0);
            return pid;
        }

        void exits(int status) {
            await().atMost(LONG).until(() -> events.size() == 2);
            assertThat(events).containsExactly("started", "exited " + status);
        }
    }
}
