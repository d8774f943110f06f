package io.twinlog.cli.command;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Part;
import io.twinlog.cli.run.Parts;
import io.twinlog.cli.status.StatusCollector;
import io.twinlog.cli.status.StatusReport;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code twinlog accept-loss}. */
@Command(
        name = "accept-loss",
        description = {
            "Continues behind a gap although changes are lost: target and source differ from then on.",
            "Writes who accepted it and why to the control log. Stop the replication first."
        },
        footerHeading = "%nExample:%n",
        footer = "  twinlog accept-loss -f twinlog.yaml --reason \"slot dropped by hand, rows compared (ticket 4711)\"")
final class AcceptLossCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Option(names = "--reason", required = true, paramLabel = "REASON", description = "Why the loss is acceptable.")
    @SuppressWarnings("NullAway.Init")
    private String reason;

    @Override
    public Integer call() {
        if (reason.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--reason must say why the loss is acceptable");
        }
        TwinlogConfiguration configuration = file.read();
        StatusReport status = new StatusCollector(configuration, Clock.systemUTC()).collect();
        String actor = System.getProperty("user.name", "unknown");
        List<Part> parts = Parts.configured(configuration);
        try {
            List<Part> stale =
                    parts.stream().filter(part -> isStale(part, status)).toList();
            if (stale.isEmpty()) {
                throw new TwinlogException(Category.CONFIG, nothingToAccept(status));
            }
            stale.forEach(part -> part.acceptLoss(reason, actor));
        } finally {
            parts.forEach(Part::close);
        }
        spec.commandLine()
                .getOut()
                .println("The loss is accepted by " + actor + " and on record. Start the replication"
                        + " again; compare the tables, for rows changed in the gap differ until they change again.");
        return ExitCode.DONE.number();
    }

    /** Only what has stopped with a gap: for any other part, going on from now would lose what it can still deliver. */
    private static boolean isStale(Part part, StatusReport status) {
        MemberState state = (part.role().equals("capture") ? status.capture() : status.applier()).state();
        return state == MemberState.STALE;
    }

    private static String nothingToAccept(StatusReport status) {
        if (!status.kafka().reachable()) {
            return "Kafka cannot be asked whether there is a gap: "
                    + status.kafka().error();
        }
        return "There is no loss to accept: capture is " + status.capture().state() + ", applier is "
                + status.applier().state()
                + ". Start the replication; if changes are lost it stops, says so, and is STALE.";
    }
}
