package io.twinlog.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * W5 on PostgreSQL, each system with the source for itself.
 *
 * @param rate transactions of 10 inserts per second
 */
record Live(TestBed bed, int rate, Duration warmUp, Duration duration) {

    void measure(List<Replication> all, String database) throws SQLException {
        bed.createTables(bed.source(), database, Workload.W5);
        for (Replication replication : all) {
            bed.createTables(replication.target(), database, Workload.W5);
        }
        for (Replication replication : all) {
            bed.source().execute(database, "TRUNCATE bench", "TRUNCATE bench_done");
            replication.prepare(database, Workload.W5, bed.shape());
            bed.report().add(run(replication, database), List.of());
            replication.stop();
            replication.close();
        }
    }

    private Result run(Replication replication, String database) throws SQLException {
        try (Connection loader = bed.source().connect(database);
                Connection target = replication.target().connect(database);
                Connection watched = replication.target().connect(database)) {
            replication.start();
            Statements.execute(loader, TestBed.mark(TestBed.RUNNING));
            TestBed.awaitMark(replication, database, TestBed.RUNNING);
            LiveLoad.run(loader, rate, warmUp);
            Statements.execute(loader, "TRUNCATE bench", TestBed.mark(TestBed.WARM));
            TestBed.awaitMark(replication, database, TestBed.WARM);
            Map<String, Double> before = replication.costs();
            long begin = System.nanoTime();
            long transactions;
            ArrivalWatch watch = new ArrivalWatch(watched);
            try (watch) {
                transactions = LiveLoad.run(loader, rate, duration);
                Statements.execute(loader, TestBed.mark(TestBed.DONE));
                TestBed.awaitMark(replication, database, TestBed.DONE);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            Map<String, Double> costs = TestBed.difference(before, replication.costs());
            return new Result(
                    Workload.W5.name(),
                    replication.name(),
                    transactions * 10,
                    seconds,
                    costs,
                    replication.memory(),
                    latencies(loader, watch),
                    List.of(),
                    bed.equal(target, Workload.W5, database));
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
}
