package io.twinlog.cli.command;

import io.twinlog.cli.run.Preconditions;
import io.twinlog.cli.terminal.Figure;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.check.Check.Level;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Preconditions as text and as records for JSON. Immutable. */
record CheckReport(Preconditions preconditions) {

    private static final int FEW = 5;

    /** Every check, by group. */
    String table() {
        StringBuilder text = new StringBuilder();
        preconditions.byGroup().forEach((group, checks) -> {
            text.append(group).append('\n');
            int width = checks.stream()
                    .mapToInt(check -> check.subject().length())
                    .max()
                    .orElse(0);
            checks.forEach(check -> append(text, check, width));
        });
        int problems = preconditions.problems().size();
        int warnings = preconditions.warnings().size();
        text.append('\n')
                .append(problems == 0 ? "Ready" : Figure.of(problems, "problem"))
                .append(warnings == 0 ? "" : ", " + Figure.of(warnings, "warning"))
                .append(problems == 0 ? ".\n" : "; replication cannot start. Nothing was changed.\n");
        return text.toString();
    }

    /** All problems, for the one who wanted to start. */
    String refusal() {
        return "twinlog: cannot start, there " + (preconditions.problems().size() == 1 ? "is " : "are ")
                + Figure.of(preconditions.problems().size(), "problem")
                + ". Nothing was created.\n" + list(preconditions.problems())
                + "`twinlog doctor` shows every check.\n";
    }

    /** Which servers a start waits for. */
    String waiting() {
        return "twinlog: waits until " + (preconditions.problems().size() == 1 ? "it answers" : "they answer")
                + ", and has created nothing yet:\n" + list(preconditions.problems());
    }

    /** The first warnings, for the one who starts: hundreds of tables may have the same one. */
    String warnings() {
        List<Check> warnings = preconditions.warnings();
        int more = warnings.size() - FEW;
        return list(warnings.stream().limit(FEW).toList())
                + (more > 0
                        ? "  and " + Figure.of(more, "more warning") + "; `twinlog doctor` shows every check.\n"
                        : "");
    }

    /** The document of {@code doctor --json}. */
    Document document() {
        return new Document(
                preconditions.problems().isEmpty(),
                preconditions.problems().size(),
                preconditions.warnings().size(),
                preconditions.checks().stream()
                        .map(check -> new Entry(
                                Preconditions.group(check),
                                check.subject(),
                                check.level().name().toLowerCase(Locale.ROOT),
                                check.message(),
                                check.remedy()))
                        .toList());
    }

    private static String list(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        checks.forEach(check -> append(text, check, 0));
        return text.toString();
    }

    private static void append(StringBuilder text, Check check, int width) {
        text.append(String.format(
                Locale.ROOT,
                "  %-7s  %-" + Math.max(1, width) + "s  %s%n",
                label(check.level()),
                check.subject(),
                check.message()));
        String remedy = check.remedy();
        if (remedy != null) {
            remedy.lines()
                    .forEach(line -> text.append("           -> ").append(line).append('\n'));
        }
    }

    private static String label(Level level) {
        return switch (level) {
            case OK -> "OK";
            case WARNING -> "WARN";
            case OUTAGE -> "DOWN";
            case PROBLEM -> "PROBLEM";
        };
    }

    record Document(boolean ready, int problems, int warnings, List<Entry> checks) {}

    record Entry(
            String group,
            String subject,
            String level,
            String message,
            @Nullable String remedy) {}
}
