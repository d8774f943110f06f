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

    private static final int RECORDS_OF_ALL_PARTITIONS = 300_000;
    private static final long MOST_BYTES_OF_ALL_PARTITIONS = 128L << 20;

    /** @param memory bytes of the heap */
    public static FetchSize of(int partitions, long memory) {
        long bytes = Math.min(MOST_BYTES_OF_ALL_PARTITIONS, memory / 4);
        return new FetchSize(
                share((int) bytes, partitions, LEAST_PARTITION_BYTES, MOST_PARTITION_BYTES),
                share(RECORDS_OF_ALL_PARTITIONS, partitions, LEAST_RECORDS, MOST_RECORDS));
    }

    private static int share(int all, int partitions, int least, int most) {
        return Math.max(least, Math.min(most, all / Math.max(1, partitions)));
    }

    /** Whether a consumer that was made with this one takes far more at once than it should. */
    public boolean isFarAbove(FetchSize wanted) {
        return partitionBytes >= 2 * wanted.partitionBytes || records >= 2 * wanted.records;
    }
}
