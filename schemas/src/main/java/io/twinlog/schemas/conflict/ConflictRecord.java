package io.twinlog.schemas.conflict;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One dead letter. Row values are exact text per column, null for SQL null; absent columns were not logged. Immutable.
 *
 * @param id epoch-seq-ordinal of the event; the same conflict published twice has the same id
 * @param schema schema of the table at the source
 * @param key the key columns as text
 * @param operation the event's operation code: c, u, d, r, t
 * @param evidence what was found, in one sentence without row values
 * @param differing columns whose target value is not the before image's
 * @param before incoming before image, or null
 * @param after incoming after image, or null
 * @param current the target's row when the conflict was found, or null if there was none
 * @param blocking rows that block it under another unique constraint
 * @param policy the policy that was tried
 * @param sqlState SQLSTATE where the database refused, or null
 * @param position source position of the event's transaction
 * @param txId the source's transaction number as text, or null
 * @param commitMicros commit time at the source, microseconds since 1970
 * @param detectedMicros when it was found, microseconds since 1970
 * @param topic where the event stands
 * @param originalKey the record's key bytes
 * @param originalValue the record's value bytes
 */
public record ConflictRecord(
        String id,
        ConflictKind kind,
        String schema,
        String table,
        Map<String, @Nullable String> key,
        String operation,
        String evidence,
        List<String> differing,
        @Nullable Map<String, @Nullable String> before,
        @Nullable Map<String, @Nullable String> after,
        @Nullable Map<String, @Nullable String> current,
        List<Map<String, @Nullable String>> blocking,
        String policy,
        @Nullable String sqlState,
        int attempt,
        @Nullable String position,
        @Nullable String txId,
        long commitMicros,
        long detectedMicros,
        String topic,
        int partition,
        long offset,
        byte @Nullable [] originalKey,
        byte[] originalValue) {}
