package dev.beckon.service.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The accounts, by normalised localpart. Passwords come prepared ({@link Passwords#prepare}). Any thread. */
public final class StoredAccounts implements Accounts {
    private static final int LEAST_ITERATIONS = 4096;

    private final Database database;
    private volatile int iterations;
    private byte @Nullable [] secret;

    StoredAccounts(Database database) {
        this.database = database;
        iterations = iterations(database);
    }

    /**
     * Sets how often a password is hashed from now on, also by other processes that open this store later; what is kept already stays
     * as it is. At least 4096 (RFC 7677 §4).
     */
    public void hashPasswords(int times) {
        if (times < LEAST_ITERATIONS) {
            throw new IllegalArgumentException("PBKDF2 iterations must be at least 4096, not " + times);
        }
        database.write(sql -> {
                    Settings.keep(sql, Settings.ITERATIONS, Integer.toString(times));
                    return times;
                })
                .join();
        iterations = times;
    }

    private static int iterations(Database database) {
        return database.read(sql -> Settings.find(sql, Settings.ITERATIONS))
                .map(Integer::valueOf)
                .filter(times -> times >= LEAST_ITERATIONS)
                .orElse(Passwords.DEFAULT_ITERATIONS);
    }

    public boolean exists(String name) {
        return database.read(sql -> exists(sql, name));
    }

    @Override
    public ScramCredentials credentials(String localpart, Mechanism mechanism) {
        return database.read(sql -> sql.one(
                        StoredAccounts::credentials,
                        "SELECT * FROM credential WHERE account = ? AND mechanism = ?",
                        localpart,
                        mechanism.wireName()))
                .orElseGet(() -> Passwords.unfitting(secret(), localpart, mechanism, iterations));
    }

    /** Whether an account exists, and credentials with this salt are still the ones that sign in to it. */
    public boolean signsIn(String name, byte[] salt) {
        return database.read(sql ->
                sql.number("SELECT EXISTS (SELECT 1 FROM credential WHERE account = ? AND salt = ?)", name, salt) == 1);
    }

    /** Of this store, made when it is first needed. */
    private synchronized byte[] secret() {
        if (secret == null) {
            String fresh = HexFormat.of().formatHex(Passwords.newSecret());
            String kept = database.write(sql -> {
                        Optional<String> earlier = Settings.find(sql, Settings.SECRET);
                        if (earlier.isEmpty()) {
                            Settings.keep(sql, Settings.SECRET, fresh);
                        }
                        return earlier.orElse(fresh);
                    })
                    .join();
            secret = HexFormat.of().parseHex(kept);
        }
        return secret;
    }

    public List<Account> all() {
        return database.read(sql -> sql.all(
                row -> new Account(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
                "SELECT name, created FROM account ORDER BY name"));
    }

    /** Adds an account; false where there is one by that name. Derives keys: milliseconds of processor on this thread. */
    public CompletableFuture<Boolean> add(String name, String preparedPassword) {
        Map<Mechanism, ScramCredentials> credentials = derive(preparedPassword);
        long now = System.currentTimeMillis();
        return database.write(sql -> {
            if (exists(sql, name)) {
                return false;
            }
            sql.update("INSERT INTO account (name, created, changed) VALUES (?, ?, ?)", name, now, now);
            keep(sql, name, credentials);
            return true;
        });
    }

    /**
     * Sets another password; false where there is no such account. Derives keys: milliseconds of processor on this thread.
     *
     * @param by the full JID whose stream asked for it and therefore stays, or null
     */
    public CompletableFuture<Boolean> setPassword(String name, String preparedPassword, @Nullable String by) {
        Map<Mechanism, ScramCredentials> credentials = derive(preparedPassword);
        long now = System.currentTimeMillis();
        return database.write(sql -> {
            if (sql.update("UPDATE account SET changed = ? WHERE name = ?", now, name) == 0) {
                return false;
            }
            keep(sql, name, credentials);
            Changes.append(sql, Changes.PASSWORD, name, by);
            return true;
        });
    }

    /** Removes an account and every subscription it had with others here; false where there is none by that name. */
    public CompletableFuture<Boolean> remove(String name) {
        return database.write(sql -> {
            if (sql.update("DELETE FROM account WHERE name = ?", name) == 0) {
                return false;
            }
            Optional<String> domain = Settings.find(sql, Settings.DOMAIN);
            if (domain.isPresent()) {
                leaveRosters(sql, name + "@" + domain.get());
            }
            Changes.append(sql, Changes.REMOVED, name, null);
            return true;
        });
    }

    /** Whoever registers the name next inherits nobody's trust: as if the account had cancelled everything (XEP-0077 §3.2). */
    private static void leaveRosters(Sql sql, String address) throws SQLException {
        List<String> owners = sql.all(row -> row.getString(1), "SELECT owner FROM roster WHERE contact = ?", address);
        sql.update(
                "UPDATE roster SET subscription = 'none', ask = 0, approved = 0, request = NULL WHERE contact = ?",
                address);
        sql.update("DELETE FROM roster WHERE contact = ? AND NOT listed", address);
        for (String owner : owners) {
            Changes.append(sql, Changes.CONTACT, owner, address);
        }
    }

    private Map<Mechanism, ScramCredentials> derive(String preparedPassword) {
        Map<Mechanism, ScramCredentials> credentials = new EnumMap<>(Mechanism.class);
        for (Mechanism mechanism : Mechanism.values()) {
            credentials.put(mechanism, Passwords.derive(mechanism, preparedPassword, iterations));
        }
        return credentials;
    }

    private static boolean exists(Sql sql, String name) throws SQLException {
        return sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", name) == 1;
    }

    private static void keep(Sql sql, String name, Map<Mechanism, ScramCredentials> credentials) throws SQLException {
        for (Map.Entry<Mechanism, ScramCredentials> each : credentials.entrySet()) {
            sql.update(
                    "INSERT OR REPLACE INTO credential (account, mechanism, salt, iterations, stored_key, server_key)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    name,
                    each.getKey().wireName(),
                    each.getValue().salt(),
                    each.getValue().iterations(),
                    each.getValue().storedKey(),
                    each.getValue().serverKey());
        }
    }

    private static ScramCredentials credentials(ResultSet row) throws SQLException {
        return new ScramCredentials(
                row.getBytes("salt"), row.getInt("iterations"), row.getBytes("stored_key"), row.getBytes("server_key"));
    }

    /** An account, as lists show it. */
    public record Account(String name, Instant created) {}
}
