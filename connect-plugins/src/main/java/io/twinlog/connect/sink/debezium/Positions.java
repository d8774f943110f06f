package io.twinlog.connect.sink.debezium;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** Where each partition is to be read on: before the first record that was read and is not given out. Not thread-safe. */
final class Positions {

    private final Map<TopicPartition, TreeSet<Long>> pending = new HashMap<>();
    private final Map<TopicPartition, Long> readTo = new HashMap<>();

    void start(TopicPartition partition, long offset) {
        readTo.put(partition, offset);
        pending.put(partition, new TreeSet<>());
    }

    /** A record was read that is given out later. */
    void read(Place place) {
        passed(place);
        pending.computeIfAbsent(place.partition(), p -> new TreeSet<>()).add(place.offset());
    }

    /** A record was read, and nothing of it is left to do. */
    void passed(Place place) {
        readTo.merge(place.partition(), place.offset() + 1, Math::max);
    }

    void given(Place place) {
        TreeSet<Long> offsets = pending.get(place.partition());
        if (offsets != null) {
            offsets.remove(place.offset());
        }
    }

    /** Whether nothing before it in its partition waits to be given out. */
    boolean isFirst(Place place) {
        TreeSet<Long> offsets = pending.get(place.partition());
        return offsets == null || offsets.isEmpty() || offsets.first() >= place.offset();
    }

    Map<TopicPartition, Long> now() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        readTo.forEach((partition, next) -> {
            TreeSet<Long> offsets = pending.get(partition);
            positions.put(partition, offsets == null || offsets.isEmpty() ? next : offsets.first());
        });
        return positions;
    }

    /** Up to where a partition has been read. */
    long readTo(TopicPartition partition) {
        return readTo.getOrDefault(partition, 0L);
    }

    int size() {
        return pending.values().stream().mapToInt(TreeSet::size).sum();
    }
}
