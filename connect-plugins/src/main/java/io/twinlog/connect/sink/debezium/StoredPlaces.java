package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/** Kafka's offsets as the target keeps them: with the identity of the topic, which another one of the same name does not share. Not thread-safe. */
final class StoredPlaces {

    private final Map<String, String> topicIds = new HashMap<>();

    /**
     * Invariant 2: what Kafka no longer has is a gap.
     *
     * @param stored by partition; one that lacks begins with the oldest record
     * @param gap makes an error of what is lost
     * @param start hears of each partition and its next offset
     */
    void open(
            RecordFeed feed,
            Set<TopicPartition> partitions,
            Map<TopicPartition, StoredOffset> stored,
            Function<String, TwinlogException> gap,
            BiConsumer<TopicPartition, Long> start) {
        topicIds.putAll(feed.topicIds(
                partitions.stream().map(TopicPartition::topic).distinct().toList()));
        Map<TopicPartition, Long> begins = feed.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = feed.endOffsets(partitions);
        feed.assign(partitions);
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            StoredOffset known = stored.get(partition);
            long next = known == null ? begin : known.nextOffset();
            if (known != null && !known.topicId().equals(topicIds.get(partition.topic()))) {
                throw gap.apply("topic " + partition.topic() + " was deleted and created again");
            }
            if (next < begin || next > ends.getOrDefault(partition, 0L)) {
                throw gap.apply("the next record of " + partition + " is offset " + next + ", but Kafka holds " + begin
                        + " to " + ends.get(partition));
            }
            start.accept(partition, next);
            feed.seek(partition, next);
        }
    }

    Map<TopicPartition, StoredOffset> of(Map<TopicPartition, Long> next) {
        Map<TopicPartition, StoredOffset> offsets = new HashMap<>();
        next.forEach((partition, offset) ->
                offsets.put(partition, new StoredOffset(topicIds.getOrDefault(partition.topic(), ""), offset)));
        return offsets;
    }
}
