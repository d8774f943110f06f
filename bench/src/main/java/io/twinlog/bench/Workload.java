package io.twinlog.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is done at the source while nobody reads. Each workload has tables of its own, so that each is one replication.
 *
 * <p>The last transaction inserts a row into {@code bench_done}, which is replicated too: where it has arrived, all has.
 */
enum Workload {
    /** Single-row inserts, 10 per transaction. */
    W1("inserts, 10 per transaction", 1_000_000, "bench") {
        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            String rows = " SELECT " + first + " + i * " + shape.rows()
                    + " + g, g % 10, i, ((i * (g % 10)) / 7.0)::numeric(12,2),"
                    + " md5(i::text) || '-' || g, now() FROM generate_series(1, " + shape.rows() + ") g";
            String statement = shape.tables() == 1
                    ? "INSERT INTO bench" + rows
                    : "EXECUTE 'INSERT INTO bench_' || (i % " + shape.tables() + " + 1) || '" + rows.replace("'", "''")
                            + ", (SELECT $1 AS i) AS loop' USING i";
            loop(source, events / shape.rows(), statement);
        }

        @Override
        void prepare(Connection server, Shape shape) throws SQLException {
            for (String table : shape.names()) {
                create(server, table);
            }
        }

        @Override
        List<String> tables(Shape shape) {
            return shape.names();
        }
    },
    /** Updates of random keys, 10 per transaction, replica identity FULL. */
    W2("updates of random keys, identity FULL", 500_000, "bench") {
        @Override
        void prepare(Connection server, Shape shape) throws SQLException {
            super.prepare(server, shape);
            execute(
                    server,
                    "INSERT INTO bench SELECT i, i % 10, i, i / 7.0, md5(i::text) || '-x', "
                            + "'2026-01-01' FROM generate_series(1, 1000000) i",
                    "VACUUM ANALYZE bench");
        }

        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            loop(
                    source,
                    events / 10,
                    "UPDATE bench SET b = b + 1, amount = amount + 0.01 WHERE id IN "
                            + "(SELECT (random() * 999999)::int + 1 FROM generate_series(1, 10))");
        }
    },
    /** The TPC-B mix of pgbench at scale 20: three updates, of which two hit hot rows, and an insert per transaction. */
    W3("TPC-B mix, scale 20", 400_000, "pgbench_branches", "pgbench_tellers", "pgbench_accounts", "pgbench_history") {
        @Override
        void prepare(Connection server, Shape shape) throws SQLException {
            execute(
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
        }

        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            execute(
                    source,
                    "DO $$ DECLARE a int; t int; b int; d int; BEGIN FOR i IN 1.." + events / 4 + " LOOP "
                            + "a := (random() * 1999999)::int + 1; t := (random() * 199)::int + 1; b := (random() * 19)::int + 1;"
                            + " d := (random() * 10000)::int - 5000; "
                            + "UPDATE pgbench_accounts SET abalance = abalance + d WHERE aid = a; "
                            + "UPDATE pgbench_tellers SET tbalance = tbalance + d WHERE tid = t; "
                            + "UPDATE pgbench_branches SET bbalance = bbalance + d WHERE bid = b; "
                            + "INSERT INTO pgbench_history VALUES (" + first
                            + " + i, t, b, a, d, now(), ''); COMMIT; END LOOP; END $$");
        }
    },
    /** One transaction of inserts. */
    W4("one transaction of inserts", 2_000_000, "bench") {
        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            execute(
                    source,
                    "INSERT INTO bench SELECT " + first + " + i, i % 10, i, i / 7.0, md5(i::text) || '-x', now() "
                            + "FROM generate_series(1, " + events + ") i");
        }
    },
    /** W1's transactions, live. */
    W5("live inserts, 10 per transaction", 0, "bench") {
        @Override
        void change(Connection source, long first, long events, Shape shape) {
            throw new IllegalStateException("W5 is live: see LiveLoad");
        }
    },
    /** W2 where the target's row differs for one key in ten: a conflict at its first update, held keys from then on. */
    W6("W2's updates, one target row in ten differs", 500_000, "bench") {
        @Override
        void prepare(Connection server, Shape shape) throws SQLException {
            W2.prepare(server, shape);
        }

        @Override
        void deviate(Connection target) throws SQLException {
            execute(target, "UPDATE bench SET b = b + 1000000 WHERE id % 10 = 0", "VACUUM ANALYZE bench");
        }

        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            W2.change(source, first, events, shape);
        }

        @Override
        String where() {
            return "id % 10 <> 0";
        }
    },
    /** W1 where the target refuses six rows in ten thousand. */
    W7("W1's inserts, the target refuses 6 rows in 10,000", 1_000_000, "bench") {
        @Override
        void deviate(Connection target) throws SQLException {
            execute(target, "ALTER TABLE bench ADD CHECK (id % 1667 <> 1)");
        }

        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            W1.change(source, first, events, shape);
        }

        @Override
        String where() {
            return "id % 1667 <> 1";
        }
    },
    /** Rows of W1 that are there before the replication begins. */
    W8("initial sync of W1's rows", 5_000_000, "bench") {
        @Override
        void change(Connection source, long first, long events, Shape shape) throws SQLException {
            W4.change(source, first, events, shape);
            execute(source, "VACUUM ANALYZE bench");
        }
    };

    private final String text;
    private final long events;
    private final List<String> tables;

    Workload(String text, long events, String... tables) {
        this.text = text;
        this.events = events;
        this.tables = List.of(tables);
    }

    String text() {
        return text;
    }

    /** Row changes at full size. */
    long events() {
        return events;
    }

    List<String> tables(Shape shape) {
        return tables;
    }

    /** The same without conflicts, or null: it has none itself. PostgreSQL's subscriber stops at such conflicts or does not see them. */
    @Nullable
    Workload conflictFree() {
        return this == W6 ? W2 : this == W7 ? W1 : null;
    }

    /** Makes the target another one than the source expects. */
    void deviate(Connection target) throws SQLException {}

    /** Rows that must be equal in the end. */
    String where() {
        return "true";
    }

    /** Creates the tables and their first rows; the same rows on every server. */
    void prepare(Connection server, Shape shape) throws SQLException {
        create(server, "bench");
    }

    private static void create(Connection server, String table) throws SQLException {
        execute(
                server,
                "CREATE TABLE " + table
                        + "(id bigint PRIMARY KEY, a int, b int, amount numeric(12,2), note text, at timestamptz)",
                "ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }

    /**
     * Makes about {@code events} row changes, committed.
     *
     * @param first below the keys of inserted rows, so that a second call does not meet those of the first one
     * @param shape of W1
     */
    abstract void change(Connection source, long first, long events, Shape shape) throws SQLException;

    /** Query whose one text value is equal where all replicated rows are equal. */
    String digest(Shape shape) {
        return tables(shape).stream()
                .map(table -> "SELECT '" + table + "' AS name, count(*) || ':'"
                        + " || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS rows FROM " + table
                        + " t WHERE "
                        + where())
                .collect(Collectors.joining(
                        " UNION ALL ",
                        "SELECT string_agg(name || ':' || rows, ' ' ORDER BY name) FROM (",
                        ") AS digests"));
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void loop(Connection source, long transactions, String statement) throws SQLException {
        execute(
                source,
                "DO $$ BEGIN FOR i IN 1.." + transactions + " LOOP " + statement + "; COMMIT; END LOOP; END $$");
    }
}
