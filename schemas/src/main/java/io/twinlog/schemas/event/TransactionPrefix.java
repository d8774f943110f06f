package io.twinlog.schemas.event;

import io.twinlog.schemas.wire.AvroOutput;
import org.jspecify.annotations.Nullable;

/** The bytes that all events of one source transaction share, encoded once when it begins. Immutable. */
public final class TransactionPrefix {

    private final long epoch;
    private final long seq;
    private final byte[] sourceTimes;
    private final byte[] positionAndId;
    private final byte[] processedAndOrigin;

    /**
     * @param commitMicros commit time at the source, microseconds since 1970
     * @param txId number of the transaction at the source, or null where it has none (a snapshot chunk)
     * @param position place of the commit in the source's log, as text
     * @param processedMillis time of capture, milliseconds since 1970, or null
     * @param origin where the transaction was first made, or null for the source itself
     */
    public TransactionPrefix(
            long epoch,
            long seq,
            long commitMicros,
            @Nullable Long txId,
            String position,
            @Nullable Long processedMillis,
            @Nullable String origin) {
        this.epoch = epoch;
        this.seq = seq;
        AvroOutput out = new AvroOutput(96);
        out.writeLong(Math.floorDiv(commitMicros, 1000));
        out.writeByte(EnvelopeWriter.PRESENT);
        out.writeLong(commitMicros);
        optional(out, txId);
        this.sourceTimes = out.toBytes();
        out.reset();
        out.writeByte(EnvelopeWriter.PRESENT);
        out.writeString(position);
        out.writeByte(EnvelopeWriter.PRESENT);
        out.writeString(txId == null ? epoch + "-" + seq : Long.toString(txId));
        this.positionAndId = out.toBytes();
        out.reset();
        optional(out, processedMillis);
        if (origin == null) {
            out.writeByte(EnvelopeWriter.ABSENT);
        } else {
            out.writeByte(EnvelopeWriter.PRESENT);
            out.writeString(origin);
        }
        this.processedAndOrigin = out.toBytes();
    }

    private static void optional(AvroOutput out, @Nullable Long value) {
        if (value == null) {
            out.writeByte(EnvelopeWriter.ABSENT);
        } else {
            out.writeByte(EnvelopeWriter.PRESENT);
            out.writeLong(value);
        }
    }

    public long epoch() {
        return epoch;
    }

    public long seq() {
        return seq;
    }

    byte[] sourceTimes() {
        return sourceTimes;
    }

    byte[] positionAndId() {
        return positionAndId;
    }

    byte[] processedAndOrigin() {
        return processedAndOrigin;
    }
}
