package io.twinlog.schemas.conflict;

import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Bytes of conflict records: Avro single-object encoding with {@link #SCHEMA}. Stateless. */
public final class ConflictCodec {

    /** The schema of every conflict record, also found on the schema topic. */
    public static final Schema SCHEMA = schema();

    public static final long FINGERPRINT = SingleObject.fingerprint(SCHEMA);

    private ConflictCodec() {}

    private static Schema schema() {
        Schema row = SchemaBuilder.map()
                .values(SchemaBuilder.unionOf().nullType().and().stringType().endUnion());
        Schema optionalRow = Schema.createUnion(Schema.create(Schema.Type.NULL), row);
        return SchemaBuilder.record("Conflict")
                .namespace("io.twinlog.xlog")
                .fields()
                .requiredString("id")
                .requiredString("kind")
                .requiredString("schema")
                .requiredString("table")
                .name("key")
                .type(row)
                .noDefault()
                .requiredString("op")
                .requiredString("evidence")
                .name("differing")
                .type()
                .array()
                .items()
                .stringType()
                .noDefault()
                .name("before")
                .type(optionalRow)
                .withDefault(null)
                .name("after")
                .type(optionalRow)
                .withDefault(null)
                .name("current")
                .type(optionalRow)
                .withDefault(null)
                .name("blocking")
                .type()
                .array()
                .items(row)
                .noDefault()
                .optionalString("constraint")
                .requiredString("detection")
                .requiredString("policy")
                .requiredString("outcome")
                .requiredString("reason")
                .optionalString("held_behind")
                .optionalString("origin")
                .optionalString("sql_state")
                .requiredInt("attempt")
                .optionalString("position")
                .optionalString("tx_id")
                .requiredLong("commit_us")
                .requiredLong("detected_us")
                .requiredString("topic")
                .requiredInt("partition")
                .requiredLong("offset")
                .optionalBytes("original_key")
                .requiredBytes("original_value")
                .endRecord();
    }

    /** Encodes a record with a single-object header. */
    public static byte[] encode(ConflictRecord conflict) {
        return encode(conflict, RecordHeader.singleObject(FINGERPRINT));
    }

    /** Encodes a record behind the given header. */
    public static byte[] encode(ConflictRecord conflict, byte[] header) {
        GenericRecord record = new GenericData.Record(SCHEMA);
        record.put("id", conflict.id());
        record.put("kind", conflict.kind().label());
        record.put("schema", conflict.schema());
        record.put("table", conflict.table());
        record.put("key", conflict.key());
        record.put("op", conflict.operation());
        record.put("evidence", conflict.evidence());
        record.put("differing", conflict.differing());
        record.put("before", conflict.before());
        record.put("after", conflict.after());
        record.put("current", conflict.current());
        record.put("blocking", conflict.blocking());
        record.put("constraint", conflict.constraint());
        record.put("detection", conflict.detection().name().toLowerCase(Locale.ROOT));
        record.put("policy", conflict.policy().label());
        record.put("outcome", conflict.outcome().label());
        record.put("reason", conflict.reason());
        record.put("held_behind", conflict.heldBehind());
        record.put("origin", conflict.origin());
        record.put("sql_state", conflict.sqlState());
        record.put("attempt", conflict.attempt());
        record.put("position", conflict.position());
        record.put("tx_id", conflict.txId());
        record.put("commit_us", conflict.commitMicros());
        record.put("detected_us", conflict.detectedMicros());
        record.put("topic", conflict.topic());
        record.put("partition", conflict.partition());
        record.put("offset", conflict.offset());
        byte[] originalKey = conflict.originalKey();
        record.put("original_key", originalKey == null ? null : ByteBuffer.wrap(originalKey));
        record.put("original_value", ByteBuffer.wrap(conflict.originalValue()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        bytes.writeBytes(header);
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(SCHEMA).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads a conflict record; throws {@link MalformedEventException} if it has another schema or is damaged. */
    public static ConflictRecord decode(byte[] bytes) {
        if (!RecordHeader.isRegistry(bytes) && SingleObject.readFingerprint(bytes) != FINGERPRINT) {
            throw new MalformedEventException("The conflict record has an unknown schema");
        }
        int header = RecordHeader.length(bytes);
        GenericRecord record;
        try {
            record = new GenericDatumReader<GenericRecord>(SCHEMA)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, header, bytes.length - header, null));
        } catch (IOException | RuntimeException e) {
            throw new MalformedEventException("The conflict record is damaged", e);
        }
        List<Map<String, @Nullable String>> blocking = new ArrayList<>();
        for (Object row : (List<?>) record.get("blocking")) {
            Map<String, @Nullable String> copy = row(row);
            if (copy != null) {
                blocking.add(copy);
            }
        }
        List<String> differing = new ArrayList<>();
        for (Object column : (List<?>) record.get("differing")) {
            differing.add(column.toString());
        }
        Map<String, @Nullable String> key = row(record.get("key"));
        ByteBuffer originalKey = (ByteBuffer) record.get("original_key");
        return new ConflictRecord(
                record.get("id").toString(),
                ConflictKind.parse(record.get("kind").toString()),
                record.get("schema").toString(),
                record.get("table").toString(),
                key == null ? Map.of() : key,
                record.get("op").toString(),
                record.get("evidence").toString(),
                differing,
                row(record.get("before")),
                row(record.get("after")),
                row(record.get("current")),
                blocking,
                text(record.get("constraint")),
                ReplicaIdentity.valueOf(record.get("detection").toString().toUpperCase(Locale.ROOT)),
                ConflictPolicy.parse(record.get("policy").toString()),
                ConflictOutcome.parse(record.get("outcome").toString()),
                record.get("reason").toString(),
                text(record.get("held_behind")),
                text(record.get("origin")),
                text(record.get("sql_state")),
                (Integer) record.get("attempt"),
                text(record.get("position")),
                text(record.get("tx_id")),
                (Long) record.get("commit_us"),
                (Long) record.get("detected_us"),
                record.get("topic").toString(),
                (Integer) record.get("partition"),
                (Long) record.get("offset"),
                originalKey == null ? null : bytes(originalKey),
                bytes((ByteBuffer) record.get("original_value")));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static @Nullable Map<String, @Nullable String> row(@Nullable Object map) {
        if (map == null) {
            return null;
        }
        Map<String, @Nullable String> row = new LinkedHashMap<>();
        ((Map<?, ?>) map)
                .forEach((name, value) ->
                        row.put(name instanceof Utf8 utf8 ? utf8.toString() : String.valueOf(name), text(value)));
        return row;
    }
}
