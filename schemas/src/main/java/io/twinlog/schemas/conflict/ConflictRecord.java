package io.twinlog.schemas.conflict;

import io.twinlog.schemas.table.ReplicaIdentity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One conflict. Row values are exact text per column, null for SQL null; absent columns were not logged. Immutable.
 *
 * @param id epoch-seq-ordinal of the event; of several records with one id the last one holds
 * @param schema schema of the table at the source
 * @param key the key columns as text
 * @param operation the event's operation code: c, u, d, r, t
 * @param evidence what was found, in one sentence without row values
 * @param differing columns whose target value is not the before image's
 * @param before incoming before image, or null
 * @param after incoming after image, or null
 * @param current the target's row when the conflict was found, or null if there was none
 * @param blocking rows that hold the same values under that constraint
 * @param constraint the constraint that refused it, or null
 * @param detection what the source logs of a row before its change, and so what could be compared
 * @param policy the policy that was tried
 * @param outcome what the policy made of the event
 * @param reason why the policy came to that, in one sentence without row values
 * @param heldBehind id of the conflict whose chain the event waits in, if it was not looked at for that; else null
 * @param origin mark of where the change was first made, or null for the source itself
 * @param sqlState SQLSTATE where the database refused, or null
 * @param position source position of the event's transaction
 * @param txId the source's transaction number as text, or null
 * @param commitMicros commit time at the source, microseconds since 1970
 * @param detectedMicros when it was found, microseconds since 1970
 * @param topic where the event stands
 * @param originalKey the record's key bytes
 * @param originalValue the record's value bytes
 * @param attempt which attempt found it; 1 is the applier's
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
        @Nullable String constraint,
        ReplicaIdentity detection,
        ConflictPolicy policy,
        ConflictOutcome outcome,
        String reason,
        @Nullable String heldBehind,
        @Nullable String origin,
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
        byte[] originalValue) {

    /** The same with another outcome. */
    public ConflictRecord settled(ConflictPolicy by, ConflictOutcome result, String why) {
        return copy(this, by, result, why, heldBehind);
    }

    /** The same, parked behind an earlier conflict of its key. */
    public ConflictRecord behind(String head) {
        return copy(this, policy, ConflictOutcome.HELD, reason, head);
    }

    /** The same, found at another attempt. */
    public ConflictRecord attempt(int number) {
        return new ConflictRecord(
                id,
                kind,
                schema,
                table,
                key,
                operation,
                evidence,
                differing,
                before,
                after,
                current,
                blocking,
                constraint,
                detection,
                policy,
                outcome,
                reason,
                heldBehind,
                origin,
                sqlState,
                number,
                position,
                txId,
                commitMicros,
                detectedMicros,
                topic,
                partition,
                offset,
                originalKey,
                originalValue);
    }

    /** The same without row values and original bytes: for counting and telling. */
    public ConflictRecord withoutRows() {
        return withoutImages(Map.of());
    }

    /** The same without images and original bytes: for lists, which name the key. */
    public ConflictRecord withoutImages() {
        return withoutImages(key);
    }

    private ConflictRecord withoutImages(Map<String, @Nullable String> shownKey) {
        return new ConflictRecord(
                id,
                kind,
                schema,
                table,
                shownKey,
                operation,
                evidence,
                differing,
                null,
                null,
                null,
                List.of(),
                constraint,
                detection,
                policy,
                outcome,
                reason,
                heldBehind,
                origin,
                sqlState,
                attempt,
                position,
                txId,
                commitMicros,
                detectedMicros,
                topic,
                partition,
                offset,
                null,
                new byte[0]);
    }

    private static ConflictRecord copy(
            ConflictRecord of, ConflictPolicy by, ConflictOutcome result, String why, @Nullable String head) {
        return new ConflictRecord(
                of.id,
                of.kind,
                of.schema,
                of.table,
                of.key,
                of.operation,
                of.evidence,
                of.differing,
                of.before,
                of.after,
                of.current,
                of.blocking,
                of.constraint,
                of.detection,
                by,
                result,
                why,
                head,
                of.origin,
                of.sqlState,
                of.attempt,
                of.position,
                of.txId,
                of.commitMicros,
                of.detectedMicros,
                of.topic,
                of.partition,
                of.offset,
                of.originalKey,
                of.originalValue);
    }
}
