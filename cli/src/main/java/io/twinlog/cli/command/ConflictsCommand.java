package io.twinlog.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code twinlog conflicts}. */
@Command(
        name = "conflicts",
        description = "Shows events that did not meet the target row they expected and were parked.",
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog conflicts list -f twinlog.yaml", "  twinlog conflicts show 1-4711-3 -f twinlog.yaml"},
        subcommands = {ConflictsListCommand.class, ConflictsShowCommand.class})
final class ConflictsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say list or show ID");
    }
}
