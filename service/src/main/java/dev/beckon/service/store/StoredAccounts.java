package dev.beckon.service.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The accounts, by normalised localpart. Passwords come prepared ({@link Passwords#prepare}). Any thread. */
public final class StoredAccounts implements Accounts {
    /** RFC 7677 §4. */
    public static final int LEAST_ITERATIONS = 4096;

    /** More would keep a client busy for a second. */
    public static final int MOST_ITERATIONS = 1_000_000;

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

    /** How often a password is hashed unless something else is asked for. */
    public int iterations() {
        return iterations;
    }

    /** What will be kept of a password. Derives keys: milliseconds of processor on this thread. */
    public Derived derive(String name, String preparedPassword, int times) {
        return new Derived(name, derive(preparedPassword, times));
    }

    /** Adds an account; false where there is one by that name. Derives keys: milliseconds of processor on this thread. */
    public CompletableFuture<Boolean> add(String name, String preparedPassword) {
        Derived account = derive(name, preparedPassword, iterations);
        return database.write(sql -> add(sql, account));
    }

    /**
     * Adds many accounts with one commit. Where there is one by the name, it gets this password if {@code update}, else is left as
     * it is.
     */
    public CompletableFuture<Added> addAll(List<Derived> accounts, boolean update) {
        return database.write(sql -> {
            int added = 0;
            int updated = 0;
            List<String> left = new ArrayList<>();
            for (Derived account : accounts) {
                if (add(sql, account)) {
                    added++;
                } else if (update && replace(sql, account, null)) {
                    updated++;
                } else {
                    left.add(account.name);
                }
            }
            return new Added(added, updated, left);
        });
    }

    private static boolean add(Sql sql, Derived account) throws SQLException {
        if (exists(sql, account.name)) {
            return false;
        }
        long now = System.currentTimeMillis();
        sql.update("INSERT INTO account (name, created, changed) VALUES (?, ?, ?)", account.name, now, now);
        keep(sql, account.name, account.credentials);
        return true;
    }

    /**
     * Sets another password; false where there is no such account. Derives keys: milliseconds of processor on this thread.
     *
     * @param by the full JID whose stream asked for it and therefore stays, or null
     */
    public CompletableFuture<Boolean> setPassword(String name, String preparedPassword, @Nullable String by) {
        Derived account = derive(name, preparedPassword, iterations);
        return database.write(sql -> replace(sql, account, by));
    }

    private static boolean replace(Sql sql, Derived account, @Nullable String by) throws SQLException {
        if (sql.update("UPDATE account SET changed = ? WHERE name = ?", System.currentTimeMillis(), account.name)
                == 0) {
            return false;
        }
        keep(sql, account.name, account.credentials);
        Changes.append(sql, Changes.PASSWORD, account.name, by);
        return true;
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

    private static Map<Mechanism, ScramCredentials> derive(String preparedPassword, int times) {
        Map<Mechanism, ScramCredentials> credentials = new EnumMap<>(Mechanism.class);
        for (Mechanism mechanism : Mechanism.values()) {
            credentials.put(mechanism, Passwords.derive(mechanism, preparedPassword, times));
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

    /** A name and what is to be kept of its password. */
    public static final class Derived {
        private final String name;
        private final Map<Mechanism, ScramCredentials> credentials;

        private Derived(String name, Map<Mechanism, ScramCredentials> credentials) {
            this.name = name;
            this.credentials = credentials;
        }
    }

    /** What came of adding many: {@code left} were there and stay as they were. */
    public record Added(int added, int updated, List<String> left) {}
}
