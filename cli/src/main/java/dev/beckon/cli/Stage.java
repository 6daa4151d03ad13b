package dev.beckon.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the demo plays: one folder, and the processes that play. Whatever happens, both are gone in the end. */
final class Stage implements AutoCloseable {
    /** For one step; generous, since the computer may be busy with other things. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int TAIL = 15;

    private final Path folder;
    private final boolean made;
    private final boolean keep;
    private final Deque<Actor> actors = new ArrayDeque<>();
    private final Deque<AutoCloseable> props = new ArrayDeque<>();
    private final Thread hook = new Thread(this::clear, "beckon-demo-clears");
    private boolean cleared;

    private Stage(Path folder, boolean made, boolean keep) {
        this.folder = folder;
        this.made = made;
        this.keep = keep;
    }

    /** Takes the folder, or makes one. */
    static Stage build(@Nullable Path home, boolean keep) {
        try {
            Stage stage;
            if (home == null) {
                stage = new Stage(Files.createTempDirectory("beckon-demo-").toRealPath(), true, keep);
            } else {
                boolean there = Files.exists(home);
                Files.createDirectories(home);
                try (DirectoryStream<Path> content = Files.newDirectoryStream(home)) {
                    if (content.iterator().hasNext()) {
                        throw new Failure(Exit.HOME, home + " is not empty", "give an empty folder, or none");
                    }
                }
                stage = new Stage(home.toRealPath(), !there, keep);
            }
            Runtime.getRuntime().addShutdownHook(stage.hook);
            return stage;
        } catch (IOException e) {
            throw new Failure(
                    Exit.HOME,
                    "the demo has no folder to play in: " + e,
                    "give one that can be written to with --home DIR");
        }
    }

    /** A folder for one of those who play; made where it is missing. */
    Path folder(String name) throws IOException {
        Path path = folder.resolve(name);
        if (!Files.isDirectory(path)) {
            boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (posix) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(path);
            }
        }
        return path;
    }

    /** Starts a {@code beckon} command as a process of its own; it is given what to read. */
    Actor start(String name, String input, List<String> words) throws IOException {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(words);
        Path log = folder("log").resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // What chooses another agent or session must not reach those of the demo.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("BECKON_"));
        Process process = builder.start();
        Actor actor = new Actor(name, process, log);
        synchronized (this) {
            actors.push(actor);
        }
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        return actor;
    }

    /** The Java this runs on, set up to start quickly. */
    static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        return command;
    }

    /** Is closed before the processes end. */
    <T extends AutoCloseable> T prop(T prop) {
        synchronized (this) {
            props.push(prop);
        }
        return prop;
    }

    /** Waits until something is so. */
    void until(String what, BooleanSupplier condition) throws InterruptedException, Story.Broken {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            for (Actor actor : playing()) {
                if (!actor.process.isAlive()) {
                    throw new Story.Broken(what, actor.name + " ended with " + actor.process.exitValue(), actor.name);
                }
            }
            if (System.nanoTime() > end) {
                throw new Story.Broken(what, "it did not happen within " + PATIENCE.toSeconds() + " s", null);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private synchronized List<Actor> playing() {
        return List.copyOf(actors);
    }

    /** The end of a log; without a name, of the one written last. */
    String tail(@Nullable String name) {
        try (Stream<Path> files = Files.walk(folder, 4)) {
            Path log = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches(".*\\.(log|transcript)"))
                    .filter(file ->
                            name == null || file.getFileName().toString().startsWith(name))
                    .filter(file -> file.toFile().length() > 0)
                    .max(Comparator.comparing(file -> file.toFile().lastModified()))
                    .orElse(null);
            if (log == null) {
                return "";
            }
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            List<String> last = lines.subList(Math.max(0, lines.size() - TAIL), lines.size());
            return folder.relativize(log) + ":\n" + String.join("\n", last);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook finds nothing left to do.
            return;
        }
    }

    private synchronized void clear() {
        if (cleared) {
            return;
        }
        cleared = true;
        // Applications are children of the agents, which leave them running.
        List<ProcessHandle> all = new ArrayList<>();
        for (Actor actor : actors) {
            all.addAll(actor.process.descendants().toList());
        }
        for (AutoCloseable prop : props) {
            try {
                prop.close();
            } catch (Exception e) {
                // It is about to lose what it is connected to anyway.
                continue;
            }
        }
        all.forEach(ProcessHandle::destroy);
        // Agents before the service, so that they can sign out.
        for (Actor actor : actors) {
            actor.process.destroy();
            all.add(actor.process.toHandle());
            await(actor.process.toHandle());
        }
        all.forEach(Stage::await);
        if (!keep) {
            remove();
        }
    }

    private static void await(ProcessHandle process) {
        try {
            process.onExit().get(12, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
            process.onExit().join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void remove() {
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                if (made || !path.equals(folder)) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            System.err.println("beckon: " + folder + " could not be removed: " + e);
        }
    }

    /** A process that plays, and the lines it prints. */
    static final class Actor {
        private final String name;
        private final Process process;
        private final List<String> lines = new ArrayList<>();

        private Actor(String name, Process process, Path log) {
            this.name = name;
            this.process = process;
            Thread reader = new Thread(() -> read(log), "beckon-demo-hears-" + name);
            reader.setDaemon(true);
            reader.start();
        }

        private void read(Path log) {
            try (var in = process.inputReader(StandardCharsets.UTF_8);
                    var out = Files.newBufferedWriter(
                            log,
                            StandardCharsets.UTF_8,
                            java.nio.file.StandardOpenOption.CREATE,
                            java.nio.file.StandardOpenOption.APPEND)) {
                for (String line; (line = in.readLine()) != null; ) {
                    synchronized (lines) {
                        lines.add(line);
                    }
                    out.write(line);
                    out.newLine();
                    out.flush();
                }
            } catch (IOException e) {
                // The process or the folder is gone.
                return;
            }
        }

        /** The first line that holds all of this; null where none does yet. */
        @Nullable
        String line(String... parts) {
            synchronized (lines) {
                return lines.stream()
                        .filter(line -> Stream.of(parts).allMatch(line::contains))
                        .findFirst()
                        .orElse(null);
            }
        }

        /** It has ended by itself. */
        CompletableFuture<Process> ended() {
            return process.onExit();
        }
    }
}
