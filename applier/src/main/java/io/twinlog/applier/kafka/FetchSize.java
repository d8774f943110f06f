package io.twinlog.applier.kafka;

/**
 * How much a consumer takes at once. What is fetched waits compressed in the consumer, what is polled as objects in the merge; a
 * partition that nothing is wanted of is paused behind one poll. So both are small where there are many partitions: all of them
 * together must fit into memory, however long their backlogs are.
 *
 * @param partitionBytes fetched of a partition at once. A larger batch of records still comes, but only one such per fetch: hence not
 *     below what {@code capture} makes of rows that are spread over many tables
 * @param records given by one poll
 */
public record FetchSize(int partitionBytes, int records) {

    private static final int MOST_PARTITION_BYTES = 2 << 20;
    private static final int LEAST_PARTITION_BYTES = 32 << 10;
    private static final int MOST_RECORDS = 5_000;
    private static final int LEAST_RECORDS = 50;

    private static final long MOST_RECORDS_OF_ALL_PARTITIONS = 300_000;
    private static final long MOST_BYTES_OF_ALL_PARTITIONS = 128L << 20;

    /** A record of a usual row takes a third of it. */
    private static final int HEAP_BYTES_FOR_A_RECORD = 1_700;

    /** @param memory bytes of the heap */
    public static FetchSize of(int partitions, long memory) {
        long bytes = Math.min(MOST_BYTES_OF_ALL_PARTITIONS, memory / 4);
        long records = Math.min(MOST_RECORDS_OF_ALL_PARTITIONS, memory / HEAP_BYTES_FOR_A_RECORD);
        return new FetchSize(
                share(bytes, partitions, LEAST_PARTITION_BYTES, MOST_PARTITION_BYTES),
                share(records, partitions, LEAST_RECORDS, MOST_RECORDS));
    }

    private static int share(long all, int partitions, int least, int most) {
        return (int) Math.max(least, Math.min(most, all / Math.max(1, partitions)));
    }

    /** Whether a consumer that was made with this one takes far more at once than it should. */
    public boolean isFarAbove(FetchSize wanted) {
        return partitionBytes >= 2 * wanted.partitionBytes || records >= 2 * wanted.records;
    }
}
