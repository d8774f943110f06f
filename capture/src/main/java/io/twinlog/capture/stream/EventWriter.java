package io.twinlog.capture.stream;

import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.row.RowBuffer;
import io.twinlog.capture.row.Tuple;
import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.KeyPartition;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes the events of the open transaction and sends them, in order. Not thread-safe: its buffers are reused. */
public final class EventWriter {

    /** Buffers that a giant row has blown up beyond this are let go. */
    private static final int KEEP_BYTES = 4 << 20;

    private final Publisher publisher;
    private RowBuffer before = new RowBuffer();
    private RowBuffer after = new RowBuffer();
    private AvroOutput record = new AvroOutput(1024);
    private final AvroOutput key = new AvroOutput(64);
    private final AvroOutput oldKey = new AvroOutput(64);
    private @Nullable TransactionPrefix transaction;

    public EventWriter(Publisher publisher) {
        this.publisher = publisher;
    }

    public void begin(TransactionPrefix opened) {
        transaction = opened;
    }

    /** A row that a snapshot read. */
    public void snapshotRow(TableVersion table, long lsn, Tuple row) {
        table.encoder().encode(after, row, null, false);
        encodeKey(key, table, row, null);
        send(table, Operation.SNAPSHOT, lsn, key, null, null, after);
    }

    public void insert(TableVersion table, long lsn, Tuple row) {
        table.encoder().encode(after, row, null, false);
        encodeKey(key, table, row, null);
        send(table, Operation.INSERT, lsn, key, null, null, after);
    }

    /** The insert half of a key change whose delete half is left out. */
    void insertFilled(TableVersion table, long lsn, Tuple row, Tuple old, boolean oldIsKey) {
        table.encoder().encode(after, row, old, oldIsKey);
        encodeKey(key, table, row, old);
        send(table, Operation.INSERT, lsn, key, null, null, after);
    }

    public void update(TableVersion table, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
        table.encoder().encode(after, row, old, oldIsKey);
        encodeKey(key, table, row, old);
        if (old == null) {
            send(table, Operation.UPDATE, lsn, key, null, null, after);
            return;
        }
        encodeKey(oldKey, table, old, null);
        if (Arrays.equals(key.buffer(), 0, key.size(), oldKey.buffer(), 0, oldKey.size())) {
            // With identity KEY the old tuple comes along when a key value is stored out of line; it says nothing new.
            boolean whole = !oldIsKey;
            if (whole) {
                table.encoder().encode(before, old, null, false);
            }
            send(table, Operation.UPDATE, lsn, key, null, whole ? before : null, after);
            return;
        }
        encodeBefore(table, old, oldIsKey);
        RowBuffer inserted = after;
        send(table, Operation.DELETE, lsn, oldKey, body(table, key), before, null);
        send(table, Operation.INSERT, lsn, key, body(table, oldKey), null, inserted);
    }

    public void delete(TableVersion table, long lsn, Tuple old, boolean oldIsKey) {
        encodeBefore(table, old, oldIsKey);
        encodeKey(oldKey, table, old, null);
        send(table, Operation.DELETE, lsn, oldKey, null, before, null);
    }

    private void encodeBefore(TableVersion table, Tuple old, boolean oldIsKey) {
        if (oldIsKey) {
            table.encoder().encodeKeyColumns(before, old);
        } else {
            table.encoder().encode(before, old, null, false);
        }
    }

    /** One event without key, on partition 0. */
    public void truncate(TableVersion table, long lsn) {
        record.reset();
        head(table, Operation.TRUNCATE, lsn, null, null);
        table.envelope().text(record, null);
        table.envelope().text(record, null);
        record.writeByte(EnvelopeWriter.ABSENT);
        record.writeByte(EnvelopeWriter.ABSENT);
        publisher.event(table.topic(), 0, null, record.toBytes());
    }

    private static void encodeKey(AvroOutput out, TableVersion table, Tuple row, @Nullable Tuple old) {
        out.reset();
        table.envelope().keyHeader(out);
        table.encoder().encodeKey(out, row, old);
    }

    private static byte[] body(TableVersion table, AvroOutput encodedKey) {
        return encodedKey.toBytes(table.envelope().keyHeaderBytes(), encodedKey.size());
    }

    private void send(
            TableVersion table,
            Operation operation,
            long lsn,
            AvroOutput recordKey,
            byte @Nullable [] linkedKey,
            @Nullable RowBuffer beforeImage,
            @Nullable RowBuffer afterImage) {
        record.reset();
        head(table, operation, lsn, afterImage == null ? null : afterImage.unchanged(), linkedKey);
        table.envelope().text(record, beforeImage == null ? null : beforeImage.texts());
        table.envelope().text(record, afterImage == null ? null : afterImage.texts());
        image(beforeImage);
        image(afterImage);
        int header = table.envelope().keyHeaderBytes();
        int partition = KeyPartition.of(
                recordKey.buffer(),
                header,
                recordKey.size() - header,
                table.topic().partitions());
        publisher.event(table.topic(), partition, recordKey.toBytes(), record.toBytes());
        if (record.buffer().length > KEEP_BYTES) {
            record = new AvroOutput(1024);
            before = new RowBuffer();
            after = new RowBuffer();
        }
    }

    private void head(
            TableVersion table,
            Operation operation,
            long lsn,
            @Nullable List<String> unchanged,
            byte @Nullable [] linkedKey) {
        TransactionPrefix current = transaction;
        if (current == null) {
            throw new IllegalStateException("No transaction was opened");
        }
        table.topic().total().count(operation);
        table.envelope()
                .begin(
                        record,
                        operation,
                        publisher.nextOrdinal(),
                        publisher.nextTableOrder(table.topic()),
                        current,
                        lsn,
                        unchanged,
                        linkedKey);
    }

    private void image(@Nullable RowBuffer row) {
        if (row == null) {
            record.writeByte(EnvelopeWriter.ABSENT);
        } else {
            record.writeByte(EnvelopeWriter.PRESENT);
            record.writeRaw(row.image().buffer(), 0, row.image().size());
        }
    }
}
