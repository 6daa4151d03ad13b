package dev.beckon.agent.launch;

import dev.beckon.agent.files.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What launched applications print, one file per launch. An application writes its file itself, so that it does not
 * depend on the agent; the agent shortens a file that grows beyond its bound to how it began, and the application goes on
 * behind that.
 */
final class OutputLogs {
    /** How many files are kept. */
    static final int KEPT = 20;
    /** How long a file may grow. */
    static final long MAX_BYTES = 1024 * 1024;
    /** What is left of one that grew longer: why a program failed mostly stands at the beginning. */
    static final long HEAD_BYTES = 64 * 1024;

    private static final Logger log = LoggerFactory.getLogger(OutputLogs.class);
    private static final String SUFFIX = ".log";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Path folder;

    OutputLogs(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes a file, readable for its user alone, and removes the oldest.
     *
     * @param inUse files that stay
     */
    Path create(String guid, Set<Path> inUse) throws IOException {
        AtomicFile.folder(folder);
        prune(inUse);
        String name = STAMP.format(Instant.now()) + "-" + guid.replaceAll("[{}]", "");
        for (int i = 0; ; i++) {
            Path file = folder.resolve(name + (i == 0 ? "" : "-" + i) + SUFFIX);
            try {
                return Files.createFile(file, AtomicFile.forUserAlone("rw-------"));
            } catch (FileAlreadyExistsException e) {
                if (i == 100) {
                    throw e;
                }
            }
        }
    }

    /** Shortens every file that is too long. */
    void trim() {
        for (Path file : files()) {
            try {
                if (Files.size(file) > MAX_BYTES) {
                    try (FileChannel channel =
                            FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                        channel.truncate(HEAD_BYTES);
                    }
                    log.info("{} grew over {} bytes and was shortened", file, MAX_BYTES);
                }
            } catch (IOException e) {
                log.debug("Shortening {}", file, e);
            }
        }
    }

    private void prune(Set<Path> inUse) {
        List<Path> files = files();
        // The stamp leads the name, so names sort by age.
        for (Path file : files.subList(0, Math.max(0, files.size() - KEPT + 1))) {
            try {
                if (!inUse.contains(file)) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                log.debug("Removing {}", file, e);
            }
        }
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : stream) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    files.add(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("Listing {}", folder, e);
        }
        Collections.sort(files);
        return files;
    }
}
