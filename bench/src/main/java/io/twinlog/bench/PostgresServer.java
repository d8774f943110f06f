package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** PostgreSQL, to PostgreSQL; the workloads are made by loops in the server. */
final class PostgresServer implements Database {

    @Override
    public EmbeddedServer server(int number) {
        return EmbeddedPostgres.builder()
                .setting("shared_buffers", "512MB")
                .setting("max_wal_size", "8GB")
                .setting("checkpoint_timeout", "30min")
                .setting("autovacuum", "off")
                // A reader that is held for longer than this must not lose its connection.
                .setting("wal_sender_timeout", "0")
                .start();
    }

    @Override
    public List<Workload> workloads() {
        return List.of(Workload.values());
    }

    @Override
    public Replication ownReplication(EmbeddedServer source, EmbeddedServer target) {
        return new PostgresNative(source, target);
    }

    @Override
    public String schema(String database) {
        return "public";
    }

    @Override
    public void create(Connection server, Workload workload, Shape shape) throws SQLException {
        switch (workload) {
            case W1, W9 -> {
                for (String table : shape.names()) {
                    create(server, table);
                }
            }
            case W3 ->
                Statements.execute(
                        server,
                        "CREATE TABLE pgbench_branches(bid int PRIMARY KEY, bbalance int, filler char(88))",
                        "CREATE TABLE pgbench_tellers(tid int PRIMARY KEY, bid int, tbalance int, filler char(84))",
                        "CREATE TABLE pgbench_accounts(aid int PRIMARY KEY, bid int, abalance int, filler char(84))",
                        "CREATE TABLE pgbench_history(hid bigint PRIMARY KEY, tid int, bid int, aid int, delta int,"
                                + " mtime timestamp, filler char(22))",
                        "INSERT INTO pgbench_branches SELECT i, 0, '' FROM generate_series(1, 20) i",
                        "INSERT INTO pgbench_tellers SELECT i, (i - 1) / 10 + 1, 0, '' FROM generate_series(1, 200) i",
                        "INSERT INTO pgbench_accounts SELECT i, (i - 1) / 100000 + 1, 0, '' FROM generate_series(1, 2000000) i",
                        "VACUUM ANALYZE");
            case W2, W6 -> {
                create(server, "bench");
                Statements.execute(
                        server,
                        "INSERT INTO bench SELECT i, i % 10, i, i / 7.0, md5(i::text) || '-x', "
                                + "'2026-01-01' FROM generate_series(1, " + Workload.KEYS + ") i",
                        "VACUUM ANALYZE bench");
            }
            case W4, W5, W7, W8 -> create(server, "bench");
        }
    }

    private static void create(Connection server, String table) throws SQLException {
        Statements.execute(
                server,
                "CREATE TABLE " + table
                        + "(id bigint PRIMARY KEY, a int, b int, amount numeric(12,2), note text, at timestamptz)",
                "ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }

    @Override
    public void deviate(Connection target, Workload workload) throws SQLException {
        if (workload == Workload.W6) {
            Statements.execute(target, "UPDATE bench SET b = b + 1000000 WHERE id % 10 = 0", "VACUUM ANALYZE bench");
        } else if (workload == Workload.W7) {
            Statements.execute(target, "ALTER TABLE bench ADD CHECK (id % 1667 <> 1)");
        }
    }

    @Override
    public void change(Connection source, Workload workload, long first, long events, Shape shape) throws SQLException {
        Statements.execute(source, "SET synchronous_commit = off");
        switch (workload) {
            case W1, W7, W9 -> insert(source, first, events, shape);
            case W2, W6 ->
                loop(
                        source,
                        events / 10,
                        "UPDATE bench SET b = b + 1, amount = amount + 0.01 WHERE id IN " + "(SELECT (random() * "
                                + (Workload.KEYS - 1) + ")::int + 1 FROM generate_series(1, 10))");
            case W3 ->
                Statements.execute(
                        source,
                        "DO $$ DECLARE a int; t int; b int; d int; BEGIN FOR i IN 1.." + events / 4 + " LOOP "
                                + "a := (random() * 1999999)::int + 1; t := (random() * 199)::int + 1; b := (random() * 19)::int + 1;"
                                + " d := (random() * 10000)::int - 5000; "
                                + "UPDATE pgbench_accounts SET abalance = abalance + d WHERE aid = a; "
                                + "UPDATE pgbench_tellers SET tbalance = tbalance + d WHERE tid = t; "
                                + "UPDATE pgbench_branches SET bbalance = bbalance + d WHERE bid = b; "
                                + "INSERT INTO pgbench_history VALUES (" + first
                                + " + i, t, b, a, d, now(), ''); COMMIT; END LOOP; END $$");
            case W4 -> insertAtOnce(source, first, events);
            case W8 -> {
                insertAtOnce(source, first, events);
                Statements.execute(source, "VACUUM ANALYZE bench");
            }
            case W5 -> throw new IllegalStateException("W5 is live: see LiveLoad");
        }
    }

    private static void insert(Connection source, long first, long events, Shape shape) throws SQLException {
        String rows = " SELECT " + first + " + i * " + shape.rows()
                + " + g, g % 10, i, ((i * (g % 10)) / 7.0)::numeric(12,2),"
                + " md5(i::text) || '-' || g, now() FROM generate_series(1, " + shape.rows() + ") g";
        String statement = shape.tables() == 1
                ? "INSERT INTO bench" + rows
                : "EXECUTE 'INSERT INTO bench_' || (i % " + shape.tables() + " + 1) || '" + rows.replace("'", "''")
                        + ", (SELECT $1 AS i) AS loop' USING i";
        loop(source, events / shape.rows(), statement);
    }

    private static void insertAtOnce(Connection source, long first, long events) throws SQLException {
        Statements.execute(
                source,
                "INSERT INTO bench SELECT " + first + " + i, i % 10, i, i / 7.0, md5(i::text) || '-x', now() "
                        + "FROM generate_series(1, " + events + ") i");
    }

    private static void loop(Connection source, long transactions, String statement) throws SQLException {
        Statements.execute(
                source,
                "DO $$ BEGIN FOR i IN 1.." + transactions + " LOOP " + statement + "; COMMIT; END LOOP; END $$");
    }

    @Override
    public void settle(Connection server) throws SQLException {
        Statements.execute(server, "CHECKPOINT");
    }

    @Override
    public String digest(Workload workload, Shape shape) {
        return workload.tables(shape).stream()
                .map(table -> "SELECT '" + table + "' AS name, count(*) || ':'"
                        + " || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS rows FROM " + table
                        + " t WHERE "
                        + workload.where())
                .collect(Collectors.joining(
                        " UNION ALL ",
                        "SELECT string_agg(name || ':' || rows, ' ' ORDER BY name) FROM (",
                        ") AS digests"));
    }

    @Override
    public String rowsWritten() {
        return "SELECT tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = current_database()";
    }

    @Override
    public String sender() {
        return "walsender";
    }

    @Override
    public Costs costs(EmbeddedServer server) {
        return ProcessCosts.ofServer(server.pid(), "walsender");
    }
}
