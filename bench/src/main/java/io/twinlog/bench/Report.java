package io.twinlog.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints results as they come and the table at the end; writes JSON. */
final class Report {

    private final List<Result> results = new ArrayList<>();
    /** The last run of each workload, by system. */
    private final Map<String, Map<String, List<Throughput.Sample>>> throughput = new LinkedHashMap<>();

    /** @param samples rows written over time; empty where that says nothing */
    void add(Result result, List<Throughput.Sample> samples) {
        results.add(result);
        if (!samples.isEmpty()) {
            throughput
                    .computeIfAbsent(result.workload(), workload -> new LinkedHashMap<>())
                    .put(result.system(), samples);
        }
        System.out.println(line(result));
    }

    private static String line(Result r) {
        StringBuilder cpu = new StringBuilder();
        r.cpu()
                .forEach((name, seconds) ->
                        cpu.append(String.format(Locale.ROOT, " %s %.2f", name, seconds * 1_000_000 / r.events())));
        String latency = r.latency().isEmpty() ? "" : "  latency ms " + r.latency();
        String memory = r.memory().isEmpty() ? "" : "  peak MiB " + r.memory();
        return String.format(
                Locale.ROOT,
                "%s %-8s %,10d events %8.2f s %,10.0f events/s  CPU us/event %.1f (%s)%s%s  %s",
                r.workload(),
                r.system(),
                r.events(),
                r.seconds(),
                r.eventsPerSecond(),
                r.cpuMicrosPerEvent(),
                cpu.toString().trim(),
                latency,
                memory,
                r.equal() ? "equal" : "NOT EQUAL");
    }

    /** The table for docs/performance.md. */
    String table() {
        StringBuilder table = new StringBuilder(
                "| workload | system | events/s | of native | of conflict-free | CPU us/event | latency ms | equal |\n"
                        + "|---|---|---|---|---|---|---|---|\n");
        for (Result r : results) {
            double reference = average(r.workload(), "native");
            Workload conflictFree = Workload.valueOf(r.workload()).conflictFree();
            double without = conflictFree == null ? Double.NaN : average(conflictFree.name(), r.system());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %s | %s | %.1f | %s | %s |%n",
                    r.workload(),
                    r.system(),
                    r.eventsPerSecond(),
                    share(r.eventsPerSecond() / reference),
                    share(r.eventsPerSecond() / without),
                    r.cpuMicrosPerEvent(),
                    r.latency().isEmpty() ? "" : r.latency(),
                    r.equal() ? "yes" : "NO"));
        }
        return table.toString();
    }

    /** Whether every target had the source's rows in the end. */
    boolean allEqual() {
        return results.stream().allMatch(Result::equal);
    }

    private double average(String workload, String system) {
        return results.stream()
                .filter(o -> o.workload().equals(workload) && o.system().equals(system))
                .mapToDouble(Result::eventsPerSecond)
                .average()
                .orElse(Double.NaN);
    }

    private static String share(double share) {
        return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.2f", share);
    }

    void writePlot(Path file) throws IOException {
        Files.writeString(file, Plot.svg(throughput));
    }

    void writeJson(Path file) throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Result r : results) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("workload", r.workload());
            row.put("system", r.system());
            row.put("events", r.events());
            row.put("seconds", r.seconds());
            row.put("eventsPerSecond", r.eventsPerSecond());
            row.put("cpuMicrosPerEvent", r.cpuMicrosPerEvent());
            row.put("cpuSeconds", r.cpu());
            row.put("peakMiB", r.memory());
            row.put("latencyMillis", r.latency());
            if (!r.course().isEmpty()) {
                row.put("course", r.course());
            }
            row.put("equal", r.equal());
            rows.add(row);
        }
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), rows);
    }
}
