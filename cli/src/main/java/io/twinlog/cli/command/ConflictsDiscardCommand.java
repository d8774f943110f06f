package io.twinlog.cli.command;

import io.twinlog.applier.replay.ReplayOrder;
import io.twinlog.applier.replay.ReplayOutcome;
import io.twinlog.applier.replay.Selection;
import io.twinlog.applier.replay.UnknownConflictException;
import io.twinlog.cli.config.ConfigurationFile.Side;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinlog conflicts discard}. */
@Command(
        name = "discard",
        description = {
            "Gives up parked events: the target rows stay as they are, who wanted it and why goes on record.",
            "What waits behind them is then decided on by the configured policies."
        },
        footerHeading = "%nExample:%n",
        footer = "  twinlog conflicts discard 1-4711-3 --reason \"row corrected by hand, ticket 815\" -f twinlog.yaml")
final class ConflictsDiscardCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "These conflicts, as `conflicts list` shows them.")
    private List<String> ids = List.of();

    @Option(names = "--reason", required = true, paramLabel = "REASON", description = "Why.")
    @SuppressWarnings("NullAway.Init")
    private String reason;

    @Option(names = "--json", description = "Print JSON (docs/operations.md).")
    private boolean json;

    @Override
    public Integer call() {
        if (reason.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--reason must say why the change is given up");
        }
        TwinlogConfiguration configuration = file.read(Side.TARGET);
        PrintWriter err = spec.commandLine().getErr();
        List<ReplayOutcome> outcomes;
        try {
            outcomes = new Conflicts(configuration, err)
                    .replay()
                    .replay(Selection.of(ids.toArray(String[]::new)), ReplayOrder.discard(Conflicts.actor(), reason));
        } catch (UnknownConflictException e) {
            err.println("twinlog: " + e.getMessage());
            err.flush();
            return ExitCode.ERROR.number();
        }
        ReplayDocument document = ReplayDocument.of(false, outcomes);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.of(document) + "\n" : document.text());
        out.flush();
        return (document.settled() ? ExitCode.DONE : ExitCode.ERROR).number();
    }
}
