package io.twinlog.cli.command;

import io.twinlog.cli.status.StatusCollector;
import io.twinlog.cli.status.StatusReport;
import io.twinlog.cli.status.StatusText;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Json;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog status}. */
@Command(
        name = "status",
        description = {
            "Shows where a replication stands: states, positions, lag, time until stale, conflicts.",
            "Works while parts are down. Exit code 3 if changes are lost."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog status -f twinlog.yaml", "  twinlog status -f twinlog.yaml --json"})
final class StatusCommand implements Callable<Integer> {

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
        StatusReport report = new StatusCollector(file.read(), Clock.systemUTC()).collect();
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.of(report) + "\n" : new StatusText(report).toString());
        out.flush();
        return (report.staleness().stale() ? ExitCode.GAP : ExitCode.DONE).number();
    }
}
