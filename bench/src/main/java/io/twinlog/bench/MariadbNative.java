package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/** MariaDB's own replication, by GTIDs, in parallel as its settings say; see {@link MariadbServer}. */
final class MariadbNative implements Replication {

    private final Database kind;
    private final EmbeddedServer source;
    private final EmbeddedServer target;

    MariadbNative(Database kind, EmbeddedServer source, EmbeddedServer target) {
        this.kind = kind;
        this.source = source;
        this.target = target;
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public EmbeddedServer target() {
        return target;
    }

    @Override
    public void prepare(String database, Workload workload, Shape shape) {
        // From here on: the tables are there already, and what else the source has done is not of this database.
        String position;
        try (Connection connection = source.connect("")) {
            position = Statements.text(connection, "SELECT @@global.gtid_binlog_pos");
        } catch (SQLException e) {
            throw new IllegalStateException("The source's position cannot be read", e);
        }
        target.execute(
                "",
                "SET GLOBAL gtid_slave_pos = '" + position + "'",
                "CHANGE MASTER TO master_host = '127.0.0.1', master_port = " + source.port() + ", master_user = '"
                        + source.user() + "', master_password = '" + source.password()
                        + "', master_use_gtid = slave_pos, master_ssl = 0");
    }

    @Override
    public void start() {
        target.execute("", "START SLAVE");
    }

    @Override
    public void checkRunning() {
        try (Connection connection = target.connect("");
                Statement statement = connection.createStatement();
                ResultSet status = statement.executeQuery("SHOW SLAVE STATUS")) {
            status.next();
            if (status.getInt("Last_SQL_Errno") != 0 || status.getInt("Last_IO_Errno") != 0) {
                throw new IllegalStateException("The replica stopped: " + status.getString("Last_SQL_Error")
                        + status.getString("Last_IO_Error"));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The replica cannot be looked at", e);
        }
    }

    @Override
    public void hold() {
        target.execute("", "STOP SLAVE");
    }

    @Override
    public Map<String, Double> costs() {
        Map<String, Double> costs = new LinkedHashMap<>();
        costs.put(kind.sender(), kind.costs(source).sending());
        costs.put("target", kind.costs(target).all());
        return costs;
    }

    @Override
    public Map<String, Long> memory() {
        return Map.of();
    }

    @Override
    public void stop() {
        target.execute("", "STOP SLAVE", "RESET SLAVE ALL");
    }

    @Override
    public void close() {}
}
