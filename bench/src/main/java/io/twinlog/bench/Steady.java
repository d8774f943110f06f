package io.twinlog.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * W9: W1's transactions, made as fast as they are carried, for a long time: what grows with time shows. The load stays
 * {@link #AHEAD} chunks ahead of the target at most, and empties the table before it grows large, so that the data stay of one size.
 */
record Steady(TestBed bed, Duration duration) {

    private static final long CHUNK = 100_000;
    private static final int AHEAD = 3;
    private static final int CHUNKS_OF_A_TABLE = 20;
    /** Below the marks of chunks, above those of {@link TestBed}. */
    private static final int FIRST_MARK = 100;

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    void measure(List<Replication> all, String database) throws SQLException {
        for (Replication replication : all) {
            bed.createTables(replication.target(), database, Workload.W9);
        }
        bed.createTables(bed.source(), database, Workload.W9);
        for (Replication replication : all) {
            bed.source().execute(database, "TRUNCATE bench_done");
            empty(database);
            replication.prepare(database, Workload.W9, bed.shape());
            run(replication, database);
            replication.stop();
            replication.close();
        }
    }

    private void empty(String database) {
        bed.source().execute(database, "TRUNCATE " + String.join(", ", Workload.W9.tables(bed.shape())));
    }

    private void run(Replication replication, String database) throws SQLException {
        try (Connection loader = bed.source().connect(database);
                Connection target = replication.target().connect(database);
                Throughput throughput = bed.throughput(replication, database)) {
            replication.start();
            Map<String, Double> first = replication.costs();
            List<Result.Interval> intervals = new ArrayList<>();
            long begin = System.nanoTime();
            long chunks = 0;
            Map<String, Double> before = first;
            double since = 0;
            double now = 0;
            while (now < duration.toSeconds()) {
                load(loader, database, chunks++);
                long mark = FIRST_MARK + chunks - AHEAD;
                Waiting.until(replication.name() + " to bring mark " + mark, () -> {
                    replication.checkRunning();
                    return arrived(target) >= mark;
                });
                now = (System.nanoTime() - begin) / 1e9;
                if (now >= (intervals.size() + 1) * INTERVAL.toSeconds()) {
                    Map<String, Double> costs = replication.costs();
                    intervals.add(interval(since, now, throughput, before, costs, replication.memory()));
                    before = costs;
                    since = now;
                }
            }
            Statements.execute(loader, TestBed.mark(TestBed.DONE));
            TestBed.awaitMark(replication, database, TestBed.DONE);
            bed.report()
                    .add(
                            new Result(
                                    Workload.W9.name(),
                                    replication.name(),
                                    chunks * CHUNK,
                                    (System.nanoTime() - begin) / 1e9,
                                    TestBed.difference(first, replication.costs()),
                                    replication.memory(),
                                    Map.of(),
                                    intervals,
                                    bed.equal(target, Workload.W9, database)),
                            throughput.samples());
        }
    }

    /** Makes a chunk and its mark. */
    private void load(Connection loader, String database, long chunk) throws SQLException {
        if (chunk % CHUNKS_OF_A_TABLE == 0) {
            empty(database);
        }
        bed.kind().change(loader, Workload.W9, chunk * CHUNK, CHUNK, bed.shape());
        Statements.execute(loader, TestBed.mark((int) (FIRST_MARK + chunk + 1)));
    }

    private static long arrived(Connection target) {
        try {
            return Statements.number(target, "SELECT coalesce(max(id), 0) FROM bench_done");
        } catch (SQLException e) {
            throw new IllegalStateException("The target cannot be read", e);
        }
    }

    private static Result.Interval interval(
            double from,
            double to,
            Throughput throughput,
            Map<String, Double> before,
            Map<String, Double> after,
            Map<String, Long> memory) {
        long rows = throughput.rows(to) - throughput.rows(from);
        Result.Interval interval =
                new Result.Interval(to, rows, rows / (to - from), TestBed.difference(before, after), memory);
        System.out.printf(
                Locale.ROOT,
                "  %5.0f s: %,10.0f events/s  CPU us/event %.1f  peak MiB %s%n",
                to,
                interval.eventsPerSecond(),
                interval.cpu().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum()
                        * 1e6
                        / Math.max(1, rows),
                memory);
        return interval;
    }
}
