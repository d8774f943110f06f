package io.twinlog.cli.command;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.monitor.Monitor;
import io.twinlog.cli.run.Part;
import io.twinlog.cli.run.Preconditions;
import io.twinlog.cli.run.Readiness;
import io.twinlog.cli.run.Replication;
import io.twinlog.cli.run.StopSignals;
import io.twinlog.cli.status.StatusCollector;
import io.twinlog.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What {@code run}, {@code capture} and {@code apply} share: check, then work until a signal or a failure. */
record Daemon(CommandLine line, Monitor monitor) {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /** Works with these parts and closes them. */
    int run(TwinlogConfiguration configuration, List<Part> parts) throws InterruptedException {
        try {
            PrintWriter err = line.getErr();
            monitor.watch(parts);
            CountDownLatch stopped = new CountDownLatch(1);
            Replication replication = new Replication(parts, () -> awaitApplied(configuration));
            StopSignals.handle(() -> {
                stopped.countDown();
                replication.stop();
            });
            Preconditions preconditions = new Readiness(configuration, parts, stopped).await(found -> {
                err.print(new CheckReport(found).waiting());
                err.flush();
            });
            if (stopped.getCount() == 0) {
                return ExitCode.DONE.number();
            }
            if (preconditions.gap() != null) {
                throw preconditions.gap();
            }
            if (!preconditions.problems().isEmpty()) {
                err.print(new CheckReport(preconditions).refusal());
                err.flush();
                return ExitCode.CONFIGURATION.number();
            }
            err.print(new CheckReport(preconditions).warnings());
            err.flush();
            @Nullable Throwable failure = replication.run();
            if (failure != null) {
                Failures.print(failure, err);
            }
            return Replication.exitCode(failure).number();
        } finally {
            parts.forEach(Part::close);
        }
    }

    /** Capture has ended by itself: everything is on Kafka. */
    private static void awaitApplied(TwinlogConfiguration configuration) throws InterruptedException {
        StatusCollector status = new StatusCollector(configuration, Clock.systemUTC());
        Long left = null;
        while (left == null || left > 0) {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
            left = status.collect().lag().transactions();
        }
    }
}
