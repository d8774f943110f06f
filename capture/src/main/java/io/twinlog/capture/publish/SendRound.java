package io.twinlog.capture.publish;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Records by partition, to be handed to the producer one partition after the other. Reusable; not thread-safe. */
final class SendRound {

    /** What a record takes on the heap beside its key and value. */
    private static final int RECORD_OVERHEAD_BYTES = 96;

    private final Map<String, Lane[]> lanes = new HashMap<>();
    private final List<Lane> touched = new ArrayList<>();
    private String lastTopic = "";
    private Lane[] lastLanes = {};
    private long records;
    private long bytes;

    void add(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
        Lane lane = lane(topic, partition);
        if (lane.values.isEmpty()) {
            touched.add(lane);
        }
        lane.add(key, value, stored);
        records++;
        bytes += RECORD_OVERHEAD_BYTES + value.length + (key == null ? 0 : key.length);
    }

    // Mostly the next record is of the same table.
    private Lane lane(String topic, int partition) {
        if (!topic.equals(lastTopic) || partition >= lastLanes.length) {
            lastLanes = lanes(topic, partition + 1);
            lastTopic = topic;
        }
        return lastLanes[partition];
    }

    private Lane[] lanes(String topic, int count) {
        Lane[] known = lanes.getOrDefault(topic, new Lane[0]);
        if (known.length >= count) {
            return known;
        }
        Lane[] more = Arrays.copyOf(known, count);
        for (int i = known.length; i < count; i++) {
            more[i] = new Lane(topic, i);
        }
        lanes.put(topic, more);
        return more;
    }

    boolean isEmpty() {
        return records == 0;
    }

    long records() {
        return records;
    }

    /** Number of partitions with records: so many batches at least. */
    int partitions() {
        return touched.size();
    }

    /** What the records take on the heap, about. */
    long bytes() {
        return bytes;
    }

    /** Hands everything over. Where that fails, those records are left that the producer did not take. */
    void handTo(Producer<byte[], byte[]> producer) {
        for (Lane lane : touched) {
            lane.handTo(producer);
        }
    }

    /** The callbacks of what was not handed over. */
    List<Callback> unanswered() {
        List<Callback> callbacks = new ArrayList<>();
        for (Lane lane : touched) {
            callbacks.addAll(lane.stored.subList(lane.handed, lane.stored.size()));
        }
        return callbacks;
    }

    void clear() {
        touched.forEach(Lane::clear);
        touched.clear();
        records = 0;
        bytes = 0;
    }

    /** The records of one partition, in order: keys, values and callbacks, without an object for each. */
    private static final class Lane {

        private static final byte[] HANDED = {};

        private final String topic;
        private final Integer partition;
        private final ArrayList<byte @Nullable []> keys = new ArrayList<>();
        private final ArrayList<byte[]> values = new ArrayList<>();
        private final ArrayList<Callback> stored = new ArrayList<>();
        private int handed;

        Lane(String topic, int partition) {
            this.topic = topic;
            this.partition = partition;
        }

        void add(byte @Nullable [] key, byte[] value, Callback callback) {
            keys.add(key);
            values.add(value);
            stored.add(callback);
        }

        void handTo(Producer<byte[], byte[]> producer) {
            while (handed < values.size()) {
                producer.send(
                        new ProducerRecord<>(topic, partition, keys.get(handed), values.get(handed)),
                        stored.get(handed));
                // The producer has a copy; both together would take twice the memory.
                values.set(handed++, HANDED);
            }
        }

        void clear() {
            keys.clear();
            values.clear();
            stored.clear();
            handed = 0;
        }
    }
}
