package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.KafkaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The benchmark command; see {@code bench/run --help}. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs Twinlog and PostgreSQL's own logical replication side by side on embedded servers.",
            "W1 to W4 drain a backlog: after a warm-up the changes are made while nobody reads; time runs from when reading"
                    + " goes on until the target has everything. W5 is live. All systems read the same WAL. W6 and W7 meet conflicts,"
                    + " which only Twinlog parks. W8 is the initial sync, the start of the processes included.",
            ""
        },
        footer = {"", "Example: bench/run -w W1,W5 --runs 3 --json result.json"})
public final class EndToEnd implements Callable<Integer> {

    /** Rows of {@code bench_done} that mark a place in the log. */
    private static final int RUNNING = 1;

    private static final int WARM = 2;
    private static final int DONE = 3;

    /** Keys of rows that the warm-up inserts lie above those of the measured part. */
    private static final long WARM_UP_FIRST = 100_000_000;

    @Option(
            names = {"-w", "--workloads"},
            split = ",",
            description = "Which of W1 to W8; default: all.")
    private List<Workload> workloads = List.of(Workload.values());

    @Option(
            names = {"-s", "--systems"},
            split = ",",
            description =
                    "Which of native, twinlog, twinlog-cold; default: the first two. A cold drain includes the start of"
                            + " the JVMs and the compilation of their code.")
    private List<String> systems = List.of("native", "twinlog");

    @Option(names = "--runs", description = "Runs of each workload; default: ${DEFAULT-VALUE}.")
    private int runs = 1;

    @Option(
            names = "--scale",
            description = "Size of the drains relative to their full size; default: ${DEFAULT-VALUE}.")
    private double scale = 1;

    @Option(
            names = "--warm",
            description =
                    "Size of the same work that each system carries before a drain, relative to the drain; default:"
                            + " ${DEFAULT-VALUE}.")
    private double warm = 1;

    @Option(names = "--tables", description = "W1: number of tables; default: ${DEFAULT-VALUE}.")
    private int tables = Shape.PLAIN.tables();

    @Option(names = "--rows", description = "W1: rows of each transaction; default: ${DEFAULT-VALUE}.")
    private int rows = Shape.PLAIN.rows();

    @Option(names = "--partitions", description = "Partitions of each topic; default: ${DEFAULT-VALUE}.")
    private int partitions = Shape.PLAIN.partitions();

    @Option(names = "--rate", description = "W5: transactions of 10 inserts per second; default: ${DEFAULT-VALUE}.")
    private int rate = 500;

