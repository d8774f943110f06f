package io.twinlog.applier.merge;

import io.twinlog.schemas.EventId;
import java.util.ArrayDeque;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The fetched but not yet merged events of one data partition, without repetitions. Owned by {@link EventQueues}. */
final class PartitionQueue implements Comparable<PartitionQueue> {

    private final TopicPartition partition;
    private final ArrayDeque<XlogEvent> events = new ArrayDeque<>();
    private EventId last;
    private long bytes;
    private long released;
    private long takenInTransaction;

    /**
     * @param applied everything up to here is applied already
     * @param start offset of the first record that will be fed
     */
    PartitionQueue(TopicPartition partition, EventId applied, long start) {
        this.partition = partition;
        this.last = applied;
        this.released = start;
    }

    TopicPartition partition() {
        return partition;
    }

    /**
     * Appends an event unless it is a repetition; order within a partition makes one comparison enough.
     *
     * @return its weight, 0 for a repetition
     */
    int offer(XlogEvent event) {
        if (event.id().compareTo(last) <= 0) {
            if (events.isEmpty()) {
                released = event.offset() + 1;
            }
            return 0;
        }
        last = event.id();
        events.addLast(event);
        int weight = event.weight();
        bytes += weight;
        return weight;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Bytes that its events hold. */
    long bytes() {
        return bytes;
    }

    @Nullable
    XlogEvent head() {
        return events.peekFirst();
    }

    /** Removes the head, and returns its weight. */
    int drop() {
        XlogEvent event = events.removeFirst();
        released = event.offset() + 1;
        int weight = event.weight();
        bytes -= weight;
        return weight;
    }

    /** Counts the event that was just removed for the open transaction; true if it is its first one here. */
    boolean count() {
        return ++takenInTransaction == 1;
    }

    /** Offset from which to read on if everything taken so far is applied. */
    long released() {
        return released;
    }

    long takenInTransaction() {
        return takenInTransaction;
    }

    void transactionEnded() {
        takenInTransaction = 0;
    }

    @Override
    public int compareTo(PartitionQueue other) {
        XlogEvent mine = events.peekFirst();
        XlogEvent theirs = other.events.peekFirst();
        if (mine == null || theirs == null) {
            return mine == theirs ? 0 : mine == null ? 1 : -1;
        }
        return mine.id().compareTo(theirs.id());
    }
}
