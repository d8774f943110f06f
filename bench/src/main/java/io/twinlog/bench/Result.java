package io.twinlog.bench;

import java.util.Map;

/**
 * What one system did with one workload.
 *
 * @param seconds from its start until the target had everything
 * @param cpu CPU seconds by process group
 * @param memory peak resident MiB by process
 * @param latency milliseconds by percentile; empty for drains
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
        boolean equal) {

    double eventsPerSecond() {
        return events / seconds;
    }

    double cpuMicrosPerEvent() {
        return cpu.values().stream().mapToDouble(Double::doubleValue).sum() * 1_000_000 / events;
    }
}
