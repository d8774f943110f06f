package io.twinlog.applier.dialect;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: many rows travel as one array per column. */
final class PostgresDialect implements Dialect {

    /** "twinlog" in ASCII. */
    private static final long CREATION_LOCK = 0x7477696e6c6f67L;

    /** Oids of the arrays that we send in binary form, for pgjdbc's {@code binaryTransferEnable}. */
    private static final String BINARY_ARRAYS = "1000,1001,1016,1007,1009,1021,1022,1182,1183,1115,1185,1231,2951";

    @Override
    public Connection connect(String url, String user, String password, String applicationName) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("preparedStatementCacheQueries", "0");
        properties.setProperty("binaryTransferEnable", BINARY_ARRAYS);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "15");
        properties.setProperty("socketTimeout", "300");
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(url, properties);
    }

    // IF NOT EXISTS does not keep appliers that start together from each other.
    @Override
    public void lockCreation(Statement statement) throws SQLException {
        statement.execute("SELECT pg_catalog.pg_advisory_lock(" + CREATION_LOCK + ")");
    }

    @Override
    public void unlockCreation(Statement statement) throws SQLException {
        statement.execute("SELECT pg_catalog.pg_advisory_unlock(" + CREATION_LOCK + ")");
    }

    @Override
    public String ddl(String template) {
        return template.replace("{replication}", "text")
                .replace("{name}", "text")
                .replace("{chain}", "text")
                .replace("{topic}", "text")
                .replace("{text}", "text")
                .replace("{key}", "bytea")
                .replace("{bytes}", "bytea")
                .replace("{time}", "timestamptz")
                .replace("{now}", "now()")
                .replace("{identity}", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
                .replace("{storage}", "WITH (fillfactor = 50)");
    }

    @Override
    public int count(Connection connection, Collection<String> tables) throws SQLException {
        return counted(connection, " AND c.relname = ANY ('{" + String.join(", ", tables) + "}')");
    }

    @Override
    public int count(Connection connection) throws SQLException {
        return counted(connection, "");
    }

    private static int counted(Connection connection, String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM pg_catalog.pg_class c JOIN"
                        + " pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'twinlog'"
                        + condition)) {
            result.next();
            return result.getInt(1);
        }
    }

    @Override
    public String insertIfAbsent(String table, String columns, String values) {
        return "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ") ON CONFLICT DO NOTHING";
    }

    @Override
    public @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
    }

    @Override
    public void insert(Connection connection, String table, String replication, RowSet rows) throws SQLException {
        insert(connection, table, replication, rows, "");
    }

    @Override
    public void upsert(Connection connection, String table, String replication, RowSet rows, List<String> key)
            throws SQLException {
        String set = rows.names().stream()
                .filter(name -> !key.contains(name))
                .map(name -> name + " = excluded." + name)
                .collect(Collectors.joining(", "));
        insert(
                connection,
                table,
                replication,
                rows,
                " ON CONFLICT (replication, " + String.join(", ", key) + ") DO UPDATE SET " + set);
    }

    private static void insert(Connection connection, String table, String replication, RowSet rows, String tail)
            throws SQLException {
        String names = String.join(", ", rows.names());
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " (" + names
                + ", replication) SELECT " + names + ", ? FROM " + unnest(rows) + " WITH ORDINALITY AS u(" + names
                + ", ordinality) ORDER BY ordinality" + tail)) {
            insert.setString(1, replication);
            set(connection, insert, 2, rows);
            insert.executeUpdate();
        }
    }

    @Override
    public int delete(Connection connection, String table, String replication, RowSet rows) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table + " h USING " + unnest(rows)
                + " AS u(" + String.join(", ", rows.names()) + ") WHERE h.replication = ? AND " + same(rows))) {
            set(connection, delete, 1, rows);
            delete.setString(rows.columns().size() + 1, replication);
            return delete.executeUpdate();
        }
    }

    @Override
    public void lock(
            Connection connection,
            String table,
            String replication,
            RowSet rows,
            List<String> order,
            List<String> columns,
            RowReader reader)
            throws SQLException {
        String given = columns.stream().map(name -> "h." + name).collect(Collectors.joining(", "));
        String sorted = order.stream().map(name -> "h." + name).collect(Collectors.joining(", "));
        try (PreparedStatement select = connection.prepareStatement("SELECT " + given + " FROM " + table + " h JOIN "
                + unnest(rows) + " AS u(" + String.join(", ", rows.names()) + ") ON " + same(rows)
                + " WHERE h.replication = ? ORDER BY " + sorted + " FOR UPDATE OF h")) {
            set(connection, select, 1, rows);
            select.setString(rows.columns().size() + 1, replication);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    reader.row(row);
                }
            }
        }
    }

    private static String unnest(RowSet rows) {
        return rows.columns().stream()
                .map(column -> "?::" + type(column.type()) + "[]")
                .collect(Collectors.joining(", ", "unnest(", ")"));
    }

    private static String same(RowSet rows) {
        return rows.names().stream().map(name -> "h." + name + " = u." + name).collect(Collectors.joining(" AND "));
    }

    private static String type(RowSet.Type type) {
        return switch (type) {
            case TEXT -> "text";
            case BIGINT -> "bigint";
            case INTEGER -> "integer";
            case BYTES -> "bytea";
        };
    }

    private static void set(Connection connection, PreparedStatement statement, int from, RowSet rows)
            throws SQLException {
        int index = from;
        for (RowSet.Column column : rows.columns()) {
            @Nullable
            Object[] values = switch (column.type()) {
                case TEXT -> new String[rows.size()];
                case BIGINT -> new Long[rows.size()];
                case INTEGER -> new Integer[rows.size()];
                case BYTES -> new byte[rows.size()][];
            };
            statement.setArray(
                    index++,
                    connection.createArrayOf(
                            type(column.type()), column.values().toArray(values)));
        }
    }
}
