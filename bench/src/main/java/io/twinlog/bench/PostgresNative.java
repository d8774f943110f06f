package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** PostgreSQL's own logical replication with its defaults (PostgreSQL 18: streaming=parallel). */
final class PostgresNative implements Replication {

    private final EmbeddedServer source;
    private final EmbeddedServer target;
    private String database = "";

    PostgresNative(EmbeddedServer source, EmbeddedServer target) {
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
    public void prepare(String databaseName, Workload workload, Shape shape) {
        database = databaseName;
        source.execute(
                database,
                "CREATE PUBLICATION bench FOR TABLE bench_done, " + String.join(", ", workload.tables(shape)),
                "SELECT pg_create_logical_replication_slot('native_" + database + "', 'pgoutput')");
        target.execute(
                database,
                "CREATE SUBSCRIPTION bench CONNECTION 'host=127.0.0.1 port=" + source.port() + " dbname=" + database
                        + " user=" + source.user() + "' PUBLICATION bench WITH (copy_data = "
                        + (workload == Workload.W8) + ", create_slot = false,"
                        + " enabled = false, slot_name = 'native_" + database + "')");
    }

    @Override
    public boolean isSynced() {
        try (Connection connection = target.connect(database)) {
            return Statements.number(connection, "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'")
                    == 0;
        } catch (SQLException e) {
            throw new IllegalStateException("The subscription cannot be looked at", e);
        }
    }

    @Override
    public void start() {
        target.execute(database, "ALTER SUBSCRIPTION bench ENABLE");
    }

    @Override
    public void hold() {
        target.execute(database, "ALTER SUBSCRIPTION bench DISABLE");
        Waiting.until("the walsender to leave the slot native_" + database, () -> slots("AND active") == 0);
    }

    @Override
    public Map<String, Double> costs() {
        Map<String, Double> costs = new LinkedHashMap<>();
        costs.put("walsender", ProcessCosts.ofServer(source.pid(), "walsender").sending());
        costs.put("target", ProcessCosts.ofServer(target.pid(), "walsender").all());
        return costs;
    }

    @Override
    public Map<String, Long> memory() {
        return Map.of();
    }

    @Override
    public void stop() {
        target.execute(database, "ALTER SUBSCRIPTION bench DISABLE");
        target.execute(database, "ALTER SUBSCRIPTION bench SET (slot_name = NONE)");
        target.execute(database, "DROP SUBSCRIPTION bench");
        Waiting.until("the walsender to leave the slot native_" + database, () -> dropSlot());
        source.execute(database, "DROP PUBLICATION bench");
    }

    private boolean dropSlot() {
        try (Connection connection = source.connect(database)) {
            Statements.execute(
                    connection,
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'native_"
                            + database + "' AND NOT active");
        } catch (SQLException e) {
            throw new IllegalStateException("The slot of native replication cannot be dropped", e);
        }
        return slots("") == 0;
    }

    private long slots(String condition) {
        try (Connection connection = source.connect(database)) {
            return Statements.number(
                    connection,
                    "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'native_" + database + "' "
                            + condition);
        } catch (SQLException e) {
            throw new IllegalStateException("The slot of native replication cannot be looked at", e);
        }
    }

    @Override
    public void close() {}
}
