package io.twinlog.schemas.control;

import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/** Bytes of control records: Avro single-object encoding with {@link #SCHEMA}. Stateless. */
public final class ControlCodec {

    /** The schema of every control record, also found on the schema topic. */
    public static final Schema SCHEMA = schema();

    public static final long FINGERPRINT = SingleObject.fingerprint(SCHEMA);

    private static final ControlKind[] KINDS = ControlKind.values();

    private ControlCodec() {}

    private static Schema schema() {
        Schema count = SchemaBuilder.record("PartitionCount")
                .namespace("io.twinlog.xlog")
                .fields()
                .requiredString("topic")
                .requiredInt("partition")
                .requiredLong("events")
                .endRecord();
        return SchemaBuilder.record("Control")
                .namespace("io.twinlog.xlog")
                .fields()
                .requiredString("kind")
                .requiredLong("epoch")
                .requiredLong("seq")
                .optionalString("position")
                .optionalLong("tx_id")
                .requiredLong("ts_us")
                .optionalString("origin")
                .requiredLong("events")
                .name("counts")
                .type()
                .array()
                .items(count)
                .noDefault()
                .requiredLong("stored_seq")
                .optionalString("resume_position")
                .name("details")
                .type()
                .map()
                .values()
                .stringType()
                .noDefault()
                .endRecord();
    }

    /** Encodes a record with a single-object header. */
    public static byte[] encode(ControlRecord record) {
        return encode(record, RecordHeader.singleObject(FINGERPRINT));
    }

    /** Encodes a record behind the given header. */
    public static byte[] encode(ControlRecord record, byte[] header) {
        AvroOutput out = new AvroOutput(160);
        out.writeRaw(header);
        out.writeString(record.kind().name());
        out.writeLong(record.epoch());
        out.writeLong(record.seq());
        optional(out, record.position());
        Long txId = record.txId();
        if (txId == null) {
            out.writeByte(0);
        } else {
            out.writeByte(2);
            out.writeLong(txId);
        }
        out.writeLong(record.timeMicros());
        optional(out, record.origin());
        out.writeLong(record.events());
        if (!record.counts().isEmpty()) {
            out.writeLong(record.counts().size());
            for (PartitionCount count : record.counts()) {
                out.writeString(count.topic());
                out.writeLong(count.partition());
                out.writeLong(count.events());
            }
        }
        out.writeLong(0);
        out.writeLong(record.storedSeq());
        optional(out, record.resumePosition());
        if (!record.details().isEmpty()) {
            out.writeLong(record.details().size());
            record.details().forEach((name, value) -> {
                out.writeString(name);
                out.writeString(value);
            });
        }
        out.writeLong(0);
        return out.toBytes();
    }

    private static void optional(AvroOutput out, @Nullable String text) {
        if (text == null) {
            out.writeByte(0);
        } else {
            out.writeByte(2);
            out.writeString(text);
        }
    }

    /** Reads a control record; throws {@link MalformedEventException} if it has another schema or is damaged. */
    public static ControlRecord decode(byte[] bytes) {
        // A registry's id says nothing by itself; there is one version of this schema so far.
        long fingerprint = RecordHeader.isRegistry(bytes) ? FINGERPRINT : SingleObject.readFingerprint(bytes);
        if (fingerprint != FINGERPRINT) {
            throw new MalformedEventException("The control record has the unknown schema "
                    + Long.toHexString(fingerprint) + "; a newer Twinlog may have written it");
        }
        AvroInput in = new AvroInput(bytes, RecordHeader.length(bytes), bytes.length);
        ControlKind kind = kind(in.readString());
        long epoch = in.readLong();
        long seq = in.readLong();
        String position = optional(in);
        Long txId = in.readByte() == 0 ? null : in.readLong();
        long timeMicros = in.readLong();
        String origin = optional(in);
        long events = in.readLong();
        List<PartitionCount> counts = new ArrayList<>();
        for (long n = blockCount(in); n != 0; n = blockCount(in)) {
            for (long i = 0; i < n; i++) {
                counts.add(new PartitionCount(in.readString(), in.readInt(), in.readLong()));
            }
        }
        long storedSeq = in.readLong();
        String resumePosition = optional(in);
        Map<String, String> details = new LinkedHashMap<>();
        for (long n = blockCount(in); n != 0; n = blockCount(in)) {
            for (long i = 0; i < n; i++) {
                details.put(in.readString(), in.readString());
            }
        }
        return new ControlRecord(
                kind,
                epoch,
                seq,
                position,
                txId,
                timeMicros,
                origin,
                events,
                counts,
                storedSeq,
                resumePosition,
                details);
    }

    private static ControlKind kind(String name) {
        for (ControlKind kind : KINDS) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw new MalformedEventException("Unknown control record '" + name + "'");
    }

    private static @Nullable String optional(AvroInput in) {
        return in.readByte() == 0 ? null : in.readString();
    }

    private static long blockCount(AvroInput in) {
        long n = in.readLong();
        if (n < 0) {
            in.readLong();
            return -n;
        }
        return n;
    }
}
