package io.twinlog.cli.command;

import io.twinlog.cli.config.ConfigurationFile.Side;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.monitor.Monitor;
import io.twinlog.cli.run.EmbeddedBroker;
import io.twinlog.cli.run.Parts;
import io.twinlog.cli.run.Progress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code twinlog run}. */
@Command(
        name = "run",
        description = {
            "Captures and applies in one process, until SIGTERM or Ctrl-C.",
            "Checks everything first; if anything is wrong it says all of it and creates nothing."
        },
        footerHeading = "%nExample:%n",
        footer = "  twinlog run -f twinlog.yaml")
final class RunCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Override
    public Integer call() throws InterruptedException {
        TwinlogConfiguration configuration = file.read(Side.SOURCE, Side.TARGET);
        Progress progress = new Progress(spec.commandLine().getOut());
        try (Monitor monitor = Monitor.of(configuration);
                EmbeddedBroker broker = EmbeddedBroker.of(configuration.kafka())) {
            return new Daemon(spec.commandLine(), monitor)
                    .run(
                            configuration,
                            List.of(
                                    Parts.capture(configuration, progress, monitor.meters()),
                                    Parts.applier(configuration, progress, monitor.meters())));
        }
    }
}
