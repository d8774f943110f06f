package io.twinlog.cli.command;

import io.twinlog.cli.run.StopSignals;
import io.twinlog.cli.servers.SandboxServers;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.sandbox.EmbeddedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code twinlog sandbox}. */
@Command(
        name = "sandbox",
        description = {
            "Runs two empty database servers and a Kafka broker on fixed ports of the loopback address, until Ctrl-C.",
            "Writes a configuration file for them into the directory. What the servers hold stays there."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  twinlog sandbox --dir data/sandbox",
            "  twinlog sandbox --dir data/sandbox --source mariadb --target postgresql",
            "  twinlog sandbox --dir data/other --port-base 54400"
        })
final class SandboxCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--dir",
            required = true,
            paramLabel = "DIR",
            description = "Where the servers keep what they hold.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--port-base",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Source, target and Kafka listen on this port and the two behind it"
                    + " (default: 54321, 54322, 9092).")
    private int portBase;

    @Option(
            names = "--source",
            paramLabel = "KIND",
            defaultValue = "POSTGRESQL",
            description = "The kind of the source: postgresql (default) or mariadb (Linux on x86-64).")
    @SuppressWarnings("NullAway.Init")
    private SandboxServers.Kind source;

    @Option(
            names = "--target",
            paramLabel = "KIND",
            defaultValue = "POSTGRESQL",
            description = "The kind of the target, likewise.")
    @SuppressWarnings("NullAway.Init")
    private SandboxServers.Kind target;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (portBase != 0 && (portBase < 1 || portBase > 65_533)) {
            throw new ParameterException(spec.commandLine(), "--port-base must be from 1 to 65533");
        }
        CountDownLatch stopped = new CountDownLatch(1);
        StopSignals.handle(stopped::countDown);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Starting " + name(source) + ", " + name(target) + " and Kafka in " + directory + " ...");
        out.flush();
        SandboxServers.Ports ports = portBase == 0 ? SandboxServers.Ports.DEFAULT : SandboxServers.Ports.from(portBase);
        try (SandboxServers servers = SandboxServers.start(directory, ports, source, target)) {
            servers.createDatabase("shop");
            Path file = directory.resolve("twinlog.yaml");
            boolean written = !Files.exists(file);
            if (written) {
                Files.writeString(file, servers.configuration("shop", "shop"));
            }
            print(out, servers, file, written);
            stopped.await();
            out.println("Stopping ...");
            out.flush();
        }
        return ExitCode.DONE.number();
    }

    private static String name(SandboxServers.Kind kind) {
        return kind == SandboxServers.Kind.MARIADB ? "MariaDB" : "PostgreSQL";
    }

    private static String access(EmbeddedServer server) {
        return SandboxServers.url(server, "shop") + "  user " + server.user() + ", no password";
    }

    private static void print(PrintWriter out, SandboxServers servers, Path file, boolean written) throws IOException {
        out.println();
        out.println("  source  " + access(servers.source()));
        out.println("  target  " + access(servers.target()));
        out.println("  kafka   " + servers.kafka().bootstrapServers());
        out.println();
        out.println((written ? "Written: " : "Found, and left as it is: ") + file);
        Files.readString(file).lines().forEach(line -> out.println("  " + line));
        out.println();
        out.println("Create tables on both sides, then: twinlog doctor -f " + file + " && twinlog run -f " + file);
        out.println("Ctrl-C stops the servers and keeps what they hold.");
        out.flush();
    }
}
