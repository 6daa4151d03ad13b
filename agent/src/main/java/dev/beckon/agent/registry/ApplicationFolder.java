package dev.beckon.agent.registry;

import dev.beckon.Application;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.FileProblem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One folder of application files, as it was when it was last looked at. Not thread-safe. */
final class ApplicationFolder {
    /** A file younger than this may be half written: what was known of it stands until it has come to rest. */
    static final Duration SETTLE = Duration.ofMillis(300);

    private static final int MAX_FILES = 1000;

    private final Path folder;
    private final InstantSource clock;
    private Map<String, Found> files = Map.of();
    private @Nullable FileProblem trouble;
    private boolean looked;

    ApplicationFolder(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    Path path() {
        return folder;
    }

    /**
     * Looks at every file again.
     *
     * @return false where some file has not come to rest: look again after {@link #SETTLE}
     */
    boolean look() {
        Map<String, Found> found = new LinkedHashMap<>();
        boolean settled = true;
        trouble = null;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*" + ApplicationFile.SUFFIX)) {
            for (Path file : stream) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(".")) {
                    continue;
                }
                if (found.size() == MAX_FILES) {
                    trouble = new FileProblem(
                            folder, 0, "it holds more than " + MAX_FILES + " files", "remove what is not needed");
                    break;
                }
                if (looked && isYoung(file)) {
                    settled = false;
                    Found before = files.get(name);
                    if (before != null) {
                        found.put(name, before);
                    }
                } else {
                    Found now = read(file);
                    if (now != null) {
                        found.put(name, now);
                    }
                }
            }
            files = found;
        } catch (NoSuchFileException e) {
            files = Map.of();
        } catch (NotDirectoryException e) {
            files = Map.of();
            trouble = new FileProblem(folder, 0, "it is no folder", "make it one");
        } catch (IOException | DirectoryIteratorException e) {
            // What was known stands: a disk that stumbles is no reason to unregister everything.
            trouble = new FileProblem(folder, 0, "it cannot be read: " + e.getMessage(), "let this user read it");
        }
        looked = true;
        return settled;
    }

    /** Takes note of what was just written here, or, with null, deleted. */
    void note(String guid, @Nullable Application application) {
        Map<String, Found> changed = new LinkedHashMap<>(files);
        String name = guid + ApplicationFile.SUFFIX;
        if (application == null) {
            changed.remove(name);
        } else {
            changed.put(name, new Found(application, null));
        }
        files = changed;
    }

    Stream<Application> applications() {
        return files.values().stream().flatMap(found -> Stream.ofNullable(found.application));
    }

    Stream<FileProblem> problems() {
        return Stream.concat(
                Stream.ofNullable(trouble), files.values().stream().flatMap(found -> Stream.ofNullable(found.problem)));
    }

    private static @Nullable Found read(Path file) {
        try {
            return new Found(ApplicationFile.read(file), null);
        } catch (NoSuchFileException e) {
            return null;
        } catch (BadFileException e) {
            return new Found(null, e.problem());
        }
    }

    private boolean isYoung(Path file) {
        try {
            long age = clock.millis()
                    - Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
            // A stamp from the future comes from another clock and says nothing.
            return age >= 0 && age < SETTLE.toMillis();
        } catch (IOException e) {
            return false;
        }
    }

    private record Found(
            @Nullable Application application, @Nullable FileProblem problem) {}
}
