package io.twinlog.applier.xlog;

import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.registry.SchemaLookup;
import io.twinlog.schemas.wire.SingleObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;

/** Keeps what a script writes, partition by partition. */
public final class MemorySink implements XlogSink {

    /** A data record. */
    public record Data(byte[] key, byte[] value) {}

    private final Map<Long, Schema> schemas = new HashMap<>();
    private final List<ControlRecord> control = new ArrayList<>();
    private final Map<TopicPartition, List<Data>> data = new LinkedHashMap<>();

    @Override
    public void schema(Schema schema) {
        schemas.put(SingleObject.fingerprint(schema), schema);
    }

    @Override
    public void topic(String topic, int partitions) {
        for (int i = 0; i < partitions; i++) {
            data.computeIfAbsent(new TopicPartition(topic, i), p -> new ArrayList<>());
        }
    }

    @Override
    public void control(ControlRecord record) {
        control.add(record);
    }

    @Override
    public void data(String topic, int partition, byte[] key, byte[] value) {
        data.get(new TopicPartition(topic, partition)).add(new Data(key, value));
    }

    public SchemaLookup schemas() {
        return id -> schemas.get(id.value());
    }

    public List<ControlRecord> control() {
        return control;
    }

    public Map<TopicPartition, List<Data>> data() {
        return data;
    }
}
