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

    private static final Waiting HANDED = new Waiting(null, new byte[0], (metadata, failure) -> {});

    private final Map<String, Lane[]> lanes = new HashMap<>();
    private final List<Lane> touched = new ArrayList<>();
    private long records;
    private long bytes;

    void add(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
        Lane lane = lane(topic, partition);
        if (lane.records.isEmpty()) {
            touched.add(lane);
        }
        lane.records.add(new Waiting(key, value, stored));
        records++;
        bytes += RECORD_OVERHEAD_BYTES + value.length + (key == null ? 0 : key.length);
    }

    private Lane lane(String topic, int partition) {
        Lane[] known = lanes.get(topic);
        if (known == null || known.length <= partition) {
            int from = known == null ? 0 : known.length;
            known = known == null ? new Lane[partition + 1] : Arrays.copyOf(known, partition + 1);
            for (int i = from; i <= partition; i++) {
                known[i] = new Lane(topic, i);
            }
            lanes.put(topic, known);
        }
        return known[partition];
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
            while (lane.handed < lane.records.size()) {
                Waiting record = lane.records.get(lane.handed);
                producer.send(
                        new ProducerRecord<>(lane.topic, lane.partition, record.key, record.value), record.stored);
                // The producer has a copy; both together would take twice the memory.
                lane.records.set(lane.handed++, HANDED);
            }
        }
    }

    /** The callbacks of what was not handed over. */
    List<Callback> unanswered() {
        List<Callback> callbacks = new ArrayList<>();
        for (Lane lane : touched) {
            lane.records.subList(lane.handed, lane.records.size()).forEach(record -> callbacks.add(record.stored));
        }
        return callbacks;
    }

    void clear() {
        for (Lane lane : touched) {
            lane.records.clear();
            lane.handed = 0;
        }
        touched.clear();
        records = 0;
        bytes = 0;
    }

    /** The records of one partition, in order. */
    private static final class Lane {

        private final String topic;
        private final Integer partition;
        private final ArrayList<Waiting> records = new ArrayList<>();
        private int handed;

        Lane(String topic, int partition) {
            this.topic = topic;
            this.partition = partition;
        }
    }

    private record Waiting(byte @Nullable [] key, byte[] value, Callback stored) {}
}
