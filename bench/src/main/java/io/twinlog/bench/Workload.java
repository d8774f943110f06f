package io.twinlog.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done at the source while nobody reads; {@link Database} has the statements. Each workload has tables of its own, so that each is one
 * replication.
 *
 * <p>The last transaction inserts a row into {@code bench_done}, which is replicated too: where it has arrived, all has.
 */
enum Workload {
    /** Single-row inserts, 10 per transaction. */
    W1("inserts, 10 per transaction", 1_000_000, "bench"),
    /** Updates of random keys, 10 per transaction; whole before images. */
    W2("updates of random keys, whole before images", 500_000, "bench"),
    /** The TPC-B mix of pgbench at scale 20: three updates, of which two hit hot rows, and an insert per transaction. */
    W3("TPC-B mix, scale 20", 400_000, "pgbench_branches", "pgbench_tellers", "pgbench_accounts", "pgbench_history"),
    /** One transaction of inserts. */
    W4("one transaction of inserts", 2_000_000, "bench"),
    /** W1's transactions, live; see {@link LiveLoad}. */
    W5("live inserts, 10 per transaction", 0, "bench"),
    /** W2 where the target's row differs for one key in ten: a conflict at its first update, held keys from then on. */
    W6("W2's updates, one target row in ten differs", 500_000, "bench"),
    /** W1 where the target refuses six rows in ten thousand. */
    W7("W1's inserts, the target refuses 6 rows in 10,000", 1_000_000, "bench"),
    /** Rows of W1 that are there before the replication begins. */
    W8("initial sync of W1's rows", 5_000_000, "bench"),
    /** W1's transactions as fast as they are carried, for long; see {@link Steady}. */
    W9("inserts, 10 per transaction, as fast as they are carried", 0, "bench");

    /** Rows that W2 finds. */
    static final int KEYS = 1_000_000;

    private final String text;
    private final long events;
    private final List<String> tables;

    Workload(String text, long events, String... tables) {
        this.text = text;
        this.events = events;
        this.tables = List.of(tables);
    }

    String text() {
        return text;
    }

    /** Row changes at full size. */
    long events() {
        return events;
    }

    List<String> tables(Shape shape) {
        return this == W1 || this == W9 ? shape.names() : tables;
    }

    /** The same without conflicts, or null: it has none itself. A database's own replication stops at such conflicts or does not see them. */
    @Nullable
    Workload conflictFree() {
        return this == W6 ? W2 : this == W7 ? W1 : null;
    }

    /** Rows that must be equal in the end. */
    String where() {
        return switch (this) {
            case W6 -> "id % 10 <> 0";
            case W7 -> "id % 1667 <> 1";
            case W1, W2, W3, W4, W5, W8, W9 -> "1 = 1";
        };
    }
}
