package io.twinlog.cli.command;

import io.twinlog.cli.config.ConfigurationFile.Side;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.monitor.Monitor;
import io.twinlog.cli.run.Parts;
import io.twinlog.cli.run.Progress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code twinlog capture}. */
@Command(
        name = "capture",
        description = "Captures only: source -> Kafka, until SIGTERM or Ctrl-C. The file needs no section 'target'.",
        footerHeading = "%nExample:%n",
        footer = "  twinlog capture -f twinlog.yaml")
final class CaptureCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Override
    public Integer call() throws InterruptedException {
        TwinlogConfiguration configuration = file.read(Side.SOURCE);
        Progress progress = new Progress(spec.commandLine().getOut());
        try (Monitor monitor = Monitor.of(configuration)) {
            return new Daemon(spec.commandLine(), monitor)
                    .run(configuration, List.of(Parts.capture(configuration, progress, monitor.meters())));
        }
    }
}
