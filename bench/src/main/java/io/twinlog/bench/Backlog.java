package io.twinlog.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Drains of a backlog: the changes are made while nobody reads, and time runs from when reading goes on until the target has everything.
 *
 * @param warm size of the same work that each system carries before, relative to the drain
 */
record Backlog(TestBed bed, double warm) {

    /** Keys of rows that the warm-up inserts lie above those of the measured part. */
    private static final long WARM_UP_FIRST = 100_000_000;

    /** Prepares all systems before any change is made, so that all read the same log. */
    void measure(List<Replication> all, Workload workload, String database) throws SQLException {
        bed.createTables(bed.source(), database, workload);
        for (Replication replication : all) {
            bed.createTables(replication.target(), database, workload);
            try (Connection target = replication.target().connect(database)) {
                bed.kind().deviate(target, workload);
            }
            replication.prepare(database, workload, bed.shape());
        }
        warmUp(all, workload, database);
        change(workload, database);
        for (Replication replication : all) {
            drain(replication, workload, database);
            replication.stop();
            replication.close();
        }
    }

    /** Lets every system drain the same kind of backlog, one after the other, then holds it. */
    private void warmUp(List<Replication> all, Workload workload, String database) throws SQLException {
        try (Connection connection = bed.source().connect(database)) {
            long events = Math.round(warm * bed.events(workload));
            bed.kind().change(connection, workload, WARM_UP_FIRST, events, bed.shape());
            Statements.execute(connection, TestBed.mark(TestBed.WARM));
        }
        for (Replication replication : all) {
            replication.start();
            TestBed.awaitMark(replication, database, TestBed.WARM);
            replication.hold();
        }
    }

    private void change(Workload workload, String database) throws SQLException {
        long begin = System.nanoTime();
        try (Connection connection = bed.source().connect(database)) {
            bed.kind().change(connection, workload, 0, bed.events(workload), bed.shape());
            Statements.execute(connection, TestBed.mark(TestBed.DONE));
            bed.kind().settle(connection);
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %s; changes made in %.1f s%n",
                workload,
                workload == Workload.W1 && !bed.shape().equals(Shape.PLAIN) ? bed.shape() : workload.text(),
                (System.nanoTime() - begin) / 1e9);
    }

    private void drain(Replication replication, Workload workload, String database) throws SQLException {
        try (Connection target = replication.target().connect(database)) {
            bed.kind().settle(target);
            Map<String, Double> before = replication.costs();
            try (Throughput throughput = bed.throughput(replication, database)) {
                long begin = System.nanoTime();
                replication.start();
                TestBed.awaitMark(replication, database, TestBed.DONE);
                double duration = (System.nanoTime() - begin) / 1e9;
                List<Throughput.Sample> samples = throughput.samples();
                Result result = new Result(
                        workload.name(),
                        replication.name(),
                        bed.events(workload),
                        duration,
                        TestBed.difference(before, replication.costs()),
                        replication.memory(),
                        Map.of(),
                        List.of(),
                        bed.equal(target, workload, database));
                bed.report().add(result, samples);
            }
        }
    }
}
