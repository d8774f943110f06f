package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;

import io.twinlog.applier.progress.ProgressView;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.time.Duration;
import java.util.Locale;

/**
 * What refusals and conflicts cost an applier that has a backlog: events per second with and without them, in turns, so that other load on the
 * machine meets both. Run its {@link #main}; not a test.
 */
public final class DeviationBenchmark {

    private static final int EVENTS = 100_000;
    private static final int IN_TRANSACTION = 10;

    private DeviationBenchmark() {}

    private enum Mix {
        INSERTS("inserts, none refused", ""),
        INSERTS_REFUSED("inserts, 6 in 10,000 refused", "ALTER TABLE d ADD CHECK (id % 1667 <> 1) NOT VALID"),
        UPDATES("updates, no conflict", ""),
        UPDATES_REFUSED("updates, 6 in 10,000 refused", "ALTER TABLE d ADD CHECK (id % 1667 <> 1) NOT VALID"),
        UPDATES_DIFFERING("updates, 1 row in 10 differs", "UPDATE d SET n = n + 1000000 WHERE id % 10 = 0");

        private final String text;
        private final String deviation;

        Mix(String text, String deviation) {
            this.text = text;
            this.deviation = deviation;
        }
    }

    /** @param arguments how often each */
    public static void main(String[] arguments) throws Exception {
        int runs = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
        for (int run = 0; run <= runs; run++) {
            for (Mix mix : Mix.values()) {
                double rate = measure(mix);
                if (run > 0) {
                    System.out.printf(Locale.ROOT, "%-32s %,9.0f events/s%n", mix.text, rate);
                }
            }
        }
        System.exit(0);
    }

    private static double measure(Mix mix) throws Exception {
        try (Twin twin = new Twin()) {
            boolean inserts = mix.text.startsWith("inserts");
            twin.sql("CREATE TABLE d (id bigint PRIMARY KEY, n int, amount numeric(12,2), note text)");
            if (!inserts) {
                twin.sql("INSERT INTO d SELECT i, 0, 0, 'note ' || i FROM generate_series(0, " + (EVENTS - 1) + ") i");
            }
            if (!mix.deviation.isEmpty()) {
                twin.sql(mix.deviation);
            }
            twin.sql("VACUUM ANALYZE d");
            twin.script().epoch();
            TableScript d = twin.script()
                    .table(
                            shape(
                                    "d",
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.LONG, "bigint"),
                                    column("n", XlogType.INT, "integer"),
                                    io.twinlog.applier.xlog.XlogScript.decimal("amount", 12, 2),
                                    column("note", XlogType.TEXT, "text")),
                            3);
            for (int from = 0; from < EVENTS; from += IN_TRANSACTION) {
                int first = from;
                twin.script().commit(tx -> {
                    for (long id = first; id < first + IN_TRANSACTION; id++) {
                        Object[] before = {id, 0, "0", "note " + id};
                        Object[] after = {id, 1, "1.5", "note " + id};
                        if (inserts) {
                            tx.insert(d, after);
                        } else {
                            tx.update(d, before, after);
                        }
                    }
                });
            }
            twin.script().heartbeat();
            twin.sink().flush();
            twin.start();
            long last = twin.script().seq();
            try (ProgressView view = new ProgressView(twin.replication(), twin.url(), "postgres", "")) {
                long begunAt = await(view, 1);
                long begun = System.nanoTime();
                await(view, last);
                double seconds = (System.nanoTime() - begun) / 1e9;
                return (last - begunAt) * IN_TRANSACTION / seconds;
            } finally {
                twin.awaitApplied(Duration.ofSeconds(60)).stop();
            }
        }
    }

    private static long await(ProgressView view, long seq) throws Exception {
        while (true) {
            long now = view.progress().map(progress -> progress.seq()).orElse(0L);
            if (now >= seq) {
                return now;
            }
            Thread.sleep(2);
        }
    }
}
