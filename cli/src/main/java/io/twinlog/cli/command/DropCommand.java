package io.twinlog.cli.command;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Part;
import io.twinlog.cli.run.Parts;
import io.twinlog.cli.status.StatusCollector;
import io.twinlog.cli.status.StatusReport;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog drop}. */
@Command(
        name = "drop",
        description = {
            "Removes a replication: slot and publication at the source, its topics, its progress at the target.",
            "Rows stay as they are on both sides. Stop the replication first."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog drop -f twinlog.yaml", "  twinlog drop -f twinlog.yaml --yes"})
final class DropCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConfigurationOption file;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws IOException {
        TwinlogConfiguration configuration = file.read();
        PrintWriter out = spec.commandLine().getOut();
        String name = configuration.replication().text();
        refuseWhileAtWork(configuration);
        if (!yes && !confirmed(out, name)) {
            spec.commandLine().getErr().println("twinlog: nothing was removed; say yes, or give --yes");
            return ExitCode.CONFIGURATION.number();
        }
        List<Part> parts = Parts.configured(configuration);
        RuntimeException failure = null;
        for (Part part : parts) {
            try {
                part.drop();
            } catch (TwinlogException | KafkaException e) {
                failure = failure == null ? e : failure;
                spec.commandLine().getErr().println("twinlog: " + part.role() + ": " + e.getMessage());
            } finally {
                part.close();
            }
        }
        if (failure != null) {
            spec.commandLine()
                    .getErr()
                    .println("twinlog: what could be removed is; run drop again when that is mended");
            return ExitCode.of(failure).number();
        }
        out.println("Replication " + name + " is removed: slot, publication, topics, progress.");
        return ExitCode.DONE.number();
    }

    private static boolean confirmed(PrintWriter out, String name) throws IOException {
        out.print("Remove slot, publication, topics and progress of replication " + name
                + "? Going on later needs a new initial sync. [yes/no] ");
        out.flush();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        String answer = in.readLine();
        return answer != null && answer.strip().equalsIgnoreCase("yes");
    }

    /** A part at work would create again, or stumble over, what is being removed. */
    private static void refuseWhileAtWork(TwinlogConfiguration configuration) {
        StatusReport status = new StatusCollector(configuration, Clock.systemUTC()).collect();
        for (StatusReport.Member member : List.of(status.capture(), status.applier())) {
            switch (member.state()) {
                case DOWN, UNKNOWN, REMOVED, STALE -> {}
                default ->
                    throw new TwinlogException(
                            Category.CONFIG,
                            "The replication is at work: " + member.member() + " is " + member.state()
                                    + ". Stop it first. (A process that was killed counts as at work for 10 s.)");
            }
        }
    }
}
