package io.twinlog.bench;

import io.twinlog.sandbox.KafkaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benchmark command; see {@code bench/run --help}. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs Twinlog and the database's own replication side by side on embedded servers: PostgreSQL's logical replication, or a"
                    + " replica of MariaDB's.",
            "W1 to W4 drain a backlog: after a warm-up the changes are made while nobody reads; time runs from when reading"
                    + " goes on until the target has everything. W5 is live. All systems read the same log. W6 and W7 meet conflicts,"
                    + " which only Twinlog parks. W8 is the initial sync, the start of the processes included. W9, only when asked for, is a long run.",
            ""
        },
        footer = {
            "",
            "Examples: bench/run -w W1,W5 --runs 3 --json result.json",
            "          bench/run --database mariadb --scale 0.1"
        })
public final class EndToEnd implements Callable<Integer> {

    private enum Kind {
        POSTGRESQL,
        MARIADB
    }

    @Option(
            names = {"-d", "--database"},
            description = "Source and target: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private Kind kind = Kind.POSTGRESQL;

    @Option(
            names = {"-w", "--workloads"},
            split = ",",
            description = "Which of W1 to W9; default: W1 to W8. On MariaDB there are W1, W2, W4, W6 and W7.")
    private List<Workload> workloads = List.of();

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

    @Option(names = "--minutes", description = "W9: duration; default: ${DEFAULT-VALUE}.")
    private int minutes = 60;

    @Option(
            names = "--replica-threads",
            description = "MariaDB: slave_parallel_threads of its own replication; default: ${DEFAULT-VALUE}.")
    private int replicaThreads = 2;

    @Option(names = "--json", description = "Also write the results to this file.")
    private @Nullable Path json;

    @Option(names = "--plot", description = "Also draw throughput over time into this file (SVG).")
    private @Nullable Path plot;

    @Option(
            names = "--java-option",
            description = "Passed to the JVMs of Twinlog; %%c becomes 'capture' or 'apply'. Repeatable.")
    private List<String> javaOptions = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    private final Report report = new Report();

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Returns the exit code; 1: a target was not equal in the end. */
    static int run(String... arguments) {
        return new CommandLine(new EndToEnd())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        Database database = kind == Kind.MARIADB ? new MariadbServer(replicaThreads) : new PostgresServer();
        List<Workload> chosen = workloads.isEmpty()
                ? database.workloads().stream()
                        .filter(workload -> workload != Workload.W9)
                        .toList()
                : workloads;
        if (!database.workloads().containsAll(chosen)) {
            throw refused("On " + kind + " there are " + database.workloads() + ", not all of " + chosen);
        }
        if (!List.of("native", "twinlog", "twinlog-cold").containsAll(systems)) {
            throw refused("No such system among " + systems + ": there are native, twinlog and twinlog-cold");
        }
        Path directory = Files.createTempDirectory("twinlog-bench");
        // The servers' data, gigabytes of it, goes with them; logs and configurations stay.
        try (Servers servers = new Servers(database);
                KafkaProcess kafka = broker(chosen.contains(Workload.W9))) {
            TestBed bed =
                    new TestBed(database, servers.find("source"), new Shape(tables, rows, partitions), scale, report);
            for (int run = 1; run <= runs; run++) {
                for (Workload workload : chosen) {
                    List<Replication> all = new ArrayList<>();
                    for (String system : systems) {
                        if (system.equals("native") && workload.conflictFree() == null) {
                            all.add(database.ownReplication(bed.source(), servers.find(system)));
                        } else if (!system.equals("native")) {
                            all.add(new TwinlogReplication(
                                    bed,
                                    servers.find(system),
                                    kafka,
                                    directory,
                                    javaOptions,
                                    system.equals("twinlog-cold")));
                        }
                    }
                    measure(bed, all, workload, workload.name().toLowerCase(Locale.ROOT) + "_" + run);
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
        return report.allEqual() ? 0 : 1;
    }

    /** @param forLong whether it must forget records, or the disk would be full */
    private static KafkaProcess broker(boolean forLong) {
        KafkaProcess.Builder builder = KafkaProcess.builder().heap("512m");
        if (forLong) {
            builder.setting("log.segment.bytes", "134217728")
                    .setting("log.retention.bytes", "536870912")
                    .setting("log.retention.check.interval.ms", "10000");
        }
        return builder.start();
    }

    private ParameterException refused(String why) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), why);
    }

    private void measure(TestBed bed, List<Replication> all, Workload workload, String name) throws SQLException {
        switch (workload) {
            case W5 ->
                new Live(bed, rate, Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(seconds)).measure(all, name);
            case W9 -> new Steady(bed, Duration.ofMinutes(minutes)).measure(all, name);
            case W8 -> new InitialSync(bed).measure(all, name);
            case W1, W2, W3, W4, W6, W7 -> new Backlog(bed, warm).measure(all, workload, name);
        }
    }
}
