package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** MariaDB. Immutable. */
record MariadbServer() implements ServerKind {

    @Override
    public String product() {
        return "MariaDB";
    }

    @Override
    public String connector() {
        return TableShape.MARIADB;
    }

    @Override
    public String session() {
        return "SET SESSION time_zone = '+00:00', sql_mode = '', max_statement_time = 0,"
                + " net_write_timeout = 600, net_read_timeout = 600, lc_messages = 'en_US'";
    }

    @Override
    public String binlogStatus() {
        return "SHOW MASTER STATUS";
    }

    @Override
    public String exactNumber(String expression) {
        return "CAST(" + expression + " AS CHAR)";
    }

    @Override
    public boolean geometryHasCollation() {
        return true;
    }

    /** The server fixes both at once, without a lock. */
    @Override
    public String beginSnapshot(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
            String file = "";
            String offset = "";
            try (ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'binlog\\_snapshot\\_%'")) {
                while (row.next()) {
                    if (row.getString(1).equalsIgnoreCase("binlog_snapshot_file")) {
                        file = row.getString(2);
                    } else if (row.getString(1).equalsIgnoreCase("binlog_snapshot_position")) {
                        offset = row.getString(2);
                    }
                }
            }
            return file + ":" + offset;
        }
    }

    @Override
    public String name(BinlogFiles files) throws SQLException {
        return "server_id " + files.variable("server_id");
    }

    @Override
    public boolean isOther(BinlogFiles files, String systemId) throws SQLException {
        return systemId.indexOf('@') >= 0 && !systemId.startsWith(files.variable("server_id") + "@");
    }

    @Override
    public String gtidsFact() {
        return BinlogAnchor.GTIDS;
    }

    @Override
    public Entrance enter(String replication, BinlogFiles files, List<String> captured) throws SQLException {
        Map<Long, Gtid> last = Gtid.last(Gtid.list(String.join(",", captured)));
        return new Entrance(CapturedGtids.text(last), new PromotedReplica(replication, files, last).position());
    }

    @Override
    public Map<String, String> facts(BinlogFiles files, String position, BinlogAccess access) throws SQLException {
        Map<String, String> facts = new LinkedHashMap<>();
        String serverId = String.valueOf(files.variable("server_id"));
        facts.put(Detail.SYSTEM_ID, serverId + "@" + files.variable("server_uid"));
        facts.put(BinlogAnchor.SERVER_ID, serverId);
        facts.putAll(BinlogAnchor.facts(position, files.gtids(position)));
        return facts;
    }

    @Override
    public void check(String replication, BinlogFiles files, String resume, Map<String, String> facts)
            throws SQLException {
        BinlogAnchor.check(replication, files, resume, facts);
    }

    @Override
    public LogIdentity identity(
            String replication,
            SourcePosition.Format format,
            BinlogFiles files,
            String position,
            Map<String, String> facts,
            BinlogAccess access)
            throws SQLException {
        Map<Long, String> gtids = files.gtids(position);
        if (gtids == null) {
            throw BinlogAnchor.gap(replication, "The source's log is another one: at " + position + " no event begins");
        }
        return new BinlogAnchor(
                replication,
                format,
                Long.parseLong(String.valueOf(files.variable("gtid_domain_id"))),
                Long.parseLong(String.valueOf(files.variable("server_id"))),
                gtids,
                facts);
    }
}
