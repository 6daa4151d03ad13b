package dev.beckon.agent;

import static dev.beckon.ResultCode.E_INVALIDARG;

import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.ConfigFile;
import dev.beckon.agent.files.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's {@code agent.conf}, looked at again whenever somebody asks what stands in it. While it cannot be taken, what
 * stood in it before holds.
 *
 * <p>Thread: any.
 */
final class SettingsFile {
    private static final Logger log = LoggerFactory.getLogger(SettingsFile.class);
    private static final int MAX_BYTES = 64 * 1024;
    /** A younger file may be half written. */
    private static final long SETTLE_MILLIS = 300;
    /** Two changes within this may leave the same time stamp (the coarsest in use, FAT's, counts by 2 s). */
    private static final long STAMP_MILLIS = 2000;

    private final Path file;
    private final InstantSource clock;
    private UserSettings settings;
    private @Nullable Stamp stamp;
    private @Nullable FileProblem problem;

    private SettingsFile(Path file, InstantSource clock, UserSettings settings) {
        this.file = file;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * Opens the file; where there is none, one that explains itself is written.
     *
     * @throws BadFileException where it cannot be taken
     */
    static SettingsFile open(Path file, InstantSource clock) throws IOException, BadFileException {
        if (!Files.exists(file)) {
            AtomicFile.write(file, preset());
        }
        return new SettingsFile(file, clock, read(file));
    }

    /**
     * The settings of a home.
     *
     * @throws SessionException E_INVALIDARG (the file cannot be taken), E_FAIL (the home cannot be used)
     */
    static SettingsFile of(AgentHome home) {
        Path file = home.file("agent.conf");
        try {
            return open(file, InstantSource.system());
        } catch (BadFileException e) {
            FileProblem problem = e.problem();
            throw new SessionException(E_INVALIDARG, problem.where() + ": " + problem.what(), problem.remedy());
        } catch (IOException e) {
            throw Agent.unusable(home.file(""), e);
        }
    }

    /** What is written where there is no file. */
    static String preset() throws IOException {
        try (InputStream in = SettingsFile.class.getResourceAsStream("agent.conf")) {
            return new String(Objects.requireNonNull(in, "agent.conf").readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What holds now. */
    synchronized UserSettings settings() {
        refresh();
        return settings;
    }

    /** What is wrong with the file now; null where nothing is. */
    synchronized @Nullable FileProblem problem() {
        refresh();
        return problem;
    }

    private void refresh() {
        try {
            Stamp now = Stamp.of(file);
            if (now.equals(stamp) || now.isYoung(clock, SETTLE_MILLIS)) {
                return;
            }
            // A stamp is remembered only once it cannot come again.
            stamp = now.isYoung(clock, STAMP_MILLIS) ? null : now;
            settings = read(file);
            if (problem != null) {
                log.info("{} is taken again", file);
            }
            problem = null;
        } catch (BadFileException e) {
            complain(e.problem());
        } catch (IOException e) {
            complain(new FileProblem(file, 0, "it cannot be read: " + e, "restore it, or start the agent anew"));
        }
    }

    private void complain(FileProblem now) {
        if (!now.equals(problem)) {
            log.warn("What stood in the settings before holds on: {}", now);
        }
        problem = now;
    }

    private static UserSettings read(Path file) throws NoSuchFileException, BadFileException {
        return UserSettings.of(ConfigFile.read(file, MAX_BYTES, true));
    }

    private record Stamp(long modified, long size, @Nullable Object key) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size(), attributes.fileKey());
        }

        /** A stamp from the future comes from another clock and says nothing. */
        boolean isYoung(InstantSource clock, long millis) {
            long age = clock.millis() - modified;
            return age >= 0 && age < millis;
        }
    }
}
