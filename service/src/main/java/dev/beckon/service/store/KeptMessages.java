package dev.beckon.service.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Messages that came while nobody was there, by owner, oldest first. Any thread. */
public final class KeptMessages {
    private final Database database;

    KeptMessages(Database database) {
        this.database = database;
    }

    /** @param at when the service took it */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Kept(long id, Instant at, byte[] stanza) {}

    /** How many messages may wait, and how many bytes they may be together. */
    public record Bounds(int messages, int bytes) {
        private boolean admits(Sql sql, int length, String where, @Nullable Object... arguments) throws SQLException {
            String kept = " FROM kept_message WHERE " + where;
            return sql.number("SELECT count(*)" + kept, arguments) < messages
                    && sql.number("SELECT coalesce(sum(length(stanza)), 0)" + kept, arguments) + length <= bytes;
        }
    }

    /**
     * How much is kept, and for how long.
     *
     * @param contacts of all contacts of one owner together
     * @param strangers of everybody else together, for one owner: they take nothing from the contacts' share
     * @param ofOneStranger of one sender, for all owners to whom he is a stranger
     */
    public record Rules(Bounds contacts, Bounds strangers, Bounds ofOneStranger, Duration life) {}

    /**
     * Keeps a message.
     *
     * @param sender the bare address it came from; null for the owner's own
     * @return whether it was kept; false where it would pass the bounds or there is no such account
     */
    public CompletableFuture<Boolean> keep(
            String owner, @Nullable String sender, Instant at, byte[] stanza, Rules rules) {
        return database.write(sql -> {
            if (sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", owner) == 0) {
                return false;
            }
            long oldest = at.minus(rules.life).toEpochMilli();
            sql.update("DELETE FROM kept_message WHERE owner = ? AND at < ?", owner, oldest);
            boolean stranger = sender != null && isStranger(sql, owner, sender);
            boolean admitted = stranger
                    ? rules.strangers.admits(sql, stanza.length, "owner = ? AND stranger IS NOT NULL", owner)
                            && rules.ofOneStranger.admits(
                                    sql, stanza.length, "stranger = ? AND at >= ?", sender, oldest)
                    : rules.contacts.admits(sql, stanza.length, "owner = ? AND stranger IS NULL", owner);
            if (admitted) {
                sql.update(
                        "INSERT INTO kept_message (owner, at, stanza, stranger) VALUES (?, ?, ?, ?)",
                        owner,
                        at.toEpochMilli(),
                        stanza,
                        stranger ? sender : null);
            }
            return admitted;
        });
    }

    /** Who is not subscribed to the owner, nor the owner to him. */
    private static boolean isStranger(Sql sql, String owner, String sender) throws SQLException {
        return sql.number(
                        "SELECT EXISTS (SELECT 1 FROM roster WHERE owner = ? AND contact = ? AND subscription <> 'none')",
                        owner,
                        sender)
                == 0;
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
