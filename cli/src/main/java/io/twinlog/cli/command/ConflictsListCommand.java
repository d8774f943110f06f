package io.twinlog.cli.command;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Figure;
import io.twinlog.cli.terminal.Json;
import io.twinlog.cli.terminal.TextTable;
import io.twinlog.schemas.conflict.ConflictRecord;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog conflicts list}. */
@Command(
        name = "list",
        description = "Lists parked events, oldest first, without row values.",
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog conflicts list -f twinlog.yaml", "  twinlog conflicts list -f twinlog.yaml --json"})
final class ConflictsListCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Option(names = "--json", description = "Print JSON (docs/operations.md).")
    private boolean json;

    @Override
    public Integer call() {
        TwinlogConfiguration configuration = file.read();
        List<ConflictRecord> conflicts = DeadLetters.of(configuration).list();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(
                    Json.of(conflicts.stream().map(ConflictDocument.Summary::of).toList()));
        } else {
            out.print(table(conflicts));
        }
        out.flush();
        return ExitCode.DONE.number();
    }

    private static String table(List<ConflictRecord> conflicts) {
        if (conflicts.isEmpty()) {
            return "No conflicts.\n";
        }
        TextTable table = new TextTable("").row("ID", "KIND", "TABLE", "OPERATION", "DETECTED");
        for (ConflictRecord conflict : conflicts) {
            table.row(
                    conflict.id(),
                    conflict.kind().label(),
                    conflict.schema() + "." + conflict.table(),
                    ConflictDocument.operation(conflict.operation()),
                    ConflictDocument.time(conflict.detectedMicros()));
        }
        return table + Figure.of(conflicts.size(), "conflict") + "; `twinlog conflicts show ID` shows the rows.\n";
    }
}
