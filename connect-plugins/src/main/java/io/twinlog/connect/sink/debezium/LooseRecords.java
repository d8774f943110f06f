package io.twinlog.connect.sink.debezium;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Changes that belong to no transaction. One that stands behind events of transactions in its partition waits for them, as it may be
 * about the same row. Not thread-safe.
 */
final class LooseRecords {

    private final List<SinkRecord> waiting = new ArrayList<>();

    void add(SinkRecord record) {
        waiting.add(record);
    }

    /** Takes those that wait for nothing, in the order in which they were read; their places are given. */
    List<SinkRecord> takeFree(Positions positions) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<SinkRecord> free = new ArrayList<>();
        List<SinkRecord> kept = new ArrayList<>();
        Set<TopicPartition> blocked = new HashSet<>();
        for (SinkRecord record : waiting) {
            Place place = Place.of(record);
            if (!blocked.contains(place.partition()) && positions.isFirst(place)) {
                positions.given(place);
                free.add(record);
            } else {
                blocked.add(place.partition());
                kept.add(record);
            }
        }
        waiting.clear();
        waiting.addAll(kept);
        return free;
    }
}
