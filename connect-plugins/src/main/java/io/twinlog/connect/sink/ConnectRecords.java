package io.twinlog.connect.sink;

import io.twinlog.applier.merge.RecordSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The records that a worker brings, as an applier reads them. Owned by the applier's reading thread. */
final class ConnectRecords implements RecordSource {

    private final Tray tray;
    private final XlogRecords records;
    private final PartitionOffsets offsets;
    private final Predicate<String> subscribed;
    private final BiConsumer<SinkRecord, DataException> undecodable;

    /**
     * @param subscribed whether the worker brings a topic as soon as it exists
     * @param undecodable hears of records that are no xlog records; throws, or lets them pass
     */
    ConnectRecords(
            Tray tray,
            XlogRecords records,
            PartitionOffsets offsets,
            Predicate<String> subscribed,
            BiConsumer<SinkRecord, DataException> undecodable) {
        this.tray = tray;
        this.records = records;
        this.offsets = offsets;
        this.subscribed = subscribed;
        this.undecodable = undecodable;
    }

    @Override
    public void assign(Set<TopicPartition> partitions) {
        tray.assign(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        tray.seek(partition, offset);
    }

    @Override
    public long position(TopicPartition partition) {
        return tray.position(partition);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration wait) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> byPartition = new HashMap<>();
        try {
            for (SinkRecord record : tray.poll(wait)) {
                try {
                    byPartition
                            .computeIfAbsent(Tray.partition(record), p -> new ArrayList<>())
                            .add(records.bytes(record));
                } catch (DataException e) {
                    undecodable.accept(record, e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
        return new ConsumerRecords<>(byPartition, Map.of());
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        tray.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        tray.resume(partitions);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration limit) {
        return offsets.of(partitions, OffsetSpec.earliest(), limit);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration limit) {
        return offsets.of(partitions, OffsetSpec.latest(), limit);
    }

    @Override
    public OptionalLong currentLag(TopicPartition partition) {
        return OptionalLong.empty();
    }

    @Override
    public @Nullable String obstacle() {
        Set<String> absent = tray.absentTopics();
        if (absent.isEmpty()) {
            return null;
        }
        String topic = absent.iterator().next();
        return "Waits for topic " + topic + (absent.size() == 1 ? "" : " and " + (absent.size() - 1) + " more")
                + (subscribed.test(topic)
                        ? ", which the worker has not brought yet. Its consumer looks for new topics every metadata.max.age.ms"
                                + " (5 minutes by default): lower consumer.override.metadata.max.age.ms"
                        : ", which is not among this sink's topics. Add it to topics or topics.regex");
    }

    @Override
    public void tellGroup(Map<TopicPartition, Long> positions) {
        tray.tellApplied(positions);
    }

    @Override
    public void close() {
        tray.assign(Set.of());
    }
}
