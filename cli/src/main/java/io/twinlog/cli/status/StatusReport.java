package io.twinlog.cli.status;

import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a replication stands at one moment. Times are ISO 8601 in UTC. Null stands for what is not known. Immutable.
 *
 * @param lag how far the target is behind the source
 * @param staleness how long the target may stay away before changes it needs are gone
 * @param conflicts open ones: each once, without those that are settled
 * @param heldKeys keys that wait for a decision
 * @param waitingEvents events that wait, the open conflicts among them
 */
public record StatusReport(
        String replication,
        String time,
        Member capture,
        Member applier,
        Source source,
        Kafka kafka,
        Target target,
        Lag lag,
        Staleness staleness,
        @Nullable Long conflicts,
        @Nullable Long heldKeys,
        @Nullable Long waitingEvents) {

    /**
     * One member, by its own words on the status topic.
     *
     * @param state as published; DOWN if it is silent for 10 s without having left in order, UNKNOWN if it never spoke
     * @param lastState what it published last
     * @param silentSeconds how long ago that was
     */
    public record Member(
            MemberState state,
            @Nullable String reason,
            @Nullable String member,
            @Nullable String since,
            @Nullable MemberState lastState,
            @Nullable Double silentSeconds,
            Map<String, String> details) {}

    /**
     * The source and its slot.
     *
     * @param error why it could not be asked, or null
     * @param detection how much of a conflict each replicated table lets the target see
     */
    public record Source(
            boolean reachable,
            @Nullable String error,
            @Nullable String walEnd,
            @Nullable Slot slot,
            @Nullable List<Detection> detection) {}

    /**
     * What the source logs of a row before its change.
     *
     * @param strength FULL: deviations in any column are seen; KEY: missing and surplus rows; NONE: nothing
     */
    public record Detection(String table, ReplicaIdentity strength) {}

    /**
     * A replication slot, as pg_replication_slots shows it.
     *
     * @param retainedBytes WAL that the source keeps for it
     * @param safeWalBytes WAL that may still be written before it is lost; null: no limit is set
     */
    public record Slot(
            String name,
            boolean active,
            @Nullable String walStatus,
            @Nullable String confirmedPosition,
            @Nullable Long retainedBytes,
            @Nullable Long safeWalBytes) {}

    /** The control log. */
    public record Kafka(
            boolean reachable,
            @Nullable String error,
            @Nullable Long epoch,
            @Nullable Long capturedSeq,
            @Nullable Long storedSeq,
            @Nullable String capturedPosition,
            @Nullable String capturedTime) {}

    /**
     * The progress row.
     *
     * @param pausedTables tables that are paused as a whole
     */
    public record Target(
            boolean reachable,
            @Nullable String error,
            @Nullable Long epoch,
            @Nullable Long appliedSeq,
            @Nullable String appliedPosition,
            @Nullable String appliedTime,
            @Nullable List<PausedTable> pausedTables) {}

    /** A table of which every event waits. */
    public record PausedTable(String table, String reason) {}

    /**
     * How far the target is behind.
     *
     * @param transactions captured and not applied yet
     * @param events of those, about
     * @param bytes of the source's log between its end and the applied position, other writes included
     * @param seconds age of the target: since then at most it has not seen what the source committed
     * @param capture of that, what capture has yet to bring to Kafka
     * @param apply of that, what the applier has yet to bring from Kafka
     */
    public record Lag(
            @Nullable Long transactions,
            @Nullable Long events,
            @Nullable Long bytes,
            @Nullable Double seconds,
            Hop capture,
            Hop apply) {}

    /**
     * One half of the way.
     *
     * @param bytes of the source's log
     * @param seconds between the moments of which both ends know that they had seen everything before
     */
    public record Hop(@Nullable Long bytes, @Nullable Double seconds) {}

    /**
     * Whether and when changes are lost.
     *
     * @param stale they are
     * @param reason why, or null
     * @param secondsUntilStale the smaller one of the following; null: no end in sight
     * @param source until the source drops WAL that capture has not read, if capture stood still from now on
     * @param kafka until Kafka drops the next event that the applier has not read
     */
    public record Staleness(
            boolean stale,
            @Nullable String reason,
            @Nullable Double secondsUntilStale,
            @Nullable Double source,
            @Nullable Double kafka) {}
}
