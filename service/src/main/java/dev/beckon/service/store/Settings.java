package dev.beckon.service.store;

import java.sql.SQLException;
import java.util.Optional;

/** The few facts about the service that other processes need when it is not running. */
final class Settings {
    /** The domain served last; addresses in rosters carry it. */
    static final String DOMAIN = "domain";

    /** How often the service last run hashes a new password: administration does as it does. */
    static final String ITERATIONS = "scram-iterations";

    /** What the salts of accounts that do not exist are derived from, in hex. */
    static final String SECRET = "secret";

    /** When it was last tried whether the store takes what is written, in milliseconds since 1970. */
    static final String TRIED = "tried";

    private Settings() {}

    static Optional<String> find(Sql sql, String name) throws SQLException {
        return sql.one(row -> row.getString(1), "SELECT value FROM setting WHERE name = ?", name);
    }

    static void keep(Sql sql, String name, String value) throws SQLException {
        sql.update("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value);
    }
}
