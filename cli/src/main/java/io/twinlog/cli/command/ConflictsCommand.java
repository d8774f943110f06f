package io.twinlog.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code twinlog conflicts}. */
@Command(
        name = "conflicts",
        description = "Shows and settles events that did not meet the target row they expected (docs/conflicts.md).",
        footerHeading = "%nExamples:%n",
        footer = {
            "  twinlog conflicts list -f twinlog.yaml",
            "  twinlog conflicts show 1-4711-3 -f twinlog.yaml",
            "  twinlog conflicts replay 1-4711-3 --policy overwrite --dry-run -f twinlog.yaml",
            "  twinlog conflicts discard 1-4711-3 --reason \"corrected by hand\" -f twinlog.yaml"
        },
        subcommands = {
            ConflictsListCommand.class,
            ConflictsShowCommand.class,
            ConflictsReplayCommand.class,
            ConflictsDiscardCommand.class
        })
final class ConflictsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say list, show, replay or discard");
    }
}
