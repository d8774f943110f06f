package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * MariaDB, to MariaDB. Targets write no binlog, as is MariaDB's default, but store each of their commits durably.
 *
 * <p>Changes are single-row statements: MariaDB writes the rows of one statement into one event, which both systems would carry at less
 * cost than what an application's statements make.
 */
final class MariadbServer implements Database {

    private static final int SOURCE = 1;

    private final int replicaThreads;
    /** CPU seconds of the threads that send the log, as last seen, by process and thread. */
    private final Map<String, Double> sending = new HashMap<>();

    /** @param replicaThreads of MariaDB's own replication; 0: not in parallel */
    MariadbServer(int replicaThreads) {
        this.replicaThreads = replicaThreads;
    }

    @Override
    public EmbeddedServer server(int number) {
        EmbeddedMariadb.Builder builder = EmbeddedMariadb.builder()
                .password("x")
                .setting("server_id", Integer.toString(number))
                .setting("innodb_buffer_pool_size", "1G")
                .setting("innodb_log_file_size", "4G")
                // A reader that is held for longer than this must not lose its connection.
                .setting("net_write_timeout", "3600");
        if (number == SOURCE) {
            // Else most of a run would be the wait for the changes.
            builder.setting("innodb_flush_log_at_trx_commit", "0").setting("sync_binlog", "0");
        } else {
            builder.withoutBinlog()
                    .setting("slave_parallel_threads", Integer.toString(replicaThreads))
                    .setting("slave_parallel_mode", "optimistic");
        }
        return builder.start();
    }

    @Override
    public List<Workload> workloads() {
        return List.of(Workload.W1, Workload.W2, Workload.W4, Workload.W6, Workload.W7);
    }

    @Override
    public Replication ownReplication(EmbeddedServer source, EmbeddedServer target) {
        return new MariadbNative(this, source, target);
    }

    @Override
    public String schema(String database) {
        return database;
    }

    @Override
    public void create(Connection server, Workload workload, Shape shape) throws SQLException {
        for (String table : workload.tables(shape)) {
            Statements.execute(
                    server,
                    "CREATE TABLE " + table
                            + " (id bigint PRIMARY KEY, a int, b int, amount decimal(12,2), note varchar(100),"
                            + " at timestamp(6) NULL)");
        }
        if (workload == Workload.W2 || workload == Workload.W6) {
            Statements.execute(
                    server,
                    "INSERT INTO bench SELECT seq, seq % 10, seq, seq / 7.0, concat(md5(seq), '-x'), '2026-01-01'"
                            + " FROM seq_1_to_" + Workload.KEYS,
                    "ANALYZE TABLE bench");
        }
    }

    @Override
    public void deviate(Connection target, Workload workload) throws SQLException {
        if (workload == Workload.W6) {
            Statements.execute(target, "UPDATE bench SET b = b + 1000000 WHERE id % 10 = 0");
        } else if (workload == Workload.W7) {
            Statements.execute(target, "ALTER TABLE bench ADD CHECK (id % 1667 <> 1)");
        }
    }

    @Override
    public void change(Connection source, Workload workload, long first, long events, Shape shape) throws SQLException {
        // A replica that connects again is looked up from the begin of a file.
        Statements.execute(source, "FLUSH BINARY LOGS");
        switch (workload) {
            case W1, W7 -> {
                for (int i = 0; i < shape.tables(); i++) {
                    insert(source, workload.tables(shape).get(i), first, events / shape.tables(), shape.rows());
                }
            }
            case W2, W6 ->
                loop(
                        source,
                        events / 10,
                        10,
                        // Not in the condition itself, where it would be another number for every row.
                        "SET @k = CAST(1 + floor(rand() * " + Workload.KEYS + ") AS SIGNED); "
                                + "UPDATE bench SET b = b + 1, amount = amount + 0.01 WHERE id = @k");
            case W4 ->
                Statements.execute(
                        source,
                        "INSERT INTO bench SELECT " + first
                                + " + seq, seq % 10, seq, seq / 7.0, concat(md5(seq), '-x'), now(6) FROM seq_1_to_"
                                + events);
            case W3, W5, W8, W9 -> throw new IllegalStateException(workload + " is not made for MariaDB");
        }
    }

    private static void insert(Connection source, String table, long first, long events, int rows) throws SQLException {
        loop(
                source,
                events / rows,
                rows,
                "INSERT INTO " + table + " VALUES (" + first + " + i * " + rows
                        + " + g, g % 10, i, i * (g % 10) / 7.0, concat(md5(i), '-', g), now(6))");
    }

    private static void loop(Connection source, long transactions, int rows, String statement) throws SQLException {
        Statements.execute(
                source,
                "BEGIN NOT ATOMIC FOR i IN 1.." + transactions + " DO START TRANSACTION; FOR g IN 1.." + rows + " DO "
                        + statement + "; END FOR; COMMIT; END FOR; END");
    }

    @Override
    public void settle(Connection server) throws SQLException {
        // What is changed in memory only: the log is large enough to keep all of it, so this is what would be written
        // meanwhile.
        Statements.execute(server, "SET GLOBAL innodb_max_dirty_pages_pct = 0");
        Waiting.until("the pages of a server to be written", () -> dirtyPages(server) == 0);
        Statements.execute(server, "SET GLOBAL innodb_max_dirty_pages_pct = 90");
    }

    private static long dirtyPages(Connection server) {
        try {
            return Statements.number(
                    server,
                    "SELECT variable_value FROM information_schema.global_status"
                            + " WHERE variable_name = 'Innodb_buffer_pool_pages_dirty'");
        } catch (SQLException e) {
            throw new IllegalStateException("The server's counts cannot be read", e);
        }
    }

    @Override
    public String digest(Workload workload, Shape shape) {
        return workload.tables(shape).stream()
                .map(table -> "SELECT concat('" + table + ":', count(*), ':', coalesce(sum(cast(conv(left(md5("
                        + "concat_ws('|', id, a, b, amount, note, at)), 15), 16, 10) AS decimal(20))), 0)) AS digest FROM "
                        + table + " WHERE " + workload.where())
                .collect(Collectors.joining(
                        " UNION ALL ",
                        "SELECT group_concat(digest ORDER BY digest SEPARATOR ' ') FROM (",
                        ") AS digests"));
    }

    @Override
    public String rowsWritten() {
        return "SELECT sum(variable_value) FROM information_schema.global_status WHERE variable_name IN"
                + " ('Handler_write', 'Handler_update', 'Handler_delete')";
    }

    @Override
    public String sender() {
        return "dump thread";
    }

    @Override
    public Costs costs(EmbeddedServer server) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet threads = statement.executeQuery(
                        "SELECT tid FROM information_schema.processlist WHERE command = 'Binlog Dump'")) {
            while (threads.next()) {
                long thread = threads.getLong(1);
                sending.put(server.pid() + " " + thread, ProcessCosts.ofThread(server.pid(), thread));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The server's threads cannot be listed", e);
        }
        // A reader that has connected anew has another thread; what the former one used stays used.
        double sent = sending.entrySet().stream()
                .filter(thread -> thread.getKey().startsWith(server.pid() + " "))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        return new Costs(sent, ProcessCosts.ofProcess(server.pid()) - sent);
    }
}
