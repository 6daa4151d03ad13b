package dev.beckon.service.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the list of changes that every process appends to in the same transaction as the change itself, so that none is
 * missed and none is told before it holds.
 */
final class Changes implements AutoCloseable {
    static final String REMOVED = "removed";
    static final String PASSWORD = "password";
    static final String CONTACT = "contact";
    static final String KEYS = "keys";
    static final String RELOAD = "reload";
    static final String RELOADED = "reloaded";
    static final String NOT_RELOADED = "not reloaded";

    private static final Logger log = LoggerFactory.getLogger(Changes.class);
    private static final long POLL_MILLIS = 200;
    private static final int AT_ONCE = 1000;
    private static final long KEPT_MILLIS = TimeUnit.DAYS.toMillis(7);

    private final Sql sql;
    private final Consumer<Change> listener;
    private final Thread following;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long version = -1;
    private long last;

    Changes(Database database, Consumer<Change> listener) throws SQLException {
        this.sql = Sql.open(database.file(), true);
        this.listener = listener;
        database.write(writer ->
                        writer.update("DELETE FROM change WHERE at < ?", System.currentTimeMillis() - KEPT_MILLIS))
                .join();
        last = sql.number("SELECT coalesce(max(seq), 0) FROM change");
        following = new Thread(this::follow, "beckon-store-changes");
        following.setDaemon(true);
        following.start();
    }

    static void append(Sql sql, String kind, String subject, @Nullable String detail) throws SQLException {
        sql.update(
                "INSERT INTO change (at, kind, subject, detail) VALUES (?, ?, ?, ?)",
                System.currentTimeMillis(),
                kind,
                subject,
                detail);
    }

    private void follow() {
        do {
            try {
                // Differs from the last answer exactly when another connection, here or elsewhere, has committed.
                long now = sql.number("PRAGMA data_version");
                if (now != version) {
                    List<Entry> entries = sql.all(
                            Entry::read, "SELECT * FROM change WHERE seq > ? ORDER BY seq LIMIT " + AT_ONCE, last);
                    for (Entry entry : entries) {
                        last = entry.seq;
                        tell(entry);
                    }
                    if (entries.size() < AT_ONCE) {
                        version = now;
                    }
                }
            } catch (SQLException e) {
                log.warn("cannot see what other processes changed: {}", e.getMessage());
            }
        } while (!closedWithin(POLL_MILLIS));
    }

    private boolean closedWithin(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void tell(Entry entry) {
        try {
            Change change = entry.change();
            if (change != null) {
                listener.accept(change);
            }
        } catch (RuntimeException e) {
            log.error("a change was not honoured: {} of {}", entry.kind, entry.subject, e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            following.join();
            sql.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            log.debug("closing: {}", e.getMessage());
        }
    }

    private record Entry(
            long seq, String kind, String subject, @Nullable String detail) {
        static Entry read(ResultSet row) throws SQLException {
            return new Entry(
                    row.getLong("seq"), row.getString("kind"), row.getString("subject"), row.getString("detail"));
        }

        @Nullable
        Change change() {
            return switch (kind) {
                case REMOVED -> new Change.AccountRemoved(subject);
                case PASSWORD -> new Change.PasswordChanged(subject, detail);
                case CONTACT -> detail == null ? null : new Change.ContactGone(subject, detail);
                case RELOAD -> new Change.ReloadAsked(subject);
                case RELOADED, NOT_RELOADED ->
                    new Change.Reloaded(subject, kind.equals(RELOADED), detail == null ? "" : detail);
                case KEYS -> new Change.KeyChanged(subject);
                default -> null;
            };
        }
    }
}
