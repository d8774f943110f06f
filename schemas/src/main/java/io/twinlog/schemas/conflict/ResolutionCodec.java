package io.twinlog.schemas.conflict;

import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.SingleObject;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/** Bytes of resolution records: Avro single-object encoding with {@link #SCHEMA}. Stateless. */
public final class ResolutionCodec {

    public static final Schema SCHEMA = SchemaBuilder.record("Resolution")
            .namespace("io.twinlog.xlog")
            .fields()
            .requiredString("id")
            .requiredString("state")
            .requiredString("actor")
            .requiredString("reason")
            .requiredLong("ts_us")
            .optionalString("policy")
            .requiredInt("attempt")
            .endRecord();

    public static final long FINGERPRINT = SingleObject.fingerprint(SCHEMA);

    private ResolutionCodec() {}

    public static byte[] encode(Resolution resolution) {
        AvroOutput out = new AvroOutput(160);
        SingleObject.writeHeader(out, FINGERPRINT);
        out.writeString(resolution.id());
        out.writeString(resolution.state().label());
        out.writeString(resolution.actor());
        out.writeString(resolution.reason());
        out.writeLong(resolution.timeMicros());
        ConflictPolicy policy = resolution.policy();
        if (policy == null) {
            out.writeByte(0);
        } else {
            out.writeByte(2);
            out.writeString(policy.label());
        }
        out.writeLong(resolution.attempt());
        return out.toBytes();
    }

    /** Reads a resolution; throws {@link MalformedEventException} if it has another schema or is damaged. */
    public static Resolution decode(byte[] bytes) {
        if (SingleObject.readFingerprint(bytes) != FINGERPRINT) {
            throw new MalformedEventException("The resolution has an unknown schema");
        }
        AvroInput in = new AvroInput(bytes, SingleObject.HEADER_BYTES, bytes.length);
        try {
            String id = in.readString();
            ResolutionState state = ResolutionState.parse(in.readString());
            String actor = in.readString();
            String reason = in.readString();
            long time = in.readLong();
            @Nullable ConflictPolicy policy = in.readByte() == 0 ? null : ConflictPolicy.parse(in.readString());
            return new Resolution(id, state, actor, reason, time, policy, in.readInt());
        } catch (IllegalArgumentException e) {
            throw new MalformedEventException("The resolution is damaged", e);
        }
    }
}
