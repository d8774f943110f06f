package io.twinlog.cli.command;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Json;
import io.twinlog.schemas.conflict.ConflictRecord;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinlog conflicts show}. */
@Command(
        name = "show",
        description = "Shows one parked event with its images and the target row as it was found. Prints row values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  twinlog conflicts show 1-4711-3 -f twinlog.yaml",
            "  twinlog conflicts show 1-4711-3 -f twinlog.yaml --json"
        })
final class ConflictsShowCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Parameters(
            paramLabel = "ID",
            description = "Identity of the event: epoch-seq-ordinal, as `conflicts list` shows it.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(names = "--json", description = "Print JSON (docs/operations.md).")
    private boolean json;

    @Override
    public Integer call() {
        TwinlogConfiguration configuration = file.read();
        Optional<ConflictRecord> found = DeadLetters.of(configuration).find(id);
        if (found.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("twinlog: there is no conflict " + id
                            + " on the conflict topic; `twinlog conflicts list` shows those there are");
            return ExitCode.ERROR.number();
        }
        PrintWriter out = spec.commandLine().getOut();
        ConflictDocument document = ConflictDocument.of(found.get());
        out.print(json ? Json.of(document) + "\n" : document.text());
        out.flush();
        return ExitCode.DONE.number();
    }
}
