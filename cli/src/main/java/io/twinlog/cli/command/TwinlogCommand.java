package io.twinlog.cli.command;

import io.twinlog.cli.terminal.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code twinlog} itself. */
@Command(
        name = "twinlog",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        usageHelpAutoWidth = true,
        description = "Keeps databases twins through a log: PostgreSQL -> Kafka -> PostgreSQL, exactly once.",
        footerHeading = "%nBegin with:%n",
        footer = {
            "  twinlog demo                       see it work, with servers of its own",
            "  twinlog sandbox --dir D            the same servers, empty, for trying out",
            "",
            "Exit codes: 0 done, 1 error, 2 usage or configuration, 3 gap or stale, 4 timeout.",
            "docs/operations.md explains every command."
        },
        subcommands = {
            DemoCommand.class,
            SandboxCommand.class,
            KafkaCommand.class,
            RunCommand.class,
            CaptureCommand.class,
            ApplyCommand.class,
            DoctorCommand.class,
            StatusCommand.class,
            WaitCommand.class,
            ConflictsCommand.class,
            AcceptLossCommand.class,
            DropCommand.class
        })
public final class TwinlogCommand implements Runnable {

    /** Read by logback.xml when the first logger is made, which is after the options were read. */
    private static final String LOG_LEVEL = "twinlog.log.level";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** The whole command line, ready to execute arguments. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new TwinlogCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(Failures::wrongUsage);
        line.setExitCodeExceptionMapper(failure -> ExitCode.of(failure).number());
        return line;
    }

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log what happens inside, to standard error.")
    void verbose(boolean on) {
        if (on) {
            System.setProperty(LOG_LEVEL, "DEBUG");
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "A command is missing");
    }
}
