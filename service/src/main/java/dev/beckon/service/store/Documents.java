package dev.beckon.service.store;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Pieces of XML that clients keep with the service, by owner, kind and name. Any thread. */
public final class Documents {
    /** What a document is for. */
    public enum Kind {
        /** Data of the owner's own clients (XEP-0049). */
        PRIVATE("private"),
        /** What the owner tells others of himself (XEP-0054). */
        VCARD("vcard");

        private final String column;

        Kind(String column) {
            this.column = column;
        }
    }

    private final Database database;

    Documents(Database database) {
        this.database = database;
    }

    public Optional<byte[]> find(String owner, Kind kind, String name) {
        return database.read(sql -> sql.one(
                row -> row.getBytes(1),
                "SELECT content FROM document WHERE owner = ? AND kind = ? AND name = ?",
                owner,
                kind.column,
                name));
    }

    /**
     * Keeps a document in the place of an earlier one.
     *
     * @param most how many of its kind one owner may have
     * @param mostBytes how long they may be together
     * @return whether it was kept; false where it would pass a bound or there is no such account
     */
    public CompletableFuture<Boolean> keep(
            String owner, Kind kind, String name, byte[] content, int most, int mostBytes) {
        return database.write(sql -> {
            if (sql.number("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?)", owner) == 0) {
                return false;
            }
            String others = " FROM document WHERE owner = ? AND kind = ? AND name <> ?";
            long count = sql.number("SELECT count(*)" + others, owner, kind.column, name);
            long bytes = sql.number("SELECT coalesce(sum(length(content)), 0)" + others, owner, kind.column, name);
            if (count >= most || bytes + content.length > mostBytes) {
                return false;
            }
            sql.update(
                    "INSERT OR REPLACE INTO document (owner, kind, name, content) VALUES (?, ?, ?, ?)",
                    owner,
                    kind.column,
                    name,
                    content);
            return true;
        });
    }
}
