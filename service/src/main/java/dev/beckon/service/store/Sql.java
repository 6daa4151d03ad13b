package dev.beckon.service.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** One connection with its prepared statements kept. Used by one thread at a time. */
final class Sql implements AutoCloseable {
    /** How long a statement waits for another process's transaction; those are a few inserts long. */
    private static final int BUSY_MILLIS = 10_000;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Sql(Connection connection) {
        this.connection = connection;
    }

    static Sql open(Path file, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        // A row that was deleted is overwritten: a removed account leaves no credentials behind in the file.
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        Sql sql = new Sql(config.createConnection("jdbc:sqlite:" + file));
        if (readOnly) {
            // Not the read-only open mode: a reader of a WAL file that was left by a crash must be able to recover it.
            sql.execute("PRAGMA query_only = true");
        }
        return sql;
    }

    void execute(String statement) throws SQLException {
        try (Statement each = connection.createStatement()) {
            each.execute(statement);
        }
    }

    int update(String sql, @Nullable Object... arguments) throws SQLException {
        return with(sql, arguments, PreparedStatement::executeUpdate);
    }

    <T> List<T> all(Row<T> row, String sql, @Nullable Object... arguments) throws SQLException {
        return with(sql, arguments, statement -> {
            try (ResultSet results = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (results.next()) {
                    rows.add(row.read(results));
                }
                return rows;
            }
        });
    }

    <T> Optional<T> one(Row<T> row, String sql, @Nullable Object... arguments) throws SQLException {
        return with(sql, arguments, statement -> {
            try (ResultSet results = statement.executeQuery()) {
                return results.next() ? Optional.of(row.read(results)) : Optional.empty();
            }
        });
    }

    long number(String sql, @Nullable Object... arguments) throws SQLException {
        return one(row -> row.getLong(1), sql, arguments).orElseThrow(() -> new SQLException("no row: " + sql));
    }

    private <T> T with(String sql, @Nullable Object[] arguments, Use<T> use) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        try {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return use.run(statement);
        } catch (SQLException e) {
            // The driver finalizes a statement that has failed: it would fail for ever after.
            statements.remove(sql);
            statement.close();
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        try {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
        } finally {
            connection.close();
        }
    }

    private interface Use<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
