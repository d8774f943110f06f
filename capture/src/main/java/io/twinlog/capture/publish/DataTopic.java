package io.twinlog.capture.publish;

import io.twinlog.capture.metrics.TableCounts;
import io.twinlog.schemas.table.TableId;

/** A table's topic, with what the publisher counts in the open transaction. Owned by the publisher's thread. */
public final class DataTopic {

    private final TableId table;
    private final String name;
    private final int partitions;
    private final long[] counts;
    private final TableCounts total;
    private long tableOrder;
    private boolean touched;

    /** @param total counts the table's events beyond the transaction */
    public DataTopic(TableId table, String name, int partitions, TableCounts total) {
        this.table = table;
        this.name = name;
        this.partitions = partitions;
        this.counts = new long[partitions];
        this.total = total;
    }

    public TableId table() {
        return table;
    }

    public String name() {
        return name;
    }

    public int partitions() {
        return partitions;
    }

    /** Index of the next event among those of the table in this transaction, from 1. */
    long nextTableOrder() {
        return ++tableOrder;
    }

    /** What counts the table's events beyond the transaction. */
    public TableCounts total() {
        return total;
    }

    /** Counts an event; true for the first of the transaction. */
    boolean count(int partition) {
        counts[partition]++;
        boolean first = !touched;
        touched = true;
        return first;
    }

    long counted(int partition) {
        return counts[partition];
    }

    void transactionEnded() {
        java.util.Arrays.fill(counts, 0);
        tableOrder = 0;
        touched = false;
    }
}
