package io.twinlog.schemas.status;

import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.SingleObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;

/** Bytes of status records: Avro single-object encoding with {@link #SCHEMA}. Stateless. */
public final class StatusCodec {

    public static final Schema SCHEMA = SchemaBuilder.record("Status")
            .namespace("io.twinlog.xlog")
            .fields()
            .requiredString("role")
            .requiredString("member")
            .requiredString("state")
            .optionalString("reason")
            .requiredLong("since_us")
            .requiredLong("ts_us")
            .name("details")
            .type()
            .map()
            .values()
            .stringType()
            .noDefault()
            .endRecord();

    public static final long FINGERPRINT = SingleObject.fingerprint(SCHEMA);

    private StatusCodec() {}

    public static byte[] encode(MemberStatus status) {
        AvroOutput out = new AvroOutput(256);
        SingleObject.writeHeader(out, FINGERPRINT);
        out.writeString(status.role());
        out.writeString(status.member());
        out.writeString(status.state().name());
        String reason = status.reason();
        if (reason == null) {
            out.writeByte(0);
        } else {
            out.writeByte(2);
            out.writeString(reason);
        }
        out.writeLong(status.sinceMicros());
        out.writeLong(status.timeMicros());
        if (!status.details().isEmpty()) {
            out.writeLong(status.details().size());
            status.details().forEach((name, value) -> {
                out.writeString(name);
                out.writeString(value);
            });
        }
        out.writeLong(0);
        return out.toBytes();
    }

    /** Reads a status record; throws {@link MalformedEventException} if it has another schema or is damaged. */
    public static MemberStatus decode(byte[] bytes) {
        if (SingleObject.readFingerprint(bytes) != FINGERPRINT) {
            throw new MalformedEventException("The status record has an unknown schema");
        }
        AvroInput in = new AvroInput(bytes, SingleObject.HEADER_BYTES, bytes.length);
        String role = in.readString();
        String member = in.readString();
        String state = in.readString();
        String reason = in.readByte() == 0 ? null : in.readString();
        long since = in.readLong();
        long time = in.readLong();
        Map<String, String> details = new LinkedHashMap<>();
        for (long n = in.readLong(); n != 0; n = in.readLong()) {
            if (n < 0) {
                in.readLong();
                n = -n;
            }
            for (long i = 0; i < n; i++) {
                details.put(in.readString(), in.readString());
            }
        }
        MemberState known;
        try {
            known = MemberState.valueOf(state);
        } catch (IllegalArgumentException e) {
            throw new MalformedEventException("Unknown member state '" + state + "'", e);
        }
        return new MemberStatus(role, member, known, reason, since, time, details);
    }
}
