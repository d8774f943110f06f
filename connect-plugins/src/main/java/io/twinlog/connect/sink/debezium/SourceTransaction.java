package io.twinlog.connect.sink.debezium;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A transaction of the source as far as it has been read. Not thread-safe. */
final class SourceTransaction {

    private final String txId;
    private final TreeMap<Long, SinkRecord> events = new TreeMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private boolean begun;
    private @Nullable Struct end;

    /** Where a record stood that belongs to the transaction. */
    record Place(TopicPartition partition, long offset) {}

    SourceTransaction(String txId) {
        this.txId = txId;
    }

    String txId() {
        return txId;
    }

    boolean isBegun() {
        return begun;
    }

    /** Its BEGIN or END; the first of them gives it its place among the transactions. */
    void boundary(Struct value, Place place) {
        places.add(place);
        begun = true;
        if ("END".equals(value.getString("status"))) {
            end = value;
        }
    }

    /** One of its events; false if it has that one already. */
    boolean event(long order, SinkRecord record, Place place) {
        places.add(place);
        if (events.putIfAbsent(order, record) != null) {
            return false;
        }
        counts.merge(record.originalTopic(), 1L, Long::sum);
        return true;
    }

    /** Whether everything has been read that its END counts, as far as it stands on topics that are read. */
    boolean isComplete(java.util.function.Function<String, @Nullable String> topicOf) {
        Struct known = end;
        if (known == null) {
            return false;
        }
        List<Struct> collections = known.getArray("data_collections");
        if (collections == null) {
            return true;
        }
        for (Struct collection : collections) {
            String topic = topicOf.apply(collection.getString("data_collection"));
            if (topic != null && counts.getOrDefault(topic, 0L) < collection.getInt64("event_count")) {
                return false;
            }
        }
        return true;
    }

    /** Its END. */
    Struct end() {
        return java.util.Objects.requireNonNull(end, "the END of a transaction that is complete");
    }

    /** In the order of the transaction. */
    List<SinkRecord> events() {
        return List.copyOf(events.values());
    }

    List<Place> places() {
        return places;
    }
}
