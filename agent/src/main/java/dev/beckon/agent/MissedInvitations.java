package dev.beckon.agent;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.beckon.Application;
import dev.beckon.Limits;
import dev.beckon.MissedInvitation;
import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.ConfigFile;
import dev.beckon.agent.files.Section;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps missed invitations over a restart, in one file. A burst of them is one write; a crash loses what was missed in
 * the last half second.
 */
final class MissedInvitations implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MissedInvitations.class);
    private static final int KEPT = 100;
    private static final int MAX_BYTES = 1024 * 1024;
    private static final Duration BURST = Duration.ofMillis(500);

    private final Path file;
    private final List<MissedInvitation> earlier;
    private final ScheduledThreadPoolExecutor worker;
    /** What is still to be written; null where nothing is. */
    private final AtomicReference<@Nullable Supplier<List<MissedInvitation>>> pending = new AtomicReference<>();

    private MissedInvitations(Path file, List<MissedInvitation> earlier) {
        this.file = file;
        this.earlier = earlier;
        this.worker = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "beckon-missed");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Reads what was kept. A file that cannot be taken counts as empty: it is the agent's own, and no reason not to start.
     *
     * @throws IOException where its folder cannot be made
     */
    static MissedInvitations open(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            AtomicFile.folder(folder);
            AtomicFile.sweep(folder);
        }
        return new MissedInvitations(file, read(file));
    }

    /** What was kept by earlier agents, newest first. */
    List<MissedInvitation> earlier() {
        return earlier;
    }

    /** Keeps these, soon. */
    void keep(Supplier<List<MissedInvitation>> all) {
        if (pending.getAndSet(all) == null) {
            worker.schedule(this::flush, BURST.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Writes what is still to be kept. */
    @Override
    public void close() {
        worker.shutdown();
        flush();
    }

    private synchronized void flush() {
        Supplier<List<MissedInvitation>> all = pending.getAndSet(null);
        if (all != null) {
            write(all.get());
        }
    }

    private void write(List<MissedInvitation> all) {
        List<Map<String, String>> missed = all.stream()
                .limit(KEPT)
                .map(each -> Map.of(
                        "session", each.sessionId(),
                        "from", each.from(),
                        "application", each.application(),
                        "name", each.applicationName(),
                        "url", each.applicationUrl(),
                        "when", each.when().toString(),
                        "reason", each.reason()))
                .toList();
        try {
            AtomicFile.write(
                    file,
                    ConfigValueFactory.fromMap(Map.of("missed", missed))
                                    .render(ConfigRenderOptions.concise().setFormatted(true))
                            + "\n");
        } catch (IOException | RuntimeException e) {
            log.warn("Missed invitations are not kept: {}", e.toString());
        }
    }

    private static List<MissedInvitation> read(Path file) {
        List<MissedInvitation> missed = new ArrayList<>();
        try {
            for (Section each : ConfigFile.read(file, MAX_BYTES, false).sections("missed")) {
                if (missed.size() < KEPT) {
                    missed.add(read(each));
                }
            }
        } catch (NoSuchFileException e) {
            log.debug("No invitations were missed yet");
        } catch (BadFileException e) {
            log.warn("Earlier missed invitations are lost: {}", e.getMessage());
        }
        return List.copyOf(missed);
    }

    private static MissedInvitation read(Section each) throws BadFileException {
        try {
            return new MissedInvitation(
                    Limits.guid(each.text("session", "")),
                    Limits.text("from", each.text("from", ""), 3071),
                    Limits.guid(each.text("application", "")),
                    Limits.text("name", each.text("name", ""), Limits.NAME_CHARACTERS),
                    Application.checkUrl(each.text("url", "")),
                    Instant.parse(each.text("when", "")),
                    Limits.text("reason", each.text("reason", ""), 1000));
        } catch (SessionException e) {
            throw each.bad("session", "cannot be taken: " + e.problem(), e.remedy());
        } catch (DateTimeParseException e) {
            throw each.bad("when", "is no time", "remove the file");
        }
    }
}
