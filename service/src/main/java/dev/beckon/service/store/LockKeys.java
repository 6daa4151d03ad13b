package dev.beckon.service.store;

import dev.beckon.service.Environment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The ID/key pairs. Read afresh each time, so that a revocation by another process holds at once. Any thread. */
public final class LockKeys {
    private static final String SEPARATOR = "\u001f";

    private final Database database;

    LockKeys(Database database) {
        this.database = database;
    }

    /** All that were ever issued, revoked ones too, oldest first. */
    public List<LockKey> all() {
        return database.read(sql -> sql.all(LockKeys::key, "SELECT * FROM lock_key ORDER BY id"));
    }

    /** The key of an application that holds in an environment. */
    public Optional<LockKey> live(String app, Environment environment) {
        return database.read(sql -> live(sql, app, environment));
    }

    /** Whether a key was ever issued, even if it has been revoked since. */
    public boolean everIssued() {
        return database.read(sql -> sql.number("SELECT EXISTS (SELECT 1 FROM lock_key)") == 1);
    }

    /** Keeps a new pair; false where the application has one in this environment already, which stays. */
    public CompletableFuture<Boolean> issue(LockKey key) {
        return database.write(sql -> {
            if (live(sql, key.app(), key.environment()).isPresent()) {
                return false;
            }
            sql.update(
                    "INSERT INTO lock_key (app, environment, secret, guids, note, created) VALUES (?, ?, ?, ?, ?, ?)",
                    key.app(),
                    key.environment().wireName(),
                    key.secret(),
                    String.join(SEPARATOR, key.guids()),
                    key.note(),
                    key.created().toEpochMilli());
            Changes.append(sql, Changes.KEYS, key.app(), null);
            return true;
        });
    }

    /** Revokes the key of an application; false where it has none that holds in this environment. */
    public CompletableFuture<Boolean> revoke(String app, Environment environment, Instant when) {
        return database.write(sql -> {
            int revoked = sql.update(
                    "UPDATE lock_key SET revoked = ? WHERE app = ? AND environment = ? AND revoked IS NULL",
                    when.toEpochMilli(),
                    app,
                    environment.wireName());
            if (revoked > 0) {
                Changes.append(sql, Changes.KEYS, app, null);
            }
            return revoked > 0;
        });
    }

    private static Optional<LockKey> live(Sql sql, String app, Environment environment) throws SQLException {
        return sql.one(
                LockKeys::key,
                "SELECT * FROM lock_key WHERE app = ? AND environment = ? AND revoked IS NULL",
                app,
                environment.wireName());
    }

    private static LockKey key(ResultSet row) throws SQLException {
        long revoked = row.getLong("revoked");
        return new LockKey(
                row.getString("app"),
                Environment.valueOf(row.getString("environment").toUpperCase(Locale.ROOT)),
                row.getString("secret"),
                List.of(row.getString("guids").split(SEPARATOR)),
                row.getString("note"),
                Instant.ofEpochMilli(row.getLong("created")),
                revoked == 0 ? null : Instant.ofEpochMilli(revoked));
    }
}
