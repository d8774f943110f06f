package io.twinlog.cli.command;

import io.twinlog.applier.replay.ReplayOutcome;
import io.twinlog.cli.terminal.Figure;
import io.twinlog.cli.terminal.TextTable;
import io.twinlog.schemas.conflict.ResolutionState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conflicts replay} and {@code conflicts discard} print, as JSON or text; the components are the documented JSON. Immutable.
 *
 * @param settled whether nothing that was selected waits any more
 */
record ReplayDocument(boolean dryRun, boolean settled, List<Outcome> outcomes) {

    /**
     * One event that was looked at.
     *
     * @param kind what was found this time, or null if there was no conflict
     */
    record Outcome(
            String id,
            String table,
            @Nullable String kind,
            String state,
            boolean changed,
            boolean selected,
            @Nullable String policy,
            String reason,
            @Nullable Map<String, @Nullable String> now,
            @Nullable Map<String, @Nullable String> incoming,
            @Nullable Map<String, @Nullable String> result,
            List<Map<String, @Nullable String>> removed) {

        static Outcome of(ReplayOutcome outcome) {
            boolean conflict = outcome.kind() != io.twinlog.schemas.conflict.ConflictKind.BEHIND;
            return new Outcome(
                    outcome.id(),
                    outcome.table().toString(),
                    conflict ? outcome.kind().label() : null,
                    outcome.state().label(),
                    outcome.changed(),
                    outcome.selected(),
                    outcome.policy() == null ? null : outcome.policy().label(),
                    outcome.reason(),
                    outcome.now(),
                    outcome.incoming(),
                    outcome.result(),
                    outcome.removed());
        }
    }

    static ReplayDocument of(boolean dryRun, List<ReplayOutcome> outcomes) {
        return new ReplayDocument(
                dryRun,
                outcomes.stream()
                        .allMatch(outcome ->
                                !outcome.selected() || outcome.state().isFinal()),
                outcomes.stream().map(Outcome::of).toList());
    }

    /** For people. */
    String text() {
        if (outcomes.isEmpty()) {
            return "Nothing that waits was selected.\n";
        }
        return (dryRun ? differences() : table().toString()) + summary();
    }

    private TextTable table() {
        TextTable table = new TextTable("").row("ID", "TABLE", "STATE", "FOUND", "WHY");
        for (Outcome outcome : outcomes) {
            table.row(outcome.id(), outcome.table(), outcome.state(), found(outcome), outcome.reason());
        }
        return table;
    }

    private static String found(Outcome outcome) {
        return outcome.kind() == null ? "-" : outcome.kind();
    }

    private String differences() {
        StringBuilder text = new StringBuilder();
        for (Outcome outcome : outcomes) {
            text.append(outcome.id() + "  " + outcome.table() + "  " + outcome.state() + "  " + found(outcome) + "\n  "
                    + outcome.reason() + "\n");
            if (outcome.now() != null || outcome.incoming() != null || outcome.result() != null) {
                text.append(rows(outcome));
            }
            for (Map<String, @Nullable String> row : outcome.removed()) {
                text.append("  removes  ").append(ConflictDocument.row(row)).append('\n');
            }
        }
        return text.toString();
    }

    private static TextTable rows(Outcome outcome) {
        Set<String> columns = new LinkedHashSet<>();
        for (@Nullable
        Map<String, @Nullable String> row :
                new ArrayList<>(java.util.Arrays.asList(outcome.now(), outcome.incoming(), outcome.result()))) {
            if (row != null) {
                columns.addAll(row.keySet());
            }
        }
        TextTable table = new TextTable("  ").row("COLUMN", "NOW", "INCOMING", "RESULT", "");
        for (String column : columns) {
            String now = ConflictDocument.value(outcome.now(), column);
            String result = ConflictDocument.value(outcome.result(), column);
            table.row(
                    column,
                    now,
                    ConflictDocument.value(outcome.incoming(), column),
                    result,
                    Objects.equals(raw(outcome.now(), column), raw(outcome.result(), column)) && now.equals(result)
                            ? ""
                            : "<- changes");
        }
        return table;
    }

    private static @Nullable String raw(@Nullable Map<String, @Nullable String> row, String column) {
        return row == null ? null : row.get(column);
    }

    private String summary() {
        long open = outcomes.stream()
                .filter(outcome -> !ResolutionState.parse(outcome.state()).isFinal())
                .count();
        String settledNow = Figure.of(outcomes.size() - open, "event") + (dryRun ? " would be settled" : " settled");
        return settledNow + ", " + Figure.count(open)
                + (dryRun ? " would wait on. Nothing was changed.\n" : " waiting on.\n");
    }
}
