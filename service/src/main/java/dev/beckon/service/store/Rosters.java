package dev.beckon.service.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The contact lists. Owners are normalised localparts, contacts normalised bare JIDs. Any thread. */
public final class Rosters {
    private static final String SEPARATOR = "\u001f";
    private static final String COLUMNS = "contact, listed, name, groups, subscription, ask, approved, request";

    private final Database database;

    Rosters(Database database) {
        this.database = database;
    }

    /** Everything kept for an owner, requests from strangers included. */
    public List<RosterItem> of(String owner) {
        return database.read(sql ->
                sql.all(Rosters::item, "SELECT " + COLUMNS + " FROM roster WHERE owner = ? ORDER BY contact", owner));
    }

    public Optional<RosterItem> item(String owner, String contact) {
        return database.read(sql -> find(sql, owner, contact));
    }

    /** The accounts here that let a contact see their presence. */
    public Set<String> visibleTo(String contact) {
        return database.read(sql -> Set.copyOf(sql.all(
                row -> row.getString(1),
                "SELECT owner FROM roster WHERE contact = ? AND subscription IN ('from', 'both')",
                contact)));
    }

    /**
     * Changes what an owner's roster says of a contact, in one step with reading it. The result is there once it is on disk.
     *
     * @param transition has no side effect: it may be run more than once
     * @return the transition's result; empty where there is no such account
     */
    public <T> CompletableFuture<Optional<T>> change(String owner, String contact, Transition<T> transition) {
        return database.write(sql -> {
            if (sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", owner) == 0) {
                return Optional.empty();
            }
            Optional<RosterItem> stored = find(sql, owner, contact);
            int items = (int) sql.number("SELECT count(*) FROM roster WHERE owner = ?", owner);
            RosterItem before = stored.orElseGet(() -> RosterItem.absent(contact));
            Outcome<T> outcome = transition.apply(before, items);
            RosterItem after = outcome.item();
            if (after.blank()) {
                sql.update("DELETE FROM roster WHERE owner = ? AND contact = ?", owner, contact);
            } else if (!after.equals(before)) {
                sql.update(
                        "INSERT OR REPLACE INTO roster (owner, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        owner,
                        contact,
                        after.listed() ? 1 : 0,
                        after.name(),
                        String.join(SEPARATOR, after.groups()),
                        after.subscription().wireName(),
                        after.ask() ? 1 : 0,
                        after.approved() ? 1 : 0,
                        after.request());
            }
            return Optional.of(outcome.result());
        });
    }

    private static Optional<RosterItem> find(Sql sql, String owner, String contact) throws SQLException {
        return sql.one(
                Rosters::item, "SELECT " + COLUMNS + " FROM roster WHERE owner = ? AND contact = ?", owner, contact);
    }

    private static RosterItem item(ResultSet row) throws SQLException {
        String groups = row.getString("groups");
        return new RosterItem(
                row.getString("contact"),
                row.getBoolean("listed"),
                row.getString("name"),
                groups.isEmpty() ? List.of() : List.of(groups.split(SEPARATOR)),
                Subscription.valueOf(row.getString("subscription").toUpperCase(Locale.ROOT)),
                row.getBoolean("ask"),
                row.getBoolean("approved"),
                row.getBytes("request"));
    }

    /** Says what follows from what is there. */
    @FunctionalInterface
    public interface Transition<T> {
        /**
         * @param before what is kept, or {@link RosterItem#absent}
         * @param items how many the owner has, this one included
         */
        Outcome<T> apply(RosterItem before, int items);
    }

    /** What to keep (nothing where it is {@link RosterItem#blank}), and what to tell the caller. */
    public record Outcome<T>(RosterItem item, T result) {}
}
