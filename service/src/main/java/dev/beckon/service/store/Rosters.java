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
        return together(book -> book.change(owner, contact, transition));
    }

    /**
     * Makes several changes, each of which sees those before it: after a crash either all of them are there or none.
     *
     * @param changes have no side effect: they may be made more than once
     */
    public <T> CompletableFuture<T> together(Together<T> changes) {
        return database.write(sql -> changes.make(new Book(sql)));
    }

    /** Several changes that hold together. */
    @FunctionalInterface
    public interface Together<T> {
        T make(Book book) throws SQLException;
    }

    /** The rosters as they are in the midst of a change. */
    public static final class Book {
        private final Sql sql;

        private Book(Sql sql) {
            this.sql = sql;
        }

        /** See {@link Rosters#change}. */
        public <T> Optional<T> change(String owner, String contact, Transition<T> transition) throws SQLException {
            if (sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", owner) == 0) {
                return Optional.empty();
            }
            Optional<RosterItem> stored = find(sql, owner, contact);
            Size size = sql.one(
                            row -> new Size(row.getInt(1), row.getInt(2)),
                            "SELECT coalesce(sum(listed), 0), count(*) - coalesce(sum(listed), 0) FROM roster WHERE owner = ?",
                            owner)
                    .orElseThrow();
            RosterItem before = stored.orElseGet(() -> RosterItem.absent(contact));
            Outcome<T> outcome = transition.apply(before, size);
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
        }
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
         * @param size how many the owner has, this one included
         */
        Outcome<T> apply(RosterItem before, Size size);
    }

    /** How many contacts an owner has, and how many requests from strangers wait. */
    public record Size(int contacts, int requests) {}

    /** What to keep (nothing where it is {@link RosterItem#blank}), and what to tell the caller. */
    public record Outcome<T>(RosterItem item, T result) {}
}
