package dev.beckon.service.store;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages that came while nobody was there, by owner, oldest first. Any thread. */
public final class KeptMessages {
    private final Database database;

    KeptMessages(Database database) {
        this.database = database;
    }

    /** @param at when the service took it */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Kept(long id, Instant at, byte[] stanza) {}

    /** How much one owner's may be. */
    public record Bounds(int messages, int bytes) {}

    /** Keeps a message; false where it would pass the bounds or there is no such account. */
    public CompletableFuture<Boolean> keep(String owner, Instant at, byte[] stanza, Bounds bounds) {
        return database.write(sql -> {
            if (sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", owner) == 0) {
                return false;
            }
            long count = sql.number("SELECT count(*) FROM kept_message WHERE owner = ?", owner);
            long bytes = sql.number("SELECT coalesce(sum(length(stanza)), 0) FROM kept_message WHERE owner = ?", owner);
            if (count >= bounds.messages || bytes + stanza.length > bounds.bytes) {
                return false;
            }
            sql.update(
                    "INSERT INTO kept_message (owner, at, stanza) VALUES (?, ?, ?)", owner, at.toEpochMilli(), stanza);
            return true;
        });
    }

    public List<Kept> of(String owner) {
        return database.read(sql -> sql.all(
                row -> new Kept(row.getLong(1), Instant.ofEpochMilli(row.getLong(2)), row.getBytes(3)),
                "SELECT id, at, stanza FROM kept_message WHERE owner = ? ORDER BY id",
                owner));
    }

    /** Forgets an owner's messages up to this one. */
    public CompletableFuture<Integer> forget(String owner, long upTo) {
        return database.write(sql -> sql.update("DELETE FROM kept_message WHERE owner = ? AND id <= ?", owner, upTo));
    }
}
