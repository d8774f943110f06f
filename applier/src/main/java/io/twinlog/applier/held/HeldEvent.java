package io.twinlog.applier.held;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.table.TableId;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One event of a chain, as it stood on its topic. Immutable.
 *
 * @param chain the chain it waits in
 * @param key its key; null for a TRUNCATE of a paused table
 * @param kind the conflict it made, or of the conflict that it waits behind
 * @param rawKey the record's key bytes; null for a TRUNCATE
 * @param rawValue the record's value bytes
 * @param position source position of its transaction, or null
 * @param txId the source's number of its transaction, or null
 * @param origin where the transaction was first made, or null for the source itself
 * @param commitMicros commit time at the source, microseconds since 1970
 */
public record HeldEvent(
        EventId id,
        String chain,
        TableId table,
        @Nullable HeldKey key,
        ConflictKind kind,
        TopicPartition partition,
        long offset,
        byte @Nullable [] rawKey,
        byte[] rawValue,
        @Nullable String position,
        @Nullable Long txId,
        @Nullable String origin,
        long commitMicros) {

    /** The same in another chain. */
    HeldEvent in(String other) {
        return new HeldEvent(
                id, other, table, key, kind, partition, offset, rawKey, rawValue, position, txId, origin, commitMicros);
    }
}
