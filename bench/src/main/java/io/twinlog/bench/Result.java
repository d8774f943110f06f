package io.twinlog.bench;

import java.util.List;
import java.util.Map;

/**
 * What one system did with one workload.
 *
 * @param seconds from its start until the target had everything
 * @param cpu CPU seconds by process group
 * @param memory peak resident MiB by process
 * @param latency milliseconds by percentile; empty for drains
 * @param course what happened in each interval of a long run; empty for others
 * @param equal whether source and target had the same rows in the end
 */
record Result(
        String workload,
        String system,
        long events,
        double seconds,
        Map<String, Double> cpu,
        Map<String, Long> memory,
        Map<String, Double> latency,
        List<Interval> course,
        boolean equal) {

    /**
     * A part of a long run.
     *
     * @param end seconds since its start
     * @param cpu CPU seconds by process group
     * @param memory peak resident MiB by process, since the start
     */
    record Interval(
            double end, long events, double eventsPerSecond, Map<String, Double> cpu, Map<String, Long> memory) {}

    double eventsPerSecond() {
        return events / seconds;
    }

    double cpuMicrosPerEvent() {
        return cpu.values().stream().mapToDouble(Double::doubleValue).sum() * 1_000_000 / events;
    }
}
