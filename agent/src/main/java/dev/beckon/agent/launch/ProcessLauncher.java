package dev.beckon.agent.launch;

import dev.beckon.Application;
import dev.beckon.SessionException;
import dev.beckon.session.Launcher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts applications as processes: an argument vector, never a shell; the user's home as working directory; no input;
 * output in a file of bounded length; an environment with {@code BECKON_SESSION} and {@code BECKON_SOCKET} and without
 * secrets. See {@link Launch} for what counts as the end of an application. Closing leaves applications running.
 *
 * <p>Thread: any. Whatever takes time happens on one thread of its own.
 */
public final class ProcessLauncher implements Launcher, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProcessLauncher.class);
    /** A program started by a script is most likely started at once: look often at first. */
    private static final long FIRST_LOOK_MILLIS = 20;

    private static final long LOOK_MILLIS = 1000;
    private static final Duration IDLE_LOOK = Duration.ofMinutes(1);
    private static final int MAX_ANCESTORS = 64;

    private final Path socket;
    private final OutputLogs logs;
    private final DownloadPage downloads;
    private final Set<Launch> launches = ConcurrentHashMap.newKeySet();
    private final List<String> detached = Processes.detached();
    private final ScheduledThreadPoolExecutor worker;
    private long looksAt = Long.MAX_VALUE;

    /**
     * A launcher.
     *
     * @param logFolder where the output of applications goes
     * @param socket where applications find the agent
     * @param openCommand what opens download pages, the address being added; empty for the platform's own
     * @param notices takes what the user should read; any thread
     */
    public ProcessLauncher(Path logFolder, Path socket, Supplier<List<String>> openCommand, Consumer<String> notices) {
        this.socket = socket;
        this.logs = new OutputLogs(logFolder);
        this.downloads = new DownloadPage(Browser.ofPlatform(openCommand), notices);
        this.worker = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "beckon-launch");
            thread.setDaemon(true);
            return thread;
        });
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // Applications of an earlier agent may still be writing.
        worker.scheduleWithFixedDelay(logs::trim, 0, IDLE_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void launch(Application application, String sessionId, Process process) {
        if (!onWorker(() -> start(application, sessionId, process))) {
            process.failed("the agent is closing");
        }
    }

    @Override
    public long launchedAncestor(long pid) {
        if (pid <= 0) {
            return 0;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return 0;
        }
        Optional<ProcessHandle> ancestor = process;
        for (int i = 0; i < MAX_ANCESTORS && ancestor.isPresent(); i++) {
            Optional<Launch> owner = owner(ancestor.get());
            if (owner.isPresent()) {
                return owner.get().pid();
            }
            ancestor = ancestor.get().parent();
        }
        // Its parent ended and it was adopted by another: what it inherited tells.
        return launches.stream()
                .filter(launch -> launch.marks(process.get()))
                .findFirst()
                .map(Launch::pid)
                .orElse(0L);
    }

    /** The launch this process is known to belong to. */
    Optional<Launch> owner(ProcessHandle process) {
        return launches.stream().filter(launch -> launch.owns(process)).findFirst();
    }

    @Override
    public void openDownloadPage(String url) {
        onWorker(() -> downloads.open(url));
    }

    /** Stops watching applications, which go on. */
    @Override
    public void close() {
        worker.shutdownNow();
    }

    private void start(Application application, String sessionId, Process listener) {
        CommandLine command;
        try {
            command = CommandLine.parse(application.path()).resolved();
        } catch (SessionException e) {
            listener.failed(e.problem() + "; " + e.remedy());
            return;
        }
        Path output = output(application);
        java.lang.Process process;
        try {
            process = builder(command, sessionId, output).start();
        } catch (IOException e) {
            listener.failed("\"" + command.executable() + "\" could not be started: " + e.getMessage());
            return;
        }
        Launch launch = new Launch(process.toHandle(), sessionId, socket, output, listener);
        launches.add(launch);
        log.info("Started {} as process {} for session {}", application.guid(), launch.pid(), sessionId);
        process.onExit().thenAccept(ended -> onWorker(() -> rootEnded(launch, ended.exitValue())));
        lookAfter(FIRST_LOOK_MILLIS);
        listener.started(launch.pid());
    }

    /** Where its output goes; nowhere if it has to be: a full disk must not keep people from each other. */
    private @Nullable Path output(Application application) {
        try {
            Set<Path> inUse = launches.stream()
                    .flatMap(launch -> Optional.ofNullable(launch.output()).stream())
                    .collect(Collectors.toSet());
            return logs.create(application.guid(), inUse);
        } catch (IOException e) {
            log.warn("What {} prints is lost: {}", application.guid(), e.toString());
            return null;
        }
    }

    private ProcessBuilder builder(CommandLine command, String sessionId, @Nullable Path output) {
        List<String> parts = new ArrayList<>(detached);
        parts.addAll(command.parts());
        ProcessBuilder builder = new ProcessBuilder(parts)
                .redirectInput(Processes.nothing())
                .redirectErrorStream(true)
                .redirectOutput(
                        output == null
                                ? ProcessBuilder.Redirect.DISCARD
                                : ProcessBuilder.Redirect.appendTo(output.toFile()));
        LaunchEnvironment.prepare(builder.environment(), sessionId, socket);
        File userHome = new File(System.getProperty("user.home", ""));
        if (userHome.isDirectory()) {
            builder.directory(userHome);
        }
        return builder;
    }

    private void rootEnded(Launch launch, int status) {
        if (launch.rootEnded(status)) {
            end(launch, status);
        } else {
            log.debug("Process {} ended and left the application to its descendants", launch.pid());
            lookAfter(FIRST_LOOK_MILLIS);
        }
    }

    private void end(Launch launch, int status) {
        if (launches.remove(launch)) {
            log.info("Process {} ended with status {}", launch.pid(), status);
            logs.trim();
            launch.listener().exited(status);
        }
    }

    /** Looks at what runs, and again while anything does. */
    private void look() {
        looksAt = Long.MAX_VALUE;
        long youngest = Long.MAX_VALUE;
        Map<ProcessHandle, List<ProcessHandle>> children = launches.isEmpty() ? Map.of() : Processes.children();
        for (Launch launch : launches) {
            launch.remember(children);
            if (launch.isOver()) {
                end(launch, 0);
            } else {
                youngest = Math.min(youngest, launch.ageMillis());
            }
        }
        logs.trim();
        if (!launches.isEmpty()) {
            lookAfter(Math.max(FIRST_LOOK_MILLIS, Math.min(LOOK_MILLIS, youngest / 2)));
        }
    }

    /** On the worker: one look is planned at a time, the earliest asked for. */
    private void lookAfter(long millis) {
        long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        if (looksAt != Long.MAX_VALUE && looksAt - at <= 0) {
            return;
        }
        looksAt = at;
        onWorkerAfter(millis, () -> {
            if (looksAt == at) {
                look();
            }
        });
    }

    private boolean onWorker(Runnable task) {
        return onWorkerAfter(0, task);
    }

    /** Answers false once this is closed. */
    private boolean onWorkerAfter(long millis, Runnable task) {
        try {
            worker.schedule(
                    () -> {
                        try {
                            task.run();
                        } catch (RuntimeException e) {
                            log.error("Starting and watching applications", e);
                        }
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
