package dev.beckon.service.store;

import dev.beckon.service.metric.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The service's memory: one SQLite file under the home folder, readable by its owner alone. Several processes may have it open
 * at once. The futures of mutations complete once the change would survive a power cut, in the order of the commits, on a thread
 * of the store's own: what runs there must not block. Reads block for as long as the disk takes. Faults are {@link StoreException}s.
 */
public final class Store implements AutoCloseable {
    /** The name of the file under the home folder. */
    public static final String FILE = "beckon.db";

    /** Lies in a home folder while its files are being replaced. */
    public static final String RESTORING = "restoring";

    private static final String LOCK_FILE = "serving.lock";

    private final Database database;
    private final StoredAccounts accounts;
    private final Rosters rosters;
    private final Blocklists blocklists;
    private final LockKeys lockKeys;
    private final SigningKeys signingKeys;
    private final Documents documents;
    private final KeptMessages keptMessages;
    private final DetachedSessions detachedSessions;
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Changes changes;
    private @Nullable FileChannel serving;

    private Store(Database database) {
        this.database = database;
        accounts = new StoredAccounts(database);
        rosters = new Rosters(database);
        blocklists = new Blocklists(database);
        lockKeys = new LockKeys(database);
        signingKeys = new SigningKeys(database);
        documents = new Documents(database);
        keptMessages = new KeptMessages(database);
        detachedSessions = new DetachedSessions(database);
    }

    /**
     * Opens the store of a home folder; folder and file are made where there are none.
     *
     * @throws StoreException where the file is damaged, somebody else's, or cannot be used; the message says what to do
     */
    public static Store open(Path home) {
        return new Store(Database.open(home.resolve(FILE)));
    }

    /**
     * Opens the store for the process that serves a domain: it follows what others change. Only one may at a time, since it
     * answers from memory what only it changes.
     *
     * @throws StoreException as {@link #open}, and where another process serves from this folder
     */
    public static Store serve(Path home, String domain) {
        if (Files.exists(home.resolve(RESTORING))) {
            throw new StoreException("a restore into " + home + " was interrupted; run it again");
        }
        Store store = open(home);
        try {
            store.serving = lock(home);
            store.database
                    .write(sql -> {
                        Settings.keep(sql, Settings.DOMAIN, domain);
                        return domain;
                    })
                    .join();
            store.follow();
            return store;
        } catch (StoreException e) {
            store.close();
            throw e;
        } catch (CompletionException e) {
            store.close();
            throw e.getCause() instanceof StoreException fault ? fault : e;
        }
    }

    /**
     * Keeps everybody else from serving from a home folder until it is closed; the system gives it up with the process, however that
     * ends.
     *
     * @throws StoreException where somebody serves from it
     */
    public static FileChannel lock(Path home) {
        Path file = home.resolve(LOCK_FILE);
        try {
            Database.createPrivately(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                // Another service in this very process.
            }
            channel.close();
        } catch (IOException e) {
            throw new StoreException("cannot use " + file + ": " + e, e);
        }
        throw new StoreException("a service is running on " + home + " already; stop it or give another home folder");
    }

    /** Adds what is measured of the store. */
    public void measure(Metrics metrics) {
        database.measure(metrics);
    }

    /** Writes something of no meaning; completes once it is there. */
    public CompletableFuture<?> tryWrite() {
        return database.write(sql -> {
            Settings.keep(sql, Settings.TRIED, Long.toString(System.currentTimeMillis()));
            return true;
        });
    }

    /** Is told of every change within a fraction of a second, whoever made it; on a thread of the store's own. */
    public void onChange(Consumer<Change> listener) {
        listeners.add(listener);
    }

    public StoredAccounts accounts() {
        return accounts;
    }

    public Rosters rosters() {
        return rosters;
    }

    public Blocklists blocklists() {
        return blocklists;
    }

    public LockKeys lockKeys() {
        return lockKeys;
    }

    public SigningKeys signingKeys() {
        return signingKeys;
    }

    public Documents documents() {
        return documents;
    }

    public KeptMessages keptMessages() {
        return keptMessages;
    }

    public DetachedSessions detachedSessions() {
        return detachedSessions;
    }

    /** Asks the process that serves from here to read its configuration anew; it answers with a {@link Change.Reloaded}. */
    public CompletableFuture<Boolean> askToReload(String id) {
        return append(Changes.RELOAD, id, null);
    }

    /** Says what came of it. */
    public CompletableFuture<Boolean> answerReload(Change.Reloaded answer) {
        return append(answer.done() ? Changes.RELOADED : Changes.NOT_RELOADED, answer.id(), answer.report());
    }

    private CompletableFuture<Boolean> append(String kind, String subject, @Nullable String detail) {
        return database.write(sql -> {
            Changes.append(sql, kind, subject, detail);
            return true;
        });
    }

    /** Follows what other processes change, as the one that serves does. */
    public void follow() {
        if (changes == null) {
            try {
                changes = new Changes(database, this::tell);
            } catch (SQLException e) {
                throw new StoreException("cannot follow changes of " + database.file() + ": " + e.getMessage(), e);
            }
        }
    }

    private void tell(Change change) {
        if (change instanceof Change.AccountRemoved removed) {
            blocklists.forget(removed.name());
        }
        listeners.forEach(listener -> listener.accept(change));
    }

    /** Commits what is under way and closes the file. */
    @Override
    public void close() {
        if (changes != null) {
            changes.close();
        }
        database.close();
        if (serving != null) {
            try {
                serving.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
