package io.twinlog.applier.dialect;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** MariaDB and MySQL: many rows travel as a batch, or as a list of tuples. Names are in double quotes, times in UTC. */
sealed class MariadbDialect implements Dialect permits MysqlDialect {

    /** Parameters of the driver that would break what we rely on. */
    private static final List<String> OURS = List.of(
            "allowMultiQueries",
            "autocommit",
            "dumpQueriesOnException",
            "initSql",
            "rewriteBatchedStatements",
            "sessionVariables",
            "tinyInt1isBit",
            "useAffectedRows",
            "useBulkStmts",
            "useBulkStmtsForInserts",
            "useServerPrepStmts",
            "yearIsDateType");

    /** How many tuples a condition may hold. */
    private static final int TUPLES = 500;

    /** Of every session. The strict mode refuses what would otherwise be bent; zero dates and the key 0 are values like others. */
    private static final String SETTINGS =
            "sql_mode='ANSI_QUOTES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,"
                    + "NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO',time_zone='+00:00'";

    private static final String ASCII = " CHARACTER SET ascii COLLATE ascii_bin";

    private final String utf8;

    /** @param collation of utf8mb4, under which no two texts are equal */
    MariadbDialect(String collation) {
        utf8 = " CHARACTER SET utf8mb4 COLLATE " + collation;
    }

    @Override
    public Connection connect(String url, String user, String password, String applicationName) throws SQLException {
        requireOurs(url);
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectionAttributes", "program_name:" + applicationName.replace(',', ' '));
        properties.setProperty("sessionVariables", SETTINGS);
        properties.setProperty("useServerPrepStmts", "true");
        properties.setProperty("cachePrepStmts", "false");
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("yearIsDateType", "false");
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("socketTimeout", "300000");
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(url.replaceFirst("^jdbc:mysql:", "jdbc:mariadb:"), properties);
    }

    // The driver lets parameters of the URL win over properties.
    private static void requireOurs(String url) {
        for (String parameter : url.substring(url.indexOf('?') + 1).split("&", -1)) {
            String name = parameter.split("=", 2)[0];
            if (OURS.stream().anyMatch(name::equalsIgnoreCase)) {
                throw new TwinlogException(
                        Category.CONFIG,
                        "target.url must not set " + name
                                + ": it decides what a statement does or how many rows it tells, so Twinlog sets it itself");
            }
        }
    }

    @Override
    public void lockCreation(Statement statement) throws SQLException {
        statement.execute("SELECT GET_LOCK('twinlog tables', 60)");
    }

    @Override
    public void unlockCreation(Statement statement) throws SQLException {
        statement.execute("SELECT RELEASE_LOCK('twinlog tables')");
    }

    @Override
    public String ddl(String template) {
        return template.replace("{replication}", "varchar(400)" + ASCII)
                .replace("{name}", "varchar(190)" + utf8)
                .replace("{chain}", "varchar(400)" + utf8)
                .replace("{topic}", "varchar(255)" + ASCII)
                .replace("{text}", "longtext" + utf8)
                .replace("{key}", "varbinary(1000)")
                .replace("{bytes}", "longblob")
                .replace("{time}", "datetime(6)")
                .replace("{now}", "CURRENT_TIMESTAMP(6)")
                .replace("{identity}", "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY")
                .replace("{storage}", "ENGINE = InnoDB");
    }

    @Override
    public int count(Connection connection, Collection<String> tables) throws SQLException {
        return counted(connection, tables.stream().collect(Collectors.joining("', '", " AND table_name IN ('", "')")));
    }

    @Override
    public int count(Connection connection) throws SQLException {
        return counted(connection, "");
    }

    private static int counted(Connection connection, String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'twinlog'" + condition)) {
            result.next();
            return result.getInt(1);
        }
    }

    @Override
    public String insertIfAbsent(String table, String columns, String values) {
        // IGNORE would hide more than an existing row.
        return "INSERT INTO " + table + " (" + columns + ") VALUES (" + values
                + ") ON DUPLICATE KEY UPDATE replication = replication";
    }

    private static String tuple(int size) {
        return "(" + "?, ".repeat(size - 1) + "?)";
    }

    @Override
    public @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        LocalDateTime time = row.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
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
                .map(name -> name + " = VALUES(" + name + ")")
                .collect(Collectors.joining(", "));
        insert(connection, table, replication, rows, " ON DUPLICATE KEY UPDATE " + set);
    }

    private static void insert(Connection connection, String table, String replication, RowSet rows, String tail)
            throws SQLException {
        List<RowSet.Column> columns = rows.columns();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " (replication, "
                + String.join(", ", rows.names()) + ") VALUES " + tuple(columns.size() + 1) + tail)) {
            for (int i = 0; i < rows.size(); i++) {
                insert.setString(1, replication);
                set(insert, 2, columns, i);
                insert.addBatch();
            }
            if (rows.size() > 0) {
                insert.executeBatch();
            }
        }
    }

    @Override
    public int delete(Connection connection, String table, String replication, RowSet rows) throws SQLException {
        int deleted = 0;
        for (int from = 0; from < rows.size(); from += TUPLES) {
            int to = Math.min(rows.size(), from + TUPLES);
            try (PreparedStatement delete = connection.prepareStatement(
                    "DELETE FROM " + table + " WHERE replication = ? AND " + in(rows, to - from))) {
                bind(delete, replication, rows, from, to);
                deleted += delete.executeUpdate();
            }
        }
        return deleted;
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
        for (int from = 0; from < rows.size(); from += TUPLES) {
            int to = Math.min(rows.size(), from + TUPLES);
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT " + String.join(", ", columns) + " FROM "
                            + table + " WHERE replication = ? AND " + in(rows, to - from) + " ORDER BY "
                            + String.join(", ", order) + " FOR UPDATE")) {
                bind(select, replication, rows, from, to);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        reader.row(row);
                    }
                }
            }
        }
    }

    private static String in(RowSet rows, int count) {
        String tuple = tuple(rows.columns().size());
        return "(" + String.join(", ", rows.names()) + ") IN (" + (tuple + ", ").repeat(count - 1) + tuple + ")";
    }

    private static void bind(PreparedStatement statement, String replication, RowSet rows, int from, int to)
            throws SQLException {
        statement.setString(1, replication);
        int index = 2;
        for (int i = from; i < to; i++) {
            index = set(statement, index, rows.columns(), i);
        }
    }

    private static int set(PreparedStatement statement, int from, List<RowSet.Column> columns, int row)
            throws SQLException {
        int index = from;
        for (RowSet.Column column : columns) {
            Object value = column.values().get(row);
            switch (column.type()) {
                case TEXT -> statement.setString(index, (String) value);
                case BYTES -> statement.setBytes(index, (byte[]) value);
                case BIGINT -> setNumber(statement, index, value, Types.BIGINT);
                case INTEGER -> setNumber(statement, index, value, Types.INTEGER);
            }
            index++;
        }
        return index;
    }

    private static void setNumber(PreparedStatement statement, int index, @Nullable Object value, int type)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, type);
        } else {
            statement.setLong(index, ((Number) value).longValue());
        }
    }
}
