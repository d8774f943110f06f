package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * MySQL. Immutable.
 *
 * @param version as the server says it
 */
record MysqlServer(String version) implements ServerKind {

    /** So many times the snapshot is tried without a lock. */
    private static final int ATTEMPTS = 50;

    private static final int LOCK_SECONDS = 5;

    @Override
    public String product() {
        return "MySQL";
    }

    @Override
    public String connector() {
        return TableShape.MYSQL;
    }

    @Override
    public String session() {
        return "SET SESSION time_zone = '+00:00', sql_mode = '', max_execution_time = 0,"
                + " net_write_timeout = 600, net_read_timeout = 600, lc_messages = 'en_US'";
    }

    /** SHOW MASTER STATUS is gone from 8.4 on, its successor came with 8.2. */
    @Override
    public String binlogStatus() {
        String[] parts = version.split("\\D", 3);
        int release = 100 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
        return release < 802 ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS";
    }

    /** As text it has 22 characters at most, which is less than some numbers have; a document has them all. */
    @Override
    public String exactNumber(String expression) {
        return "CAST(CAST(" + expression + " AS JSON) AS CHAR)";
    }

    @Override
    public boolean geometryHasCollation() {
        return false;
    }

    /**
     * The server does not tell the place of a snapshot. It is known if the log has not moved while the snapshot was taken, and every
     * transaction of the log was committed before: a GTID is owned from before its transaction is written until behind its commit. Where
     * that does not happen by itself, a lock makes it so for a moment.
     */
    @Override
    public String beginSnapshot(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < ATTEMPTS && "ON".equals(one(statement, "SELECT @@GLOBAL.gtid_mode")); i++) {
                String before = end(statement);
                boolean settled = String.valueOf(one(statement, "SELECT @@GLOBAL.gtid_owned"))
                        .isEmpty();
                statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
                if (settled && before.equals(end(statement))) {
                    return before;
                }
                statement.execute("ROLLBACK");
            }
            // Whoever waits for the lock stops all who come after: not for long.
            statement.execute("SET SESSION lock_wait_timeout = " + LOCK_SECONDS);
            statement.execute("FLUSH TABLES WITH READ LOCK");
            try {
                statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
                return end(statement);
            } finally {
                statement.execute("UNLOCK TABLES");
            }
        }
    }

    private String end(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(binlogStatus())) {
            row.next();
            return row.getString(1) + ":" + row.getLong(2);
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    @Override
    public Map<String, String> facts(BinlogFiles files, String position) throws SQLException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(Detail.SYSTEM_ID, String.valueOf(files.variable("server_uuid")));
        facts.put(BinlogAnchor.SERVER_ID, String.valueOf(files.variable("server_id")));
        return facts;
    }

    @Override
    public void check(String replication, BinlogFiles files, String resume, Map<String, String> facts)
            throws SQLException {
        MysqlIdentity.check(replication, files, resume, facts);
    }

    @Override
    public LogIdentity identity(
            String replication,
            SourcePosition.Format format,
            BinlogFiles files,
            String position,
            Map<String, String> facts)
            throws SQLException {
        return new MysqlIdentity(
                replication,
                String.valueOf(files.variable("server_uuid")),
                Long.parseLong(String.valueOf(files.variable("server_id"))),
                facts);
    }
}
