package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.table.TableShape;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
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
        return release() < 802 ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS";
    }

    /** The statement that tells what the server replicates; renamed within 8.0, both are understood until 8.4. */
    String replicaStatus() {
        return release() < 802 ? "SHOW SLAVE STATUS" : "SHOW REPLICA STATUS";
    }

    /** Its column that says Yes while what was received is applied. */
    String replicaApplies() {
        return release() < 802 ? "Slave_SQL_Running" : "Replica_SQL_Running";
    }

    private int release() {
        String[] parts = version.split("\\D", 3);
        return 100 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
    }

    /** Whether every transaction gets a GTID. */
    static boolean hasGtids(BinlogFiles files) throws SQLException {
        return "ON".equals(files.variable("gtid_mode"));
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
    public String name(BinlogFiles files) throws SQLException {
        return "server_uuid " + files.variable("server_uuid");
    }

    @Override
    public boolean isOther(BinlogFiles files, String systemId) throws SQLException {
        return !systemId.equals(files.variable("server_uuid"));
    }

    @Override
    public String gtidsFact() {
        return BinlogAnchor.GTID_SET;
    }

    @Override
    public Entrance enter(String replication, BinlogFiles files, List<String> captured) throws SQLException {
        GtidSet set = new GtidSet();
        captured.forEach(text -> set.add(GtidSet.parse(text)));
        return new Entrance(set.toString(), new PromotedMysql(replication, this, files, set).position());
    }

    @Override
    public Map<String, String> facts(BinlogFiles files, String position, BinlogAccess access)
            throws SQLException, IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(Detail.SYSTEM_ID, String.valueOf(files.variable("server_uuid")));
        facts.put(BinlogAnchor.SERVER_ID, String.valueOf(files.variable("server_id")));
        if (hasGtids(files)) {
            facts.put(
                    BinlogAnchor.GTID_SET,
                    new LoggedGtids(files, access).before(position).toString());
            facts.put(BinlogAnchor.AT, position);
        }
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
            Map<String, String> facts,
            BinlogAccess access)
            throws SQLException, IOException, InterruptedException {
        GtidSet gtids = null;
        String at = position;
        if (hasGtids(files)) {
            String known = facts.get(BinlogAnchor.GTID_SET);
            String knownAt = facts.getOrDefault(BinlogAnchor.AT, position);
            LoggedGtids log = new LoggedGtids(files, access);
            gtids = known == null ? log.before(position) : log.before(position, GtidSet.parse(known), knownAt);
            at = known == null ? position : String.valueOf(SourcePosition.later(position, knownAt));
        }
        GtidSet captured = GtidSet.parse(facts.getOrDefault(CapturedGtids.FACT, ""));
        GtidSet passed = captured.isEmpty() || gtids == null
                ? new GtidSet()
                : files.gtidSet("gtid_purged").add(gtids);
        return new MysqlIdentity(
                replication,
                format,
                String.valueOf(files.variable("server_uuid")),
                Long.parseLong(String.valueOf(files.variable("server_id"))),
                new CapturedGtidSet(replication, captured, passed),
                gtids,
                SourcePosition.parse(at),
                facts);
    }
}
