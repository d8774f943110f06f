package io.twinlog.applier.kafka;

/**
 * How much a consumer takes at once. What is fetched waits compressed in the consumer, what is polled as objects in the merge; a
 * partition that nothing is wanted of is paused behind one poll. So both are small where there are many partitions: all of them
 * together must fit into memory, however long their backlogs are.
 *
 * @param partitionBytes fetched of a partition at once. A larger batch of records still comes, but only one such per fetch: hence not
 *     below what {@code capture} makes of rows that are spread over many tables
 * @param records given by one poll
 * @param whole whether what was fetched of a partition is to be given to its end before the partition is paused: a batch of which a part
 *     was given keeps the buffer into which it is decompressed, 64 KiB, and many such would fill the memory
 */
public record FetchSize(int partitionBytes, int records, boolean whole) {

    private static final int MOST_PARTITION_BYTES = 2 << 20;
    private static final int LEAST_PARTITION_BYTES = 16 << 10;
    private static final int MOST_RECORDS = 5_000;
    private static final int LEAST_RECORDS = 20;

    private static final long MOST_RECORDS_OF_ALL_PARTITIONS = 300_000;
    private static final long MOST_BYTES_OF_ALL_PARTITIONS = 128L << 20;

    /** A record of a usual row takes a fifth of it. */
    private static final int HEAP_BYTES_FOR_A_RECORD = 2_500;

    /** The blocks of lz4, as Kafka's producers write it. */
    private static final long BUFFER_BYTES = 64 << 10;

    private static final int LEAST_WHOLE_BYTES = 8 << 10;
    private static final int RECORDS_OF_WHOLE_FETCHES = 2_000;

    /** @param memory bytes of the heap */
    public static FetchSize of(int partitions, long memory) {
        if (partitions * BUFFER_BYTES > memory / 8) {
            // What is fetched becomes objects all at once, which take several times as much.
            return new FetchSize(
                    share(memory / 40, partitions, LEAST_WHOLE_BYTES, MOST_PARTITION_BYTES),
                    RECORDS_OF_WHOLE_FETCHES,
                    true);
        }
        long bytes = Math.min(MOST_BYTES_OF_ALL_PARTITIONS, memory / 8);
        long records = Math.min(MOST_RECORDS_OF_ALL_PARTITIONS, memory / HEAP_BYTES_FOR_A_RECORD);
        return new FetchSize(
                share(bytes, partitions, LEAST_PARTITION_BYTES, MOST_PARTITION_BYTES),
                share(records, partitions, LEAST_RECORDS, MOST_RECORDS),
                false);
    }

    private static int share(long all, int partitions, int least, int most) {
        return (int) Math.max(least, Math.min(most, all / Math.max(1, partitions)));
    }

    /** Whether a consumer that was made with this one takes far more at once than it should, or in the other way. */
    public boolean isFarAbove(FetchSize wanted) {
        return partitionBytes >= 2 * wanted.partitionBytes || records >= 2 * wanted.records || whole != wanted.whole;
    }
}
