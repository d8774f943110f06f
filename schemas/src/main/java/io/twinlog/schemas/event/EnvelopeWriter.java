package io.twinlog.schemas.event;

import io.twinlog.schemas.table.FieldNames;
import io.twinlog.schemas.table.TableSchemas;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes the data records of one table version; the row images themselves come from the source's own encoder.
 *
 * <p>Use: {@link #begin}, then {@link #text} for the before and {@link #text} for the after image, then the two images:
 * each {@link AvroOutput#writeByte writeByte(0)} for absent, or {@code writeByte(2)} followed by the row's Avro body.
 * What does not change between events is kept as bytes. Not thread-safe.
 */
public final class EnvelopeWriter {

    /** Avro's index of the null branch, zigzag encoded. */
    public static final int ABSENT = 0;

    /** Avro's index of the second branch, zigzag encoded. */
    public static final int PRESENT = 2;

    private final TableShape shape;
    private final Schema schema;
    private final long fingerprint;
    private final Schema keySchema;
    private final long keyFingerprint;
    private byte[] header;
    private byte[] keyHeader;
    private final byte[] sourcePrefix;

    /**
     * @param replication name of the replication, the namespace of the schemas and the source's {@code name}
     * @param version version of the product, for the source block
     * @param database name of the source database
     */
    public EnvelopeWriter(String replication, String version, String database, TableShape shape) {
        this(replication, version, database, shape, new FieldNames());
    }

    /** @param fields the names that earlier versions of the table have used */
    public EnvelopeWriter(String replication, String version, String database, TableShape shape, FieldNames fields) {
        this.shape = shape;
        this.schema = TableSchemas.envelope(replication, shape, fields.of(shape));
        this.fingerprint = SingleObject.fingerprint(schema);
        this.keySchema = TableSchemas.key(replication, shape);
        this.keyFingerprint = SingleObject.fingerprint(keySchema);
        this.header = RecordHeader.singleObject(fingerprint);
        this.keyHeader = RecordHeader.singleObject(keyFingerprint);
        AvroOutput prefix = new AvroOutput(256);
        for (String text : List.of(version, shape.connector(), replication, database, shape.schema(), shape.table())) {
            prefix.writeString(text);
        }
        this.sourcePrefix = prefix.toBytes();
    }

    public TableShape shape() {
        return shape;
    }

    public Schema schema() {
        return schema;
    }

    public long fingerprint() {
        return fingerprint;
    }

    public Schema keySchema() {
        return keySchema;
    }

    public long keyFingerprint() {
        return keyFingerprint;
    }

    /** Replaces the single-object headers of values and keys. */
    public void headers(byte[] forValues, byte[] forKeys) {
        header = forValues.clone();
        keyHeader = forKeys.clone();
    }

    /** Length of what {@link #keyHeader} writes, in bytes. */
    public int keyHeaderBytes() {
        return keyHeader.length;
    }

    /** Writes what stands before the Avro body of a key. */
    public void keyHeader(AvroOutput out) {
        out.writeRaw(keyHeader);
    }

    /**
     * Writes the header and all fields before the texts and images.
     *
     * @param tableOrder index of the event among those of its table in this transaction, from 1
     * @param transaction what all events of the transaction share
     * @param lsn the event's own place in the log, for the source block
     * @param unchanged names of columns whose value the log left out, or null for none
     * @param linkedKey Avro body of the other key of a primary-key change, or null
     */
    public void begin(
            AvroOutput out,
            Operation operation,
            long ordinal,
            long tableOrder,
            TransactionPrefix transaction,
            long lsn,
            @Nullable List<String> unchanged,
            byte @Nullable [] linkedKey) {
        out.writeRaw(header);
        out.writeByte(2);
        out.writeByte(operation.code());
        out.writeLong(transaction.epoch());
        out.writeLong(transaction.seq());
        out.writeLong(ordinal);
        out.writeRaw(sourcePrefix);
        if (operation == Operation.SNAPSHOT) {
            out.writeByte(PRESENT);
            out.writeString("true");
        } else {
            out.writeByte(ABSENT);
        }
        out.writeRaw(transaction.sourceTimes());
        out.writeByte(PRESENT);
        out.writeLong(lsn);
        out.writeRaw(transaction.positionAndId());
        out.writeLong(ordinal);
        out.writeLong(tableOrder);
        out.writeRaw(transaction.processedAndOrigin());
        if (unchanged == null || unchanged.isEmpty()) {
            out.writeByte(ABSENT);
        } else {
            out.writeByte(PRESENT);
            out.writeLong(unchanged.size());
            for (String column : unchanged) {
                out.writeString(column);
            }
            out.writeLong(0);
        }
        if (linkedKey == null) {
            out.writeByte(ABSENT);
        } else {
            out.writeByte(PRESENT);
            out.writeBytes(linkedKey);
        }
    }

    /** Writes one of the two text lists: pairs of column name and exact text; null or empty for none. */
    public void text(AvroOutput out, @Nullable List<ExactText> values) {
        if (values == null || values.isEmpty()) {
            out.writeByte(ABSENT);
            return;
        }
        out.writeByte(PRESENT);
        out.writeLong(values.size());
        for (ExactText value : values) {
            out.writeString(value.column());
            out.writeBytes(value.text().getBytes(StandardCharsets.UTF_8));
        }
        out.writeLong(0);
    }
}
