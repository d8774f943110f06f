package io.twinlog.cli.command;

import io.twinlog.cli.demo.Demo;
import io.twinlog.cli.demo.Narrator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code twinlog demo}. */
@Command(
        name = "demo",
        description = {
            "Shows Twinlog at work with two PostgreSQL servers and a Kafka broker of its own: initial sync, live changes,",
            "a kill -9, a conflict. Needs nothing but this machine, takes about a minute, and cleans up after itself."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  twinlog demo", "  twinlog demo --keep"})
final class DemoCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--keep", description = "Leave servers and replication running at the end, until Ctrl-C.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        return Demo.run(new Narrator(spec.commandLine().getOut()), DemoCommand::execute, keep)
                .number();
    }

    private static String execute(String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        TwinlogCommand.commandLine().setOut(writer).setErr(writer).execute(arguments);
        return output.toString();
    }
}
