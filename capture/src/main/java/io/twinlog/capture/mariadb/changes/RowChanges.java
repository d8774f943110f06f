package io.twinlog.capture.mariadb.changes;

import io.twinlog.capture.mariadb.binlog.LogBytes;
import io.twinlog.capture.mariadb.binlog.RowsEvent;
import io.twinlog.capture.mariadb.value.RowDecoder;
import io.twinlog.capture.mariadb.value.TextBuffer;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.capture.stream.TransactionWriter;

/** Makes the changes of an event of rows, one after the other, without an object per value. Owned by the capturing thread. */
final class RowChanges {

    private final TransactionWriter writer;
    private final TextBuffer newText = new TextBuffer();
    private final TextBuffer oldText = new TextBuffer();
    private final Tuple newRow = new Tuple();
    private final Tuple oldRow = new Tuple();

    RowChanges(TransactionWriter writer) {
        this.writer = writer;
    }

    /** @param at position of the event */
    void publish(RowsEvent rows, TableVersion version, RowDecoder decoder, long at) {
        LogBytes bytes = rows.rows();
        while (rows.hasNext()) {
            switch (rows.kind()) {
                case WRITE -> {
                    decoder.decode(bytes, newText, newRow);
                    writer.insert(version, at, newRow);
                }
                case UPDATE -> {
                    decoder.decode(bytes, oldText, oldRow);
                    decoder.decode(bytes, newText, newRow);
                    writer.update(version, at, oldRow, false, newRow);
                }
                case DELETE -> {
                    decoder.decode(bytes, oldText, oldRow);
                    writer.delete(version, at, oldRow, false);
                }
            }
        }
    }
}
