package io.twinlog.applier.merge;

import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Compares what was found of a transaction with what its END says. Stateless. */
final class EndCounts {

    private EndCounts() {}

    /**
     * Looks at the partitions of this transaction only: there may be thousands.
     *
     * @param taken how many of its events were found
     * @param touched the partitions in which they were
     * @throws TwinlogException category BUG if they are others
     */
    static void check(
            ControlRecord end, long taken, List<PartitionQueue> touched, Map<TopicPartition, PartitionQueue> queues) {
        for (PartitionQueue queue : touched) {
            long said = said(end, queue.partition());
            if (queue.takenInTransaction() != said) {
                throw differs(end, queue.partition(), queue.takenInTransaction(), said);
            }
        }
        if (touched.size() != end.counts().size()) {
            for (PartitionCount count : end.counts()) {
                TopicPartition partition = new TopicPartition(count.topic(), count.partition());
                PartitionQueue queue = queues.get(partition);
                if (count.events() > 0 && (queue == null || !touched.contains(queue))) {
                    throw differs(end, partition, 0, count.events());
                }
            }
        }
        if (end.events() != taken) {
            throw new TwinlogException(
                    Category.BUG,
                    "Transaction " + end.epoch() + "-" + end.seq() + " has " + taken
                            + " events on its topics, but its END says " + end.events());
        }
    }

    private static long said(ControlRecord end, TopicPartition partition) {
        for (PartitionCount count : end.counts()) {
            if (count.partition() == partition.partition() && count.topic().equals(partition.topic())) {
                return count.events();
            }
        }
        return 0;
    }

    private static TwinlogException differs(ControlRecord end, TopicPartition partition, long found, long said) {
        return new TwinlogException(
                Category.BUG,
                "Transaction " + end.epoch() + "-" + end.seq() + " has " + found + " events in " + partition
                        + ", but its END says " + said + ". Report this with both topics kept as they are.");
    }
}
