package dev.beckon.agent.registry;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at folders again whenever something changes in them, and now and then in any case: the system's notices can be
 * lost, and network drives give none. All looking and telling is done on one thread.
 */
final class FolderWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);
    /** Changes come in bursts; one look answers all of a burst. */
    private static final Duration BURST = Duration.ofMillis(50);

    private final List<Path> folders;
    private final Duration rescan;
    private final BooleanSupplier look;
    private final ScheduledThreadPoolExecutor worker;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private @Nullable WatchService watcher;
    private boolean complained;

    /**
     * A watch.
     *
     * @param look looks at the folders; answers false where it wants to be asked again soon
     */
    FolderWatch(List<Path> folders, Duration rescan, BooleanSupplier look) {
        this.folders = folders;
        this.rescan = rescan;
        this.look = look;
        // What comes after close is nobody's concern any more: it is dropped.
        this.worker = new ScheduledThreadPoolExecutor(
                1, task -> daemon(task, "beckon-registry"), new ThreadPoolExecutor.DiscardPolicy());
        worker.setRemoveOnCancelPolicy(true);
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void start() {
        try {
            WatchService service = FileSystems.getDefault().newWatchService();
            watcher = service;
            register();
            daemon(() -> listen(service), "beckon-registry-watch").start();
        } catch (IOException | UnsupportedOperationException e) {
            log.warn("Changes of registered applications are noticed only every {}: {}", rescan, e.toString());
        }
        // What happened between the first look and now.
        lookAfter(BURST);
        worker.scheduleWithFixedDelay(this::lookNow, rescan.toMillis(), rescan.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does something on the thread that looks, after what was given before. Nothing once closed. */
    void tell(Runnable task) {
        worker.execute(() -> guarded(task));
    }

    @Override
    public void close() {
        worker.shutdownNow();
        WatchService service = watcher;
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                log.debug("Closing the watch", e);
            }
        }
    }

    private void listen(WatchService service) {
        try {
            while (true) {
                WatchKey key = service.take();
                key.pollEvents();
                key.reset();
                lookAfter(BURST);
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            log.debug("Watch closed");
        }
    }

    private void lookAfter(Duration delay) {
        if (scheduled.compareAndSet(false, true)) {
            worker.schedule(
                    () -> {
                        scheduled.set(false);
                        lookNow();
                    },
                    delay.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void lookNow() {
        guarded(() -> {
            register();
            if (!look.getAsBoolean()) {
                lookAfter(ApplicationFolder.SETTLE);
            }
        });
    }

    /** Watches every folder there is; one that was made, or made anew, since the last time is taken in. */
    private void register() {
        WatchService service = watcher;
        if (service == null) {
            return;
        }
        for (Path folder : folders) {
            try {
                if (Files.isDirectory(folder)) {
                    folder.register(
                            service,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
                }
            } catch (ClosedWatchServiceException e) {
                return;
            } catch (IOException e) {
                if (!complained) {
                    complained = true;
                    log.warn("Changes in {} are noticed only every {}: {}", folder, rescan, e.toString());
                }
            }
        }
    }

    /** A listener that fails must not end the watch. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("Watching the registered applications", e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
