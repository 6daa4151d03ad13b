package dev.beckon.service.store;

import java.sql.SQLException;
import java.util.List;

/** The tables, and what makes a file ours. */
final class Schema {
    /** {@code PRAGMA application_id}: "Bckn". A database without it belongs to somebody else. */
    static final int APPLICATION_ID = 0x42636B6E;

    static final int VERSION = 4;

    /**
     * One entry for each version: the statements that lead to it from the one before. Times are milliseconds since 1970.
     * Group names and GUIDs are joined by U+001F, which neither can hold.
     */
    private static final List<List<String>> STEPS = List.of(
            List.of(
                    "CREATE TABLE account (name TEXT PRIMARY KEY, created INTEGER NOT NULL, changed INTEGER NOT NULL)"
                            + " STRICT, WITHOUT ROWID",
                    "CREATE TABLE credential (account TEXT NOT NULL REFERENCES account ON DELETE CASCADE, mechanism TEXT NOT NULL,"
                            + " salt BLOB NOT NULL, iterations INTEGER NOT NULL, stored_key BLOB NOT NULL, server_key BLOB NOT NULL,"
                            + " PRIMARY KEY (account, mechanism)) STRICT, WITHOUT ROWID",
                    "CREATE TABLE roster (owner TEXT NOT NULL REFERENCES account ON DELETE CASCADE, contact TEXT NOT NULL,"
                            + " listed INTEGER NOT NULL, name TEXT, groups TEXT NOT NULL, subscription TEXT NOT NULL,"
                            + " ask INTEGER NOT NULL, approved INTEGER NOT NULL, request BLOB,"
                            + " PRIMARY KEY (owner, contact)) STRICT, WITHOUT ROWID",
                    "CREATE INDEX roster_contact ON roster (contact)",
                    "CREATE TABLE blocked (owner TEXT NOT NULL REFERENCES account ON DELETE CASCADE, address TEXT NOT NULL,"
                            + " PRIMARY KEY (owner, address)) STRICT, WITHOUT ROWID",
                    "CREATE TABLE lock_key (id INTEGER PRIMARY KEY, app TEXT NOT NULL, environment TEXT NOT NULL,"
                            + " secret TEXT NOT NULL, guids TEXT NOT NULL, note TEXT, created INTEGER NOT NULL, revoked INTEGER) STRICT",
                    "CREATE UNIQUE INDEX lock_key_live ON lock_key (app, environment) WHERE revoked IS NULL",
                    "CREATE TABLE signing_key (kid TEXT PRIMARY KEY, private BLOB NOT NULL, public BLOB NOT NULL,"
                            + " created INTEGER NOT NULL) STRICT",
                    "CREATE TABLE change (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,"
                            + " subject TEXT NOT NULL, detail TEXT) STRICT",
                    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"),
            List.of(
                    "CREATE TABLE document (owner TEXT NOT NULL REFERENCES account ON DELETE CASCADE, kind TEXT NOT NULL,"
                            + " name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (owner, kind, name)) STRICT, WITHOUT ROWID",
                    "CREATE TABLE kept_message (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                            + " owner TEXT NOT NULL REFERENCES account ON DELETE CASCADE, at INTEGER NOT NULL, stanza BLOB NOT NULL) STRICT",
                    "CREATE INDEX kept_message_owner ON kept_message (owner, id)"),
            List.of(
                    "ALTER TABLE kept_message ADD COLUMN stranger TEXT",
                    "CREATE INDEX kept_message_stranger ON kept_message (stranger) WHERE stranger IS NOT NULL"),
            List.of(
                    "CREATE TABLE detached_session (id TEXT PRIMARY KEY,"
                            + " owner TEXT NOT NULL REFERENCES account ON DELETE CASCADE, resource TEXT NOT NULL,"
                            + " until INTEGER NOT NULL, longest INTEGER NOT NULL, acknowledged INTEGER NOT NULL,"
                            + " received INTEGER NOT NULL, presence BLOB, priority INTEGER NOT NULL) STRICT, WITHOUT ROWID",
                    "CREATE INDEX detached_session_owner ON detached_session (owner)",
                    "CREATE TABLE detached_attribute (session TEXT NOT NULL REFERENCES detached_session ON DELETE CASCADE,"
                            + " name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (session, name)) STRICT, WITHOUT ROWID",
                    "CREATE TABLE detached_stanza (session TEXT NOT NULL REFERENCES detached_session ON DELETE CASCADE,"
                            + " position INTEGER NOT NULL, at INTEGER NOT NULL, stanza BLOB NOT NULL,"
                            + " PRIMARY KEY (session, position)) STRICT, WITHOUT ROWID"));

    private Schema() {}

    /** Throws StoreException where a file is not one that was brought to this or an earlier version. */
    static void check(Sql sql, String file) throws SQLException {
        if (version(sql, file) == 0) {
            throw new StoreException(file + " is no store of a service");
        }
    }

    private static long version(Sql sql, String file) throws SQLException {
        long version = sql.number("PRAGMA user_version");
        long owner = sql.number("PRAGMA application_id");
        long tables = sql.number("SELECT count(*) FROM sqlite_schema");
        if (owner != APPLICATION_ID && (owner != 0 || version != 0 || tables != 0)) {
            throw new StoreException(file + " is a database of another program; give another home folder");
        }
        if (version > VERSION) {
            throw new StoreException(file + " was written by a newer version of the service (layout " + version
                    + ", this one knows " + VERSION + "); use that version or another home folder");
        }
        return version;
    }

    /** Brings the file to {@link #VERSION}, or says why it cannot. Two processes may do so at once. */
    static void prepare(Sql sql, String file) throws SQLException {
        sql.execute("BEGIN IMMEDIATE");
        try {
            long version = version(sql, file);
            for (int step = (int) version; step < VERSION; step++) {
                for (String statement : STEPS.get(step)) {
                    sql.execute(statement);
                }
            }
            if (version < VERSION) {
                sql.execute("PRAGMA application_id = " + APPLICATION_ID);
                sql.execute("PRAGMA user_version = " + VERSION);
            }
            sql.execute("COMMIT");
        } catch (SQLException | RuntimeException e) {
            sql.execute("ROLLBACK");
            throw e;
        }
    }
}
