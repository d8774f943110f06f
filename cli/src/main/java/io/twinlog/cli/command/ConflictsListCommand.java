package io.twinlog.cli.command;

import io.twinlog.applier.replay.ConflictEntry;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Figure;
import io.twinlog.cli.terminal.Json;
import io.twinlog.cli.terminal.TextTable;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.ResolutionState;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code twinlog conflicts list}. */
@Command(
        name = "list",
        description =
                "Lists conflicts, oldest first, without row values other than keys: those that wait, or those in a given state.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  twinlog conflicts list -f twinlog.yaml",
            "  twinlog conflicts list --table public.stock --since 2h -f twinlog.yaml",
            "  twinlog conflicts list --state all -f twinlog.yaml --json"
        })
final class ConflictsListCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SelectionOptions options;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "open, held, resolved, discarded, superseded, or all (default: open and held).")
    private @Nullable String state;

    @Option(names = "--json", description = "Print JSON (docs/operations.md).")
    private boolean json;

    @Override
    public Integer call() {
        List<ResolutionState> wanted = wanted();
        List<ConflictEntry> entries = new Conflicts(
                        file.read(), spec.commandLine().getErr())
                .list(options.selection(List.of())).stream()
                        .filter(entry -> wanted.contains(entry.state()))
                        .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(
                    Json.of(entries.stream().map(ConflictDocument.Summary::of).toList()));
        } else {
            out.print(table(entries));
        }
        out.flush();
        return ExitCode.DONE.number();
    }

    private List<ResolutionState> wanted() {
        if (state == null) {
            return List.of(ResolutionState.OPEN, ResolutionState.HELD);
        }
        if (state.equals("all")) {
            return Arrays.asList(ResolutionState.values());
        }
        try {
            return List.of(ResolutionState.parse(state));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--state is open, held, resolved, discarded, superseded or all, not '" + state + "'");
        }
    }

    private String table(List<ConflictEntry> entries) {
        if (entries.isEmpty()) {
            return state == null ? "No open conflicts.\n" : "No such conflicts.\n";
        }
        TextTable table = new TextTable("").row("ID", "STATE", "KIND", "TABLE", "KEY", "OPERATION", "DETECTED");
        for (ConflictEntry entry : entries) {
            ConflictRecord conflict = entry.conflict();
            table.row(
                    conflict.id(),
                    entry.state().label(),
                    conflict.kind().label(),
                    conflict.schema() + "." + conflict.table(),
                    ConflictDocument.shortened(ConflictDocument.row(conflict.key())),
                    ConflictDocument.operation(conflict.operation()),
                    ConflictDocument.time(conflict.detectedMicros()));
        }
        return table + Figure.of(entries.size(), "conflict") + "; `twinlog conflicts show ID` shows the rows.\n";
    }
}
