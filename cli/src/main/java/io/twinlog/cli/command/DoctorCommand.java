package io.twinlog.cli.command;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.EmbeddedBroker;
import io.twinlog.cli.run.Part;
import io.twinlog.cli.run.Parts;
import io.twinlog.cli.run.Preconditions;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.cli.terminal.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog doctor}. */
@Command(
        name = "doctor",
        description = {
            "Checks every precondition, and prints the statement or setting that mends what is wrong. Changes nothing.",
            "Exit code 0: replication can start; 2: it cannot; 3: changes are lost."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog doctor -f twinlog.yaml", "  twinlog doctor -f twinlog.yaml --json"})
final class DoctorCommand implements Callable<Integer> {

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
        Preconditions preconditions = check(configuration);
        CheckReport report = new CheckReport(preconditions);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.of(report.document()));
        } else {
            out.print(report.table());
        }
        out.flush();
        if (preconditions.gap() != null) {
            throw preconditions.gap();
        }
        return (preconditions.problems().isEmpty() ? ExitCode.DONE : ExitCode.CONFIGURATION).number();
    }

    private static Preconditions check(TwinlogConfiguration configuration) {
        List<Part> parts = Parts.configured(configuration);
        try (EmbeddedBroker broker = EmbeddedBroker.unlessRunning(configuration.kafka())) {
            return Preconditions.of(parts, configuration);
        } finally {
            parts.forEach(Part::close);
        }
    }
}
