package io.twinlog.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What {@link Workload#W1} and the topics look like: by these figures no cost should grow.
 *
 * @param tables over which the transactions go, one after the other
 * @param rows of each transaction
 * @param partitions of each topic
 */
record Shape(int tables, int rows, int partitions) {

    static final Shape PLAIN = new Shape(1, 10, 3);

    List<String> names() {
        return tables == 1
                ? List.of("bench")
                : IntStream.rangeClosed(1, tables).mapToObj(i -> "bench_" + i).toList();
    }

    @Override
    public String toString() {
        return tables + " tables, " + rows + " rows per transaction, " + partitions + " partitions";
    }
}
