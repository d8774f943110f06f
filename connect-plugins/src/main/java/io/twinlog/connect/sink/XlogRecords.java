package io.twinlog.connect.sink;

import io.twinlog.connect.data.XlogMapping;
import io.twinlog.schemas.registry.SchemaId;
import io.twinlog.schemas.registry.SchemaLookup;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the daemon's bytes of a sink record again, whichever converter has read it, and finds the schemas of those bytes. With a
 * ByteArrayConverter the bytes are those on the topic already. One thread converts; any may look schemas up.
 */
final class XlogRecords implements SchemaLookup {

    private final SchemaLookup schemas;
    private final Map<org.apache.kafka.connect.data.Schema, Kind> kinds = new HashMap<>();
    private final Map<Long, Schema> local = new ConcurrentHashMap<>();

    private record Kind(XlogMapping mapping, byte[] header) {}

    /** @param schemas finds the schemas of bytes that no converter has touched */
    XlogRecords(SchemaLookup schemas) {
        this.schemas = schemas;
    }

    @Override
    public Schema find(SchemaId id) {
        Schema known = id.inRegistry() ? null : local.get(id.value());
        return known == null ? schemas.find(id) : known;
    }

    /**
     * The record as it would stand on its topic.
     *
     * @throws DataException if it is no xlog record
     */
    ConsumerRecord<byte[], byte[]> bytes(SinkRecord record) {
        return new ConsumerRecord<>(
                record.originalTopic(),
                record.originalKafkaPartition(),
                record.originalKafkaOffset(),
                bytes(record.key()),
                bytes(record.value()));
    }

    private byte @Nullable [] bytes(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof byte[] raw) {
            if (!RecordHeader.isKnown(raw)) {
                throw new DataException("It begins with neither header of an xlog record");
            }
            return raw;
        }
        if (!(value instanceof Struct struct)) {
            throw new DataException("It is a " + value.getClass().getSimpleName()
                    + " without schema. Use XlogConverter, ByteArrayConverter, or a converter that keeps schemas"
                    + " (JsonConverter with schemas.enable=true).");
        }
        Kind kind = kinds.computeIfAbsent(struct.schema(), schema -> {
            XlogMapping mapping = XlogMapping.of(schema);
            long fingerprint = SingleObject.fingerprint(mapping.avro());
            local.put(fingerprint, mapping.avro());
            return new Kind(mapping, RecordHeader.singleObject(fingerprint));
        });
        return kind.mapping.write(struct, kind.header);
    }
}
