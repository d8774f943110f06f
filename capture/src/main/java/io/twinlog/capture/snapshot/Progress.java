package io.twinlog.capture.snapshot;

import java.time.Duration;
import java.util.Locale;

/** Rows read against rows expected. Not thread-safe. */
final class Progress {

    private final long estimate;
    private final int tables;
    private final long startNanos;
    private long rows;

    Progress(long estimate, int tables, long startNanos) {
        this.estimate = estimate;
        this.tables = tables;
        this.startNanos = startNanos;
    }

    void add(long more) {
        rows += more;
    }

    long rows() {
        return rows;
    }

    long estimate() {
        return Math.max(estimate, rows);
    }

    int percent() {
        return estimate() == 0 ? 0 : (int) Math.min(99, rows * 100 / estimate());
    }

    long rowsPerSecond(long nanoTime) {
        double seconds = (nanoTime - startNanos) / 1e9;
        return seconds <= 0 ? 0 : Math.round(rows / seconds);
    }

    String line(String table, long nanoTime) {
        long rate = rowsPerSecond(nanoTime);
        long left = rate == 0 ? -1 : (estimate() - rows) / rate;
        return String.format(
                Locale.ROOT,
                "Initial sync: %,d of about %,d rows (%d %%), %,d rows/s, %s left, at %s (%d tables)",
                rows,
                estimate(),
                percent(),
                rate,
                left < 0
                        ? "unknown time"
                        : Duration.ofSeconds(left).toString().substring(2).toLowerCase(Locale.ROOT),
                table,
                tables);
    }
}