    @Option(names = "--seconds", description = "W5: duration; default: ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(names = "--warm-up", description = "W5: seconds of the same load before it; default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds = 20;

    @Option(names = "--json", description = "Also write the results to this file.")
    private @Nullable Path json;

    @Option(names = "--plot", description = "Also draw throughput over time into this file (SVG).")
    private @Nullable Path plot;

    @Option(
            names = "--java-option",
            description = "Passed to the JVMs of Twinlog; %%c becomes 'capture' or 'apply'. Repeatable.")
    private List<String> javaOptions = List.of();

    private final Report report = new Report();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EndToEnd())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("twinlog-bench");
        // The servers' data, gigabytes of it, goes with them; logs and configurations stay.
        try (EmbeddedPostgres source = server();
                EmbeddedPostgres nativeTarget = server();
                EmbeddedPostgres twinlogTarget = server();
                EmbeddedPostgres coldTarget = server();
                KafkaProcess kafka = KafkaProcess.builder().heap("512m").start()) {
            for (int run = 1; run <= runs; run++) {
                for (Workload workload : workloads) {
                    List<Replication> all = new ArrayList<>();
                    if (systems.contains("native") && workload.conflictFree() == null) {
                        all.add(new NativeReplication(source, nativeTarget));
                    }
                    if (systems.contains("twinlog")) {
                        all.add(new TwinlogReplication(source, twinlogTarget, kafka, directory, javaOptions, false));
                    }
                    if (systems.contains("twinlog-cold")) {
                        all.add(new TwinlogReplication(source, coldTarget, kafka, directory, javaOptions, true));
                    }
                    measure(source, all, workload, workload.name().toLowerCase(Locale.ROOT) + "_" + run);
                }
            }
        }
        System.out.println();
        System.out.print(report.table());
        if (json != null) {
            report.writeJson(json);
        }
        if (plot != null) {
            report.writePlot(plot);
        }
        System.out.println("Logs and configurations: " + directory);
        return 0;
    }

    private static EmbeddedPostgres server() {
        return EmbeddedPostgres.builder()
                .setting("shared_buffers", "512MB")
                .setting("max_wal_size", "8GB")
                .setting("checkpoint_timeout", "30min")
                .setting("autovacuum", "off")
                // A reader that is held for longer than this must not lose its connection.
                .setting("wal_sender_timeout", "0")
                .start();
    }

    /** Prepares all systems before any change is made, so that all read the same WAL. */
    private void measure(EmbeddedPostgres source, List<Replication> all, Workload workload, String database)
            throws SQLException {
        prepareTables(source, database, workload);
        if (workload == Workload.W8) {
            sync(source, all, database);
            return;
        }
        for (Replication replication : all) {
            prepareTables(replication.target(), database, workload);
            try (Connection target = replication.target().connect(database)) {
                workload.deviate(target);
            }
            if (workload != Workload.W5) {
                replication.prepare(database, workload, shape());
            }
        }
        if (workload != Workload.W5) {
            warmUp(source, all, workload, database);
            change(source, workload, database);
        }
        for (Replication replication : all) {
            if (workload == Workload.W5) {
                // Live: each system has the source for itself.
                source.execute(database, "TRUNCATE bench", "TRUNCATE bench_done");
                replication.prepare(database, workload, shape());
                report.add(live(source, replication, database), List.of());
            } else {
                drain(source, replication, workload, database);
            }
            replication.stop();
            replication.close();
        }
    }

    /** Each system copies the same rows, one after the other; the start of its processes is part of it. */
    private void sync(EmbeddedPostgres source, List<Replication> all, String database) throws SQLException {
        try (Connection connection = source.connect(database)) {
            Workload.W8.change(connection, 0, events(Workload.W8), shape());
        }
        for (Replication replication : all) {
            prepareTables(replication.target(), database, Workload.W8);
            source.execute(database, "TRUNCATE bench_done");
            replication.prepare(database, Workload.W8, shape());
            try (Connection target = replication.target().connect(database);
                    Throughput throughput = new Throughput(replication.target(), database)) {
                Map<String, Double> before = costs(source, replication);
                long begin = System.nanoTime();
                replication.start();
                source.execute(database, "INSERT INTO bench_done VALUES (" + DONE + ")");
                awaitDone(replication, database, DONE);
                Waiting.until(replication.name() + " to have copied all rows", replication::isSynced);
                double duration = (System.nanoTime() - begin) / 1e9;
                List<Throughput.Sample> samples = throughput.samples();
                report.add(
                        new Result(
                                Workload.W8.name(),
                                replication.name(),
                                events(Workload.W8),
                                duration,
                                difference(before, costs(source, replication)),
                                replication.memory(),
                                Map.of(),
                                equal(source, target, Workload.W8, database)),
                        samples);
            }
            replication.stop();
            replication.close();
        }
    }

    /** With the source's backends, which are what reads the rows. */
    private static Map<String, Double> costs(EmbeddedPostgres source, Replication replication) {
        Map<String, Double> costs = new LinkedHashMap<>(replication.costs());
        costs.put("source", ProcessCosts.ofServer(source.pid()).getOrDefault("others", 0.0));
        return costs;
    }

    private void prepareTables(EmbeddedPostgres server, String database, Workload workload) throws SQLException {
        server.createDatabase(database);
        try (Connection connection = server.connect(database)) {
            Workload.execute(connection, "CREATE TABLE bench_done(id int PRIMARY KEY)");
            workload.prepare(connection, shape());
        }
    }

    /** Lets every system drain the same kind of backlog, one after the other, then holds it. */
    private void warmUp(EmbeddedPostgres source, List<Replication> all, Workload workload, String database)
            throws SQLException {
        try (Connection connection = source.connect(database)) {
            Workload.execute(connection, "SET synchronous_commit = off");
            workload.change(connection, WARM_UP_FIRST, Math.round(warm * events(workload)), shape());
            Workload.execute(connection, "INSERT INTO bench_done VALUES (" + WARM + ")");
        }
        for (Replication replication : all) {
            replication.start();
            awaitDone(replication, database, WARM);
            replication.hold();
        }
    }

    private static void awaitDone(Replication replication, String database, int mark) throws SQLException {
        try (Connection target = replication.target().connect(database)) {
            Waiting.until(
                    replication.name() + " to bring mark " + mark,
                    () -> count(target, "SELECT count(*) FROM bench_done WHERE id = " + mark) == 1);
        }
    }

    private void change(EmbeddedPostgres source, Workload workload, String database) throws SQLException {
        long begin = System.nanoTime();
        try (Connection connection = source.connect(database)) {
            Workload.execute(connection, "SET synchronous_commit = off");
            workload.change(connection, 0, events(workload), shape());
            Workload.execute(connection, "INSERT INTO bench_done VALUES (" + DONE + ")", "CHECKPOINT");
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %s; changes made in %.1f s%n",
                workload,
                workload == Workload.W1 && !shape().equals(Shape.PLAIN) ? shape() : workload.text(),
                (System.nanoTime() - begin) / 1e9);
    }

    private Shape shape() {
        return new Shape(tables, rows, partitions);
    }

    private long events(Workload workload) {
        return (long) (workload.events() * scale);
    }

    private void drain(EmbeddedPostgres source, Replication replication, Workload workload, String database)
            throws SQLException {
        try (Connection target = replication.target().connect(database)) {
            Workload.execute(target, "CHECKPOINT");
            Map<String, Double> before = replication.costs();
            try (Throughput throughput = new Throughput(replication.target(), database)) {
                long begin = System.nanoTime();
                replication.start();
                awaitDone(replication, database, DONE);
                double duration = (System.nanoTime() - begin) / 1e9;
                List<Throughput.Sample> samples = throughput.samples();
                Result result = new Result(
                        workload.name(),
                        replication.name(),
                        events(workload),
                        duration,
                        difference(before, replication.costs()),
                        replication.memory(),
                        Map.of(),
                        equal(source, target, workload, database));
                report.add(result, samples);
            }
        }
    }

    private Result live(EmbeddedPostgres source, Replication replication, String database) throws SQLException {
        try (Connection loader = source.connect(database);
                Connection target = replication.target().connect(database);
                Connection watched = replication.target().connect(database)) {
            replication.start();
            Workload.execute(loader, "INSERT INTO bench_done VALUES (" + RUNNING + ")");
            awaitDone(replication, database, RUNNING);
            LiveLoad.run(loader, rate, Duration.ofSeconds(warmUpSeconds));
            Workload.execute(loader, "TRUNCATE bench", "INSERT INTO bench_done VALUES (" + WARM + ")");
            awaitDone(replication, database, WARM);
            Map<String, Double> before = replication.costs();
            long begin = System.nanoTime();
            long transactions;
            ArrivalWatch watch = new ArrivalWatch(watched);
            try (watch) {
                transactions = LiveLoad.run(loader, rate, Duration.ofSeconds(seconds));
                Workload.execute(loader, "INSERT INTO bench_done VALUES (" + DONE + ")");
                awaitDone(replication, database, DONE);
            }
            double duration = (System.nanoTime() - begin) / 1e9;
            Map<String, Double> costs = difference(before, replication.costs());
            return new Result(
                    Workload.W5.name(),
                    replication.name(),
                    transactions * 10,
                    duration,
                    costs,
                    replication.memory(),
                    latencies(loader, watch),
                    equal(source, target, Workload.W5, database));
        }
    }

    /** From the source's commit timestamp to the first sight at the target: one clock, one machine. */
    private static Map<String, Double> latencies(Connection source, ArrivalWatch watch) throws SQLException {
        List<Long> ids = new ArrayList<>();
        List<Double> committed = new ArrayList<>();
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000 FROM bench"
                                + " WHERE id % 10 = 0 ORDER BY id")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
                committed.add(rows.getDouble(2));
            }
        }
        List<Double> seen = watch.firstSeen(ids);
        List<Double> latencies = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            latencies.add(seen.get(i) - committed.get(i));
        }
        latencies.sort(null);
        Map<String, Double> result = new LinkedHashMap<>();
        result.put("p50", percentile(latencies, 0.50));
        result.put("p99", percentile(latencies, 0.99));
        result.put("max", percentile(latencies, 1));
        return result;
    }

    private static double percentile(List<Double> sorted, double share) {
        int index = (int) Math.min(sorted.size() - 1L, (long) (share * sorted.size()));
        return sorted.isEmpty() ? Double.NaN : Math.round(sorted.get(index) * 100) / 100.0;
    }

    private boolean equal(EmbeddedPostgres source, Connection target, Workload workload, String database)
            throws SQLException {
        try (Connection connection = source.connect(database)) {
            return text(connection, workload.digest(shape())).equals(text(target, workload.digest(shape())));
        }
    }

    private static Map<String, Double> difference(Map<String, Double> before, Map<String, Double> after) {
        Map<String, Double> difference = new LinkedHashMap<>();
        after.forEach((name, value) -> difference.put(name, value - before.getOrDefault(name, 0.0)));
        return difference;
    }

    private static long count(Connection connection, String query) {
        try {
            return Waiting.count(connection, query);
        } catch (SQLException e) {
            throw new IllegalStateException("The target cannot be read", e);
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
