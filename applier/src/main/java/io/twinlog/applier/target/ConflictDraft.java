package io.twinlog.applier.target;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Writes down what is known about a conflict. */
final class ConflictDraft {

    /** Above this size the images are left to the original bytes, so that the record still fits on its topic. */
    private static final long MAX_SHOWN_CHARACTERS = 8 << 20;

    private final Clock clock;
    private LongFunction<@Nullable ControlRecord> transactions = seq -> null;

    ConflictDraft(Clock clock) {
        this.clock = clock;
    }

    /** Says where to find the BEGIN of a seq of the present batch. */
    void transactions(LongFunction<@Nullable ControlRecord> bySeq) {
        transactions = bySeq;
    }

    ConflictRecord of(
            XlogEvent event,
            ConflictKind kind,
            String evidence,
            List<String> differing,
            @Nullable Map<String, @Nullable String> current,
            List<Map<String, @Nullable String>> blocking,
            @Nullable String constraint,
            @Nullable String sqlState) {
        DataEvent data = event.decoded();
        RowImage keyed = data.after() != null ? data.after() : data.before();
        Map<String, @Nullable String> key = new LinkedHashMap<>();
        if (keyed != null) {
            for (int column : data.shape().keyIndexes()) {
                key.put(data.shape().columns().get(column).name(), ValueText.of(keyed, column));
            }
        }
        Map<String, @Nullable String> before = before(data);
        Map<String, @Nullable String> after = after(data);
        boolean shown = length(before) + length(after) + length(current) <= MAX_SHOWN_CHARACTERS;
        return record(
                event,
                kind,
                data.shape().schema(),
                data.shape().table(),
                key,
                String.valueOf(data.operation().code()),
                shown ? evidence : evidence + " (images only in the original value: the event is large)",
                differing,
                shown ? before : null,
                shown ? after : null,
                shown ? current : null,
                blocking,
                constraint,
                data.shape().identity(),
                sqlState);
    }

    private static long length(@Nullable Map<String, @Nullable String> row) {
        long length = 0;
        for (String value : row == null ? List.<@Nullable String>of() : row.values()) {
            length += value == null ? 0 : value.length();
        }
        return length;
    }

    /** An event of which nothing but its place is known. */
    ConflictRecord undecodable(XlogEvent event, ConflictKind kind, String evidence) {
        TableId table = EventKeys.table(event);
        return record(
                event,
                kind,
                table.schema(),
                table.table(),
                Map.of(),
                "?",
                evidence,
                List.of(),
                null,
                null,
                null,
                List.of(),
                null,
                ReplicaIdentity.NONE,
                null);
    }

    /** An event that waits without having been looked at. */
    ConflictRecord behind(XlogEvent event, String chain) {
        String evidence = chain.startsWith("table:")
                ? "Its table is paused; it was not compared"
                : "It waits behind conflict " + chain + " of its key; it was not compared";
        ConflictRecord record = event.data() == null
                ? undecodable(event, ConflictKind.BEHIND, evidence)
                : of(event, ConflictKind.BEHIND, evidence, List.of(), null, List.of(), null, null);
        return record.settled(ConflictPolicy.HOLD, ConflictOutcome.HELD, evidence)
                .behind(chain);
    }

    /** BEGIN of the event's transaction, or null if that is not at hand. */
    @Nullable
    ControlRecord begin(XlogEvent event) {
        return transactions.apply(event.id().seq());
    }

    /** Microseconds since 1970. */
    long now() {
        return ChronoUnit.MICROS.between(java.time.Instant.EPOCH, clock.instant());
    }

    private ConflictRecord record(
            XlogEvent event,
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
            @Nullable String sqlState) {
        ControlRecord begin = begin(event);
        Long txId = begin == null ? null : begin.txId();
        return new ConflictRecord(
                event.id().toString(),
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
                ConflictPolicy.HOLD,
                ConflictOutcome.HELD,
                "The policy is hold",
                null,
                begin == null ? null : begin.origin(),
                sqlState,
                1,
                begin == null ? null : begin.position(),
                txId == null ? null : txId.toString(),
                begin == null ? 0 : begin.timeMicros(),
                now(),
                event.partition().topic(),
                event.partition().partition(),
                event.offset(),
                event.key(),
                event.value());
    }

    private static @Nullable Map<String, @Nullable String> before(DataEvent data) {
        RowImage before = data.before();
        if (before == null) {
            return null;
        }
        boolean keyOnly = data.shape().identity() != ReplicaIdentity.FULL;
        return row(
                before, column -> keyOnly && !data.shape().columns().get(column).key());
    }

    private static @Nullable Map<String, @Nullable String> after(DataEvent data) {
        RowImage after = data.after();
        if (after == null || data.operation() == Operation.DELETE) {
            return null;
        }
        return row(
                after,
                column -> data.unchanged()
                        .contains(data.shape().columns().get(column).name()));
    }

    private static Map<String, @Nullable String> row(RowImage image, java.util.function.IntPredicate leftOut) {
        Map<String, @Nullable String> row = new LinkedHashMap<>();
        for (int i = 0; i < image.shape().columns().size(); i++) {
            if (!leftOut.test(i)) {
                row.put(image.shape().columns().get(i).name(), ShownText.of(ValueText.of(image, i)));
            }
        }
        return row;
    }
}
