package dev.beckon.service.store;

import dev.beckon.service.metric.Metrics;
import dev.beckon.service.metric.Timing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteException;

/**
 * The file, its one writer and its readers. Writes are queued and committed in groups: one flush to disk acknowledges all that
 * waited for it. A write's future completes after its commit, on a thread of its own, in the order of the commits.
 */
final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final byte[] SQLITE_MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final int WAITING_WRITES = 8192;
    private static final int WRITES_IN_A_COMMIT = 256;
    private static final int READERS = 4;
    /** Up to this size the whole file is checked when it is opened: about a second. */
    private static final long CHECKED_BYTES = 256L << 20;

    private final Path file;
    private final Sql writer;
    private final BlockingQueue<Sql> readers = new ArrayBlockingQueue<>(READERS);
    private final BlockingQueue<Write<?>> writes = new LinkedBlockingQueue<>();
    /** Bounds both what waits to be committed and what waits to be told of it. */
    private final Semaphore unacknowledged = new Semaphore(WAITING_WRITES);

    private final ExecutorService completions =
            Executors.newSingleThreadExecutor(work -> daemon(work, "beckon-store-done"));
    private final Thread writing;
    private final Timing reads = new Timing();
    private final Timing commits = new Timing();
    private volatile boolean closing;

    private Database(Path file, Sql writer) throws SQLException {
        this.file = file;
        this.writer = writer;
        for (int i = 0; i < READERS; i++) {
            readers.add(Sql.open(file, true));
        }
        writing = daemon(this::writeUntilClosed, "beckon-store-write");
    }

    static Database open(Path file) {
        try {
            Path home = createPrivateFolder(
                    Objects.requireNonNull(file.toAbsolutePath().getParent()));
            NativeLibrary.unpack(home);
            createPrivately(file);
            refuseOtherFormats(file);
            Sql sql = Sql.open(file, false);
            try {
                Schema.prepare(sql, file.toString());
                useWriteAheadLog(sql);
                if (Files.size(file) <= CHECKED_BYTES) {
                    String verdict = sql.one(row -> row.getString(1), "PRAGMA quick_check(1)")
                            .orElse("");
                    if (!verdict.equals("ok")) {
                        throw new StoreException(file + " is damaged (" + verdict + "); restore it from a backup");
                    }
                }
                Database database = new Database(file, sql);
                database.writing.start();
                return database;
            } catch (SQLException | RuntimeException e) {
                sql.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StoreException("cannot use " + file + " as the database: " + e, e);
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    void measure(Metrics metrics) {
        metrics.timing("beckon_store_read_seconds", "Reading from the store, waiting for a reader included.", reads);
        metrics.timing("beckon_store_commit_seconds", "Committing a group of changes to the store.", commits);
        metrics.gauge(
                "beckon_store_waiting_writes",
                "Changes that are not acknowledged yet.",
                () -> WAITING_WRITES - unacknowledged.availablePermits());
    }

    Path file() {
        return file;
    }

    /** Runs work that only reads. Blocks for as long as the disk takes; a fault is a {@link StoreException}. */
    <T> T read(Work<T> work) {
        if (closing) {
            throw new StoreException(file + " is closed");
        }
        long began = System.nanoTime();
        Sql sql;
        try {
            sql = readers.poll(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for " + file, e);
        }
        if (sql == null) {
            throw new StoreException(file + " is busy; try again");
        }
        try {
            return work.run(sql);
        } catch (SQLException e) {
            throw unreadable(file, e);
        } finally {
            readers.add(sql);
            reads.since(began);
        }
    }

    /**
     * Queues work for the next commit. It may run twice (again alone, when the group it was in failed), so it has no effect
     * but on the database. Work that throws changes nothing.
     */
    <T> CompletableFuture<T> write(Work<T> work) {
        if (!unacknowledged.tryAcquire()) {
            return CompletableFuture.failedFuture(new StoreException("too many changes are waiting; try again"));
        }
        Write<T> write = new Write<>(work, new CompletableFuture<>());
        writes.add(write);
        if (closing && writes.remove(write)) {
            unacknowledged.release();
            write.done.completeExceptionally(new StoreException(file + " is closed"));
        }
        return write.done;
    }

    private void writeUntilClosed() {
        List<Write<?>> group = new ArrayList<>();
        while (!closing || !writes.isEmpty()) {
            try {
                Write<?> first = writes.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                group.add(first);
                writes.drainTo(group, WRITES_IN_A_COMMIT - 1);
                commit(List.copyOf(group));
                group.clear();
            } catch (InterruptedException e) {
                // Only close() ends this thread, and it does so by its flag.
                log.debug("interrupted while waiting for writes");
            }
        }
    }

    private void commit(List<Write<?>> group) {
        long began = System.nanoTime();
        try {
            List<Runnable> acknowledgements = new ArrayList<>(group.size());
            writer.execute("BEGIN IMMEDIATE");
            for (Write<?> write : group) {
                acknowledgements.add(write.run(writer));
            }
            writer.execute("COMMIT");
            commits.since(began);
            acknowledgements.forEach(this::complete);
        } catch (SQLException | RuntimeException | Error e) {
            rollBack();
            if (group.size() > 1) {
                // One of them failed: alone each gets its own verdict.
                group.forEach(write -> commit(List.of(write)));
            } else {
                Throwable fault = e instanceof SQLException fromSql ? unreadable(file, fromSql) : e;
                Write<?> failed = group.get(0);
                complete(() -> failed.done.completeExceptionally(fault));
            }
        }
    }

    private void rollBack() {
        try {
            // A full disk has ended the transaction by itself; then there is nothing to roll back and SQLite says so.
            writer.execute("ROLLBACK");
        } catch (SQLException e) {
            log.debug("nothing to roll back: {}", e.getMessage());
        }
    }

    private void complete(Runnable acknowledgement) {
        completions.execute(() -> {
            try {
                acknowledgement.run();
            } finally {
                unacknowledged.release();
            }
        });
    }

    /** Commits what is queued, completes its futures and closes the file. A second call does nothing. */
    @Override
    public void close() {
        synchronized (readers) {
            if (closing) {
                return;
            }
            closing = true;
        }
        try {
            writing.join();
            completions.shutdown();
            if (!completions.awaitTermination(30, TimeUnit.SECONDS)) {
                log.warn("closing {} while acknowledgements are still running", file);
            }
            for (int i = 0; i < READERS; i++) {
                Sql reader = readers.poll(30, TimeUnit.SECONDS);
                if (reader != null) {
                    reader.close();
                }
            }
            // Others may have the file open; then the last of them does this.
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            writer.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** SQLite gives the files beside it (the log, its index) the mode of the database. */
    static void createPrivately(Path file) throws IOException {
        try {
            Files.createFile(file, POSIX ? mode("rw-------") : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException e) {
            if (POSIX) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    /** A folder that is there is left as it is. */
    static Path createPrivateFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, POSIX ? mode("rwx------") : new FileAttribute<?>[0]);
        }
        return folder;
    }

    private static FileAttribute<?>[] mode(String mode) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))};
    }

    private static void refuseOtherFormats(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(SQLITE_MAGIC.length);
            if (start.length > 0 && !Arrays.equals(start, SQLITE_MAGIC)) {
                throw new StoreException(
                        file + " is not a database; move it away, or restore it from a backup if it was one");
            }
        }
    }

    private static void useWriteAheadLog(Sql sql) throws SQLException {
        String mode =
                sql.one(row -> row.getString(1), "PRAGMA journal_mode = WAL").orElse("");
        if (!mode.equals("wal")) {
            throw new SQLException("the file system of the database cannot hold a write-ahead log");
        }
    }

    private static StoreException unreadable(Path file, SQLException e) {
        int code = e instanceof SQLiteException lite ? lite.getResultCode().code & 0xff : 0;
        String what = switch (code) {
            case 11, 26 -> " is damaged; restore it from a backup";
            case 13 -> " cannot grow: the disk is full";
            case 8, 14, 23 -> " cannot be opened for writing; check who owns it";
            case 5, 6 -> " is held by another process; try again";
            default -> " cannot be used";
        };
        return new StoreException(file + what + " (" + e.getMessage() + ")", e);
    }

    /** What is done with a connection inside one transaction, or as one read. */
    @FunctionalInterface
    interface Work<T> {
        T run(Sql sql) throws SQLException;
    }

    private record Write<T>(Work<T> work, CompletableFuture<T> done) {
        Runnable run(Sql sql) throws SQLException {
            T result = work.run(sql);
            return () -> done.complete(result);
        }
    }
}
