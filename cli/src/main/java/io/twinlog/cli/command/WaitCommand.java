package io.twinlog.cli.command;

import io.twinlog.cli.config.ConfigurationFile.Side;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.status.Barrier;
import io.twinlog.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog wait}. */
@Command(
        name = "wait",
        description = {
            "Waits until everything that the source has committed by now is applied at the target, or parked.",
            "Exit code 0: it is; 4: not in time; 3: it never will be, changes are lost."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog wait -f twinlog.yaml", "  twinlog wait -f twinlog.yaml --timeout 10m && run-report"})
final class WaitCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Option(
            names = "--timeout",
            defaultValue = "60s",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long to wait at most, such as 500ms, 60s or 10m (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration timeout;

    @Override
    public Integer call() throws InterruptedException {
        TwinlogConfiguration configuration = file.read(Side.SOURCE, Side.TARGET);
        Barrier.Outcome outcome = new Barrier(configuration).await(timeout);
        PrintWriter out = outcome.kind() == Barrier.Kind.REACHED
                ? spec.commandLine().getOut()
                : spec.commandLine().getErr();
        out.println(outcome.message());
        out.flush();
        ExitCode code = switch (outcome.kind()) {
            case REACHED -> ExitCode.DONE;
            case TIMEOUT -> ExitCode.TIMEOUT;
            case STALE -> ExitCode.GAP;
        };
        return code.number();
    }
}
