package io.twinlog.cli.command;

import io.twinlog.cli.run.StopSignals;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.SandboxException;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog kafka}. */
@Command(
        name = "kafka",
        description = "Runs a single-node Kafka broker for development on the loopback address, until Ctrl-C.",
        footerHeading = "%nExample:%n",
        footer = "  twinlog kafka --dir data/kafka --port 9092")
final class KafkaCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the broker keeps its records.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--port",
            defaultValue = "9092",
            paramLabel = "PORT",
            description = "Where it listens (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        StopSignals.handle(stopped::countDown);
        try (EmbeddedKafka kafka = EmbeddedKafka.builder()
                .directory(directory)
                .port(port)
                .withoutShutdownHook()
                .start()) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("Kafka listens on " + kafka.bootstrapServers() + "; records are in " + directory
                    + ". Ctrl-C stops it.");
            out.flush();
            stopped.await();
        } catch (SandboxException e) {
            throw new TwinlogException(Category.CONFIG, String.valueOf(e.getMessage()), e);
        }
        return ExitCode.DONE.number();
    }
}
