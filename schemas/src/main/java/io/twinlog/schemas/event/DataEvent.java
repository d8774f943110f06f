package io.twinlog.schemas.event;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.table.TableShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row (or a truncate of a table), located inside its record.
 *
 * @param reader the reader of its schema
 * @param before the row before, as far as the source logged it: with identity KEY only key columns are set
 * @param after the row after; columns in {@code unchanged} are null here and were left out by the log
 * @param unchanged names of columns whose value the log left out because it did not change
 * @param linkedKey Avro body of the other half's key when the event is half of a primary-key change: the delete of the
 *     old key has the next ordinal's insert of the new key as its other half
 * @param record the whole record as it stood on the topic
 * @param sourceOffset where the source block starts in {@code record}
 */
public record DataEvent(
        EnvelopeReader reader,
        Operation operation,
        EventId id,
        @Nullable RowImage before,
        @Nullable RowImage after,
        List<String> unchanged,
        byte @Nullable [] linkedKey,
        byte[] record,
        int sourceOffset) {

    public TableShape shape() {
        return reader.shape();
    }
}
