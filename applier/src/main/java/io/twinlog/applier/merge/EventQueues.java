package io.twinlog.applier.merge;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The fetched and not yet merged events of all data partitions, of which it gives those of the open transaction by their ordinals. Owned by {@link
 * Merger}.
 *
 * <p>Events stand in ascending order within each partition, apart from repetitions, which {@link PartitionQueue} drops. The next event of the
 * open transaction is therefore the smallest head of all queues or has not been fetched yet: if the smallest head is greater than what is
 * expected, the expected one can only stand in a partition whose queue is empty. A head smaller than expected belongs to a voided
 * transaction. So each step looks at one head; the queue that gave the last event is tried first, outside of the heap of the others.
 */
final class EventQueues {

    private final Map<TopicPartition, PartitionQueue> queues = new LinkedHashMap<>();
    private final PriorityQueue<PartitionQueue> heads = new PriorityQueue<>();
    private final List<PartitionQueue> touched = new ArrayList<>();
    private @Nullable PartitionQueue current;
    private long taken;
    private long bytes;
    private long size;

    /**
     * Announces a partition; harmless twice.
     *
     * @param applied everything up to here is applied already
     * @param start offset of the first record that will be fed
     */
    void add(TopicPartition partition, EventId applied, long start) {
        queues.computeIfAbsent(partition, p -> new PartitionQueue(p, applied, start));
    }

    void feed(XlogEvent event) {
        PartitionQueue queue = queues.get(event.partition());
        if (queue == null) {
            throw new TwinlogException(
                    Category.BUG, "An event came from " + event.partition() + ", which the control log never named");
        }
        boolean wasEmpty = queue.isEmpty();
        int weight = queue.offer(event);
        if (weight > 0) {
            bytes += weight;
            size++;
            if (wasEmpty && queue != current) {
                heads.add(queue);
            }
        }
    }

    /** The next event of the transaction, or null if it has not been fetched. */
    @Nullable
    XlogEvent take(ControlRecord begin) {
        while (true) {
            PartitionQueue queue = current;
            if (queue == null) {
                queue = heads.poll();
                if (queue == null) {
                    return null;
                }
                current = queue;
            }
            XlogEvent head = queue.head();
            if (head == null) {
                current = null;
                continue;
            }
            int order = compareWithExpected(head.id(), begin);
            if (order == 0) {
                drop(queue);
                if (queue.count()) {
                    touched.add(queue);
                }
                taken++;
                return head;
            }
            if (order < 0) {
                drop(queue);
                continue;
            }
            PartitionQueue smallest = heads.peek();
            if (smallest == null || smallest.compareTo(queue) >= 0) {
                return null;
            }
            heads.add(queue);
            current = heads.poll();
        }
    }

    private int compareWithExpected(EventId id, ControlRecord begin) {
        if (id.epoch() != begin.epoch()) {
            return Long.compare(id.epoch(), begin.epoch());
        }
        if (id.seq() != begin.seq()) {
            return Long.compare(id.seq(), begin.seq());
        }
        return Long.compare(id.ordinal(), taken + 1);
    }

    private void drop(PartitionQueue queue) {
        bytes -= queue.drop();
        size--;
    }

    /** How many events of the open transaction have been given. */
    long taken() {
        return taken;
    }

    /** Throws if they are others than its END says. */
    void check(ControlRecord end) {
        EndCounts.check(end, taken, touched, queues);
    }

    /** The open transaction has ended, or never happened. */
    void transactionEnded() {
        touched.forEach(PartitionQueue::transactionEnded);
        touched.clear();
        taken = 0;
    }

    /** Adds from where each partition is to be read on if everything given so far is applied. */
    void released(Map<TopicPartition, Long> positions) {
        queues.forEach((partition, queue) -> positions.put(partition, queue.released()));
    }

    boolean isDrained(TopicPartition partition) {
        PartitionQueue queue = queues.get(partition);
        return queue == null || queue.isEmpty();
    }

    /** Bytes that the events of a partition hold. */
    long bytes(TopicPartition partition) {
        PartitionQueue queue = queues.get(partition);
        return queue == null ? 0 : queue.bytes();
    }

    long bytes() {
        return bytes;
    }

    long size() {
        return size;
    }
}
