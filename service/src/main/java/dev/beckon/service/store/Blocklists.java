package dev.beckon.service.store;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Whom each account does not want to hear from. Every stanza asks, so the lists of the accounts asked for last are kept in
 * memory; only the process that serves changes them. Any thread.
 */
public final class Blocklists {
    private static final int KEPT = 20_000;

    private final Database database;
    private final Map<String, Set<String>> kept = new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<String>> eldest) {
            return size() > KEPT;
        }
    };

    /** Counts changes, so that a list read before one is not kept after it. */
    private long changes;

    Blocklists(Database database) {
        this.database = database;
    }

    /** The addresses an owner blocks: each a JID or a domain. */
    public Set<String> of(String owner) {
        long seen;
        synchronized (kept) {
            Set<String> known = kept.get(owner);
            if (known != null) {
                return known;
            }
            seen = changes;
        }
        Set<String> read = database.read(sql ->
                Set.copyOf(sql.all(row -> row.getString(1), "SELECT address FROM blocked WHERE owner = ?", owner)));
        synchronized (kept) {
            if (seen == changes) {
                kept.put(owner, read);
            }
        }
        return read;
    }

    /**
     * Blocks addresses.
     *
     * @param limit the most one owner may block
     * @return whether it was done; false where it would pass the limit, and then nothing was
     */
    public CompletableFuture<Boolean> block(String owner, Collection<String> addresses, int limit) {
        return changed(owner, sql -> {
            List<String> now = sql.all(row -> row.getString(1), "SELECT address FROM blocked WHERE owner = ?", owner);
            Set<String> then = new HashSet<>(now);
            then.addAll(addresses);
            if (then.size() > limit) {
                return false;
            }
            for (String address : addresses) {
                sql.update("INSERT OR IGNORE INTO blocked (owner, address) VALUES (?, ?)", owner, address);
            }
            return true;
        });
    }

    /** Unblocks addresses; with none given, all of them. The result is what was blocked until now. */
    public CompletableFuture<List<String>> unblock(String owner, Collection<String> addresses) {
        return changed(owner, sql -> {
            List<String> gone =
                    sql.all(row -> row.getString(1), "SELECT address FROM blocked WHERE owner = ?", owner).stream()
                            .filter(address -> addresses.isEmpty() || addresses.contains(address))
                            .toList();
            for (String address : gone) {
                sql.update("DELETE FROM blocked WHERE owner = ? AND address = ?", owner, address);
            }
            return gone;
        });
    }

    void forget(String owner) {
        synchronized (kept) {
            changes++;
            kept.remove(owner);
        }
    }

    private <T> CompletableFuture<T> changed(String owner, Database.Work<T> work) {
        return database.write(work).whenComplete((result, failure) -> forget(owner));
    }
}
