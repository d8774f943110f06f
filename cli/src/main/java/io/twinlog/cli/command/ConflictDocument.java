package io.twinlog.cli.command;

import io.twinlog.applier.replay.ConflictEntry;
import io.twinlog.cli.terminal.TextTable;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conflict as {@code conflicts show} prints it, as JSON or text; the components are the documented JSON. Rows are column to
 * exact text, null for SQL null. Immutable.
 */
record ConflictDocument(
        String id,
        String kind,
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
        String detection,
        String policy,
        String outcome,
        String reason,
        @Nullable String heldBehind,
        @Nullable String origin,
        @Nullable String sqlState,
        int attempt,
        @Nullable String position,
        @Nullable String txId,
        String committed,
        String detected,
        String topic,
        int partition,
        long offset,
        String state,
        @Nullable String chain,
        Resolved resolution) {

    /** What became of a conflict, and by whom. */
    record Resolved(
            String state,
            String actor,
            String reason,
            @Nullable String policy,
            int attempt,
            String time) {

        static Resolved of(Resolution resolution) {
            return new Resolved(
                    resolution.state().label(),
                    resolution.actor(),
                    resolution.reason(),
                    resolution.policy() == null ? null : resolution.policy().label(),
                    resolution.attempt(),
                    ConflictDocument.time(resolution.timeMicros()));
        }
    }

    /** A conflict as {@code conflicts list --json} prints it, without row values other than the key. */
    record Summary(
            String id,
            String kind,
            String table,
            Map<String, @Nullable String> key,
            String operation,
            String evidence,
            String detected,
            String state,
            @Nullable String chain,
            Resolved resolution) {

        static Summary of(ConflictEntry entry) {
            ConflictRecord conflict = entry.conflict();
            return new Summary(
                    conflict.id(),
                    conflict.kind().label(),
                    conflict.schema() + "." + conflict.table(),
                    conflict.key(),
                    ConflictDocument.operation(conflict.operation()),
                    conflict.evidence(),
                    ConflictDocument.time(conflict.detectedMicros()),
                    entry.state().label(),
                    entry.chain(),
                    Resolved.of(entry.resolution()));
        }
    }

    static ConflictDocument of(ConflictEntry entry) {
        ConflictRecord conflict = entry.conflict();
        return new ConflictDocument(
                conflict.id(),
                conflict.kind().label(),
                conflict.schema() + "." + conflict.table(),
                conflict.key(),
                operation(conflict.operation()),
                conflict.evidence(),
                conflict.differing(),
                conflict.before(),
                conflict.after(),
                conflict.current(),
                conflict.blocking(),
                conflict.constraint(),
                conflict.detection().name().toLowerCase(Locale.ROOT),
                conflict.policy().label(),
                conflict.outcome().label(),
                conflict.reason(),
                conflict.heldBehind(),
                conflict.origin(),
                conflict.sqlState(),
                conflict.attempt(),
                conflict.position(),
                conflict.txId(),
                time(conflict.commitMicros()),
                time(conflict.detectedMicros()),
                conflict.topic(),
                conflict.partition(),
                conflict.offset(),
                entry.state().label(),
                entry.chain(),
                Resolved.of(entry.resolution()));
    }

    /** For people: the facts, then the rows side by side. */
    String text() {
        TextTable facts = new TextTable("  ")
                .row(
                        "state",
                        state + ", by " + resolution.actor() + " at " + resolution.time() + ". " + resolution.reason())
                .row("table", table)
                .row("key", row(key))
                .row("operation", operation)
                .row("evidence", evidence)
                .row("policy", policy + ": " + outcome + ", attempt " + attempt + ". " + reason)
                .row("committed", committed + " at " + position + (txId == null ? "" : ", transaction " + txId))
                .row("detected", detected)
                .row("event", topic + "-" + partition + ", offset " + offset);
        if (heldBehind != null) {
            facts.row("behind", heldBehind);
        }
        if (constraint != null) {
            facts.row("constraint", constraint);
        }
        if (sqlState != null) {
            facts.row("SQLSTATE", sqlState);
        }
        StringBuilder text = new StringBuilder("conflict " + id + ": " + kind + "\n" + facts + "\n" + images());
        for (Map<String, @Nullable String> blocker : blocking) {
            text.append("  blocked by  ").append(row(blocker)).append('\n');
        }
        return text.toString();
    }

    private TextTable images() {
        Set<String> columns = new LinkedHashSet<>(key.keySet());
        for (Map<String, @Nullable String> image : rows()) {
            columns.addAll(image.keySet());
        }
        TextTable table =
                new TextTable("  ").row("COLUMN", "EXPECTED (before)", "WANTED (after)", "FOUND (target)", "");
        for (String column : columns) {
            table.row(
                    column,
                    value(before, column),
                    value(after, column),
                    value(current, column),
                    differing.contains(column) ? "<- differs" : "");
        }
        return table;
    }

    private List<Map<String, @Nullable String>> rows() {
        return java.util.stream.Stream.of(before, after, current)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    static String value(@Nullable Map<String, @Nullable String> image, String column) {
        if (image == null) {
            return "(no row)";
        }
        if (!image.containsKey(column)) {
            return "(not logged)";
        }
        String value = image.get(column);
        return value == null ? "NULL" : shortened(value);
    }

    /** A table of wide values is no table; {@code --json} has them whole. */
    static String shortened(String value) {
        String line = value.replace("\n", "\\n");
        return line.length() <= 40 ? line : line.substring(0, 37) + "...";
    }

    static String row(Map<String, @Nullable String> row) {
        return String.join(
                ", ",
                row.entrySet().stream()
                        .map(column -> column.getKey() + "=" + column.getValue())
                        .toList());
    }

    static String operation(String code) {
        return switch (code) {
            case "c" -> "insert";
            case "u" -> "update";
            case "d" -> "delete";
            case "r" -> "snapshot row";
            case "t" -> "truncate";
            default -> code;
        };
    }

    static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
