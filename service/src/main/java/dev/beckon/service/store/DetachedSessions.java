package dev.beckon.service.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sessions that clients may resume after the service was stopped and started again (XEP-0198). Any thread. */
public final class DetachedSessions {
    private final Database database;

    DetachedSessions(Database database) {
        this.database = database;
    }

    /**
     * One session.
     *
     * @param id what its client asks for
     * @param until when it lapses
     * @param longest for how many seconds it may be without a client
     * @param acknowledged how many stanzas its client has acknowledged, modulo 2^32
     * @param received how many of its client's have been handled, modulo 2^32
     * @param presence what it broadcast last; null while unavailable
     * @param attributes what features keep with it
     * @param stanzas what its client has not acknowledged, oldest first
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Detached(
            String id,
            String owner,
            String resource,
            Instant until,
            long longest,
            int acknowledged,
            int received,
            byte @Nullable [] presence,
            int priority,
            Map<String, String> attributes,
            List<Kept> stanzas) {}

    /** A stanza, and when it came. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Kept(Instant at, byte[] stanza) {}

    /** Keeps these, and no others. Those of accounts that are gone are left out. */
    public CompletableFuture<Integer> keep(List<Detached> sessions) {
        return database.write(sql -> {
            sql.update("DELETE FROM detached_session");
            for (Detached session : sessions) {
                if (sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", session.owner) == 1) {
                    keep(sql, session);
                }
            }
            return sessions.size();
        });
    }

    private static void keep(Sql sql, Detached session) throws SQLException {
        sql.update(
                "INSERT INTO detached_session (id, owner, resource, until, longest, acknowledged, received, presence, priority)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                session.id,
                session.owner,
                session.resource,
                session.until.toEpochMilli(),
                session.longest,
                session.acknowledged,
                session.received,
                session.presence,
                session.priority);
        for (Map.Entry<String, String> attribute : session.attributes.entrySet()) {
            sql.update(
                    "INSERT INTO detached_attribute (session, name, value) VALUES (?, ?, ?)",
                    session.id,
                    attribute.getKey(),
                    attribute.getValue());
        }
        int position = 0;
        for (Kept kept : session.stanzas) {
            sql.update(
                    "INSERT INTO detached_stanza (session, position, at, stanza) VALUES (?, ?, ?, ?)",
                    session.id,
                    position++,
                    kept.at.toEpochMilli(),
                    kept.stanza);
        }
    }

    /** All that were kept. */
    public List<Detached> all() {
        return database.read(sql -> {
            Map<String, Map<String, String>> attributes = new HashMap<>();
            sql.all(
                    row -> attributes
                            .computeIfAbsent(row.getString(1), none -> new HashMap<>())
                            .put(row.getString(2), row.getString(3)),
                    "SELECT session, name, value FROM detached_attribute");
            Map<String, List<Kept>> stanzas = new HashMap<>();
            sql.all(
                    row -> stanzas.computeIfAbsent(row.getString(1), none -> new ArrayList<>())
                            .add(new Kept(Instant.ofEpochMilli(row.getLong(2)), row.getBytes(3))),
                    "SELECT session, at, stanza FROM detached_stanza ORDER BY session, position");
            return sql.all(
                    row -> new Detached(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            Instant.ofEpochMilli(row.getLong(4)),
                            row.getLong(5),
                            row.getInt(6),
                            row.getInt(7),
                            row.getBytes(8),
                            row.getInt(9),
                            attributes.getOrDefault(row.getString(1), Map.of()),
                            stanzas.getOrDefault(row.getString(1), List.of())),
                    "SELECT id, owner, resource, until, longest, acknowledged, received, presence, priority"
                            + " FROM detached_session");
        });
    }
}
