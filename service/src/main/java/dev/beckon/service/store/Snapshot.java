package dev.beckon.service.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** Copies of the database file: taken while others write, and checked before they are relied on. */
public final class Snapshot {
    private Snapshot() {}

    /**
     * Writes what the store of a home folder holds at one moment into a file of its own, which must not exist yet; readable by its owner
     * alone. Everything acknowledged before is in it. Writers go on meanwhile.
     */
    public static void take(Path home, Path to) {
        Path file = home.resolve(Store.FILE);
        try {
            NativeLibrary.unpack(home);
            // SQLite writes into an empty file, and its mode stays.
            Database.createPrivately(to);
            try (Sql sql = Sql.open(file, false)) {
                Schema.check(sql, file.toString());
                sql.update("VACUUM INTO ?", to.toString());
            }
        } catch (IOException e) {
            throw new StoreException("cannot write " + to + ": " + e, e);
        } catch (SQLException e) {
            throw new StoreException("cannot copy " + file + " to " + to + ": " + e.getMessage(), e);
        }
    }

    /** Reads all of a copy. Throws StoreException where it is damaged, no store, or a newer version's. */
    public static void check(Path file) {
        try {
            NativeLibrary.unpack(Files.createDirectories(file.toAbsolutePath().getParent()));
            try (Sql sql = Sql.open(file, true)) {
                Schema.check(sql, file.toString());
                String verdict = sql.one(row -> row.getString(1), "PRAGMA integrity_check(1)")
                        .orElse("");
                if (!verdict.equals("ok")) {
                    throw new StoreException(file + " is damaged: " + verdict);
                }
            }
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + e, e);
        } catch (SQLException e) {
            throw new StoreException(file + " is damaged: " + e.getMessage(), e);
        }
    }
}
