package io.twinlog.schemas.control;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record of the control log. Fields that a kind does not use are null or empty. Immutable.
 *
 * @param epoch the epoch in which it was written
 * @param seq of BEGIN and END their transaction; of EPOCH the first seq of the epoch; else the last seq begun before
 * @param position source position: of BEGIN the commit record, of END the place behind it;
 *     of HEARTBEAT and BARRIER the place up to which the control log is complete at this record
 * @param txId the source's number of the transaction
 * @param timeMicros BEGIN, END: commit time at the source; others: time of writing; microseconds since 1970
 * @param origin where the transaction was first made, or null for the source itself
 * @param events END: number of events, equal to the last ordinal
 * @param counts END: events per topic-partition
 * @param storedSeq END, HEARTBEAT: highest transaction whose events and END Kafka had acknowledged with all before it
 * @param resumePosition END, HEARTBEAT: where to continue reading the source after {@code storedSeq}
 * @param details further facts of the rarer kinds, keyed as in {@link Detail}
 */
public record ControlRecord(
        ControlKind kind,
        long epoch,
        long seq,
        @Nullable String position,
        @Nullable Long txId,
        long timeMicros,
        @Nullable String origin,
        long events,
        List<PartitionCount> counts,
        long storedSeq,
        @Nullable String resumePosition,
        Map<String, String> details) {

    public ControlRecord {
        counts = List.copyOf(counts);
        details = Map.copyOf(details);
    }

    /** A record of one of the rarer kinds, made of its details. */
    public static ControlRecord of(
            ControlKind kind,
            long epoch,
            long seq,
            @Nullable String position,
            long timeMicros,
            Map<String, String> details) {
        return new ControlRecord(kind, epoch, seq, position, null, timeMicros, null, 0, List.of(), 0, null, details);
    }

    /** A detail, or null. */
    public @Nullable String detail(String name) {
        return details.get(name);
    }

    /** Names of details. */
    public static final class Detail {

        /** EPOCH: start, snapshot-resumed, accepted-loss, resync. */
        public static final String REASON = "reason";
        /** EPOCH: system identifier of the source cluster. */
        public static final String SYSTEM_ID = "system_id";
        /** EPOCH: timeline of the source. */
        public static final String TIMELINE = "timeline";
        /** EPOCH: name of the source database. */
        public static final String DATABASE = "database";
        /** EPOCH: replication slot. */
        public static final String SLOT = "slot";
        /** EPOCH: none, initial, only. */
        public static final String SNAPSHOT = "snapshot";
        /** SCHEMA: schema of the table at the source. SNAPSHOT chunks: likewise. */
        public static final String SCHEMA = "schema";
        /** SCHEMA and snapshot chunks: the table. */
        public static final String TABLE = "table";
        /** SCHEMA: data topic. */
        public static final String TOPIC = "topic";
        /** SCHEMA: number of partitions of the data topic. */
        public static final String PARTITIONS = "partitions";
        /** SCHEMA: fingerprint of the envelope schema, 16 hexadecimal digits. */
        public static final String FINGERPRINT = "fingerprint";
        /** SNAPSHOT_BEGIN: JSON array of "schema.table" escaped as in topic names. */
        public static final String TABLES = "tables";
        /** SNAPSHOT_BEGIN: true where it goes on with a snapshot that was interrupted. */
        public static final String RESUMED = "resumed";
        /** BEGIN of a snapshot chunk: its number, from 1. */
        public static final String CHUNK = "chunk";
        /** BEGIN of a snapshot chunk: JSON, the bounds of the chunk. */
        public static final String RANGE = "range";
        /** BEGIN of a snapshot chunk: estimated rows of all tables. */
        public static final String ESTIMATE = "estimate";
        /** SNAPSHOT_END: rows. */
        public static final String ROWS = "rows";
        /** BARRIER: its token. */
        public static final String TOKEN = "token";
        /** HEARTBEAT: where the snapshot in progress began on the control log (offset), until it is complete. */
        public static final String SNAPSHOT_BEGIN = "snapshot_begin";
        /** HEARTBEAT: true once the snapshot of the replication is complete. */
        public static final String SNAPSHOT_DONE = "snapshot_done";
        /** SNAPSHOT_END: JSON array of the chunks read at later points than the slot's own. */
        public static final String CHUNKS = "chunks";
        /** HEARTBEAT: offset of the SNAPSHOT_END whose chunks still filter the stream. */
        public static final String SNAPSHOT_END = "snapshot_end";
        /** HEARTBEAT: JSON array of the tables whose chunks no longer filter, since they were truncated. */
        public static final String LIFTED = "lifted";
        /** HEARTBEAT: end of the source's log when last heard of. */
        public static final String SOURCE_END = "source_end";
        /** GAP: first position lost. */
        public static final String FROM = "from";
        /** GAP: first position captured again. */
        public static final String TO = "to";
        /** EPOCH, HEARTBEAT: local where transactions of appliers are left out; else any, or missing. */
        public static final String ORIGIN_FILTER = "origin_filter";
        /** GAP: who accepted it. */
        public static final String ACTOR = "actor";

        private Detail() {}
    }
}
