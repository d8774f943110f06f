package io.twinlog.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** W8: each system copies the same rows, one after the other; the start of its processes is part of it. */
record InitialSync(TestBed bed) {

    void measure(List<Replication> all, String database) throws SQLException {
        bed.createTables(bed.source(), database, Workload.W8);
        try (Connection connection = bed.source().connect(database)) {
            bed.kind().change(connection, Workload.W8, 0, bed.events(Workload.W8), bed.shape());
        }
        for (Replication replication : all) {
            bed.createTables(replication.target(), database, Workload.W8);
            bed.source().execute(database, "TRUNCATE bench_done");
            replication.prepare(database, Workload.W8, bed.shape());
            try (Connection target = replication.target().connect(database);
                    Throughput throughput = bed.throughput(replication, database)) {
                Map<String, Double> before = costs(replication);
                long begin = System.nanoTime();
                replication.start();
                bed.source().execute(database, TestBed.mark(TestBed.DONE));
                TestBed.awaitMark(replication, database, TestBed.DONE);
                Waiting.until(replication.name() + " to have copied all rows", replication::isSynced);
                double duration = (System.nanoTime() - begin) / 1e9;
                List<Throughput.Sample> samples = throughput.samples();
                bed.report()
                        .add(
                                new Result(
                                        Workload.W8.name(),
                                        replication.name(),
                                        bed.events(Workload.W8),
                                        duration,
                                        TestBed.difference(before, costs(replication)),
                                        replication.memory(),
                                        Map.of(),
                                        List.of(),
                                        bed.equal(target, Workload.W8, database)),
                                samples);
            }
            replication.stop();
            replication.close();
        }
    }

    /** With the source's backends, which are what reads the rows. */
    private Map<String, Double> costs(Replication replication) {
        Map<String, Double> costs = new LinkedHashMap<>(replication.costs());
        costs.put("source", bed.kind().costs(bed.source()).others());
        return costs;
    }
}
