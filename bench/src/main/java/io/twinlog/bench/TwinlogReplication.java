package io.twinlog.bench;

import io.twinlog.cli.Main;
import io.twinlog.cli.command.TwinlogCommand;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.KafkaProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Twinlog as a user runs it: a capture and an applier, each a JVM of its own with a small heap, and a broker. */
final class TwinlogReplication implements Replication {

    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);

    private final Database kind;
    private final EmbeddedServer source;
    private final EmbeddedServer target;
    private final KafkaProcess kafka;
    private final Path directory;
    private final List<String> javaOptions;
    private final boolean cold;
    private final Map<String, Long> peaks = new LinkedHashMap<>();
    private final Map<String, JavaProcess> processes = new LinkedHashMap<>();
    private Path configuration = Path.of("");
    private double endedCapture;
    private double endedApplier;

    /** @param cold whether {@link #hold} ends the processes, so that the next start is part of what is measured */
    TwinlogReplication(
            TestBed bed,
            EmbeddedServer target,
            KafkaProcess kafka,
            Path directory,
            List<String> javaOptions,
            boolean cold) {
        this.kind = bed.kind();
        this.source = bed.source();
        this.target = target;
        this.kafka = kafka;
        this.directory = directory;
        this.javaOptions = javaOptions;
        this.cold = cold;
    }

    @Override
    public String name() {
        return cold ? "twinlog-cold" : "twinlog";
    }

    @Override
    public EmbeddedServer target() {
        return target;
    }

    @Override
    public void prepare(String database, Workload workload, Shape shape) {
        String replication = database + (cold ? "_cold" : "");
        configuration = directory.resolve(replication + ".yaml");
        String tables = Stream.concat(Stream.of("bench_done"), workload.tables(shape).stream())
                .map(table -> '"' + kind.schema(database) + '.' + table + '"')
                .collect(Collectors.joining(", "));
        String yaml = """
                replication: %s
                kafka: { bootstrap.servers: "%s" }
                source: { url: "%s", user: %s, password: "x", tables: [%s] }
                target: { url: "%s", user: %s, password: "x" }
                capture: { snapshot: %s, partitions: %d }
                """.formatted(
                        replication,
                        kafka.bootstrapServers(),
                        source.jdbcUrl(database),
                        source.user(),
                        tables,
                        target.jdbcUrl(database),
                        target.user(),
                        workload == Workload.W8 ? "initial" : "none",
                        shape.partitions());
        try {
            Files.writeString(configuration, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("The configuration cannot be written to " + configuration, e);
        }
        if (workload != Workload.W8) {
            start();
            command("wait", "--timeout", "120s");
            hold();
        }
    }

    @Override
    public void start() {
        if (!processes.isEmpty()) {
            processes.values().forEach(JavaProcess::thaw);
            return;
        }
        processes.put("capture", launch("capture"));
        processes.put("applier", launch("apply"));
    }

    @Override
    public void hold() {
        if (cold) {
            end();
        } else {
            // The compiled code stays, as in a daemon whose network was away.
            processes.values().forEach(JavaProcess::freeze);
        }
    }

    private JavaProcess launch(String command) {
        JavaProcess.Builder builder = JavaProcess.of(Main.class)
                .likeDaemon("512m")
                .output(directory.resolve(configuration.getFileName() + "." + command + ".log"))
                .arguments(command, "-f", configuration.toString());
        javaOptions.forEach(option -> builder.option(option.replace("%c", command)));
        return builder.start();
    }

    /** In this JVM: what it costs is not measured. */
    private void command(String... words) {
        StringWriter output = new StringWriter();
        int exit = TwinlogCommand.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(output, true))
                .execute(Stream.concat(Stream.of(words), Stream.of("-f", configuration.toString()))
                        .toArray(String[]::new));
        if (exit != 0) {
            throw new IllegalStateException("twinlog " + words[0] + " ended with " + exit + ":\n" + output);
        }
    }

    @Override
    public Map<String, Double> costs() {
        Map<String, Double> costs = new LinkedHashMap<>();
        costs.put(kind.sender(), kind.costs(source).sending());
        costs.put("capture", endedCapture + cpu("capture"));
        costs.put("kafka", ProcessCosts.ofProcess(kafka.pid()));
        costs.put("applier", endedApplier + cpu("applier"));
        costs.put("target", kind.costs(target).all());
        return costs;
    }

    private double cpu(String name) {
        JavaProcess process = processes.get(name);
        return process == null ? 0 : ProcessCosts.ofProcess(process.pid());
    }

    @Override
    public Map<String, Long> memory() {
        processes.forEach((name, process) -> peaks.merge(name, ProcessCosts.peakMemory(process.pid()), Math::max));
        peaks.merge("kafka", ProcessCosts.peakMemory(kafka.pid()), Math::max);
        return new LinkedHashMap<>(peaks);
    }

    @Override
    public void stop() {
        end();
        command("drop", "--yes");
        peaks.clear();
    }

    private void end() {
        endedCapture += cpu("capture");
        endedApplier += cpu("applier");
        processes.forEach((name, process) -> {
            process.terminate();
            int exit = process.awaitExit(STOP_LIMIT);
            if (exit != 0) {
                throw new IllegalStateException("The " + name + " ended with " + exit + ":\n" + process.output());
            }
        });
        processes.clear();
    }

    @Override
    public void close() {
        processes.values().forEach(JavaProcess::close);
    }
}
