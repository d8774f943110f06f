package io.twinlog.cli.command;

import io.twinlog.applier.replay.ConflictEntry;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Json;
import java.io.PrintWriter;
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
        description =
                "Shows one conflict with its images, the target row as it was found, and its state. Prints row values.",
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
        ConflictEntry found = new Conflicts(file.read(), spec.commandLine().getErr()).find(id);
        if (found == null) {
            spec.commandLine()
                    .getErr()
                    .println("twinlog: there is no conflict " + id
                            + " on the conflict topic; `twinlog conflicts list --state all` shows those there are");
            return ExitCode.ERROR.number();
        }
        PrintWriter out = spec.commandLine().getOut();
        ConflictDocument document = ConflictDocument.of(found);
        out.print(json ? Json.of(document) + "\n" : document.text());
        out.flush();
        return ExitCode.DONE.number();
    }
}
