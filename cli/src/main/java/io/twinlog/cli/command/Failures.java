package io.twinlog.cli.command;

import io.twinlog.cli.config.NearestName;
import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.sandbox.SandboxException;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.PrintWriter;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Failures as the user sees them: one message on standard error, and an exit code. Stateless. */
final class Failures implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult arguments) {
        print(failure, line.getErr());
        return ExitCode.of(failure).number();
    }

    /** A message for failures with a known category; what nobody foresaw comes with its trace. */
    static void print(Throwable failure, PrintWriter err) {
        boolean foreseen = failure instanceof TwinlogException known && known.category() != Category.BUG
                || failure instanceof SandboxException;
        if (foreseen) {
            err.println("twinlog: " + failure.getMessage());
        } else if (failure instanceof KafkaException) {
            err.println("twinlog: Kafka does not answer, or refuses: " + failure.getMessage());
        } else {
            err.println("twinlog: an error that should not be; please report it: " + failure);
            LoggerFactory.getLogger(Failures.class).error("Where it happened", failure);
        }
        LoggerFactory.getLogger(Failures.class).debug("Where it happened", failure);
        err.flush();
    }

    static int wrongUsage(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("twinlog: " + failure.getMessage());
        meant(failure).ifPresent(name -> err.println("Do you mean " + name + "?"));
        String command = line.getCommandSpec().qualifiedName();
        err.println("Try '" + command + " --help'.");
        err.flush();
        return ExitCode.CONFIGURATION.number();
    }

    private static Optional<String> meant(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        CommandSpec spec = failure.getCommandLine().getCommandSpec();
        String word = unmatched.getUnmatched().get(0);
        return word.startsWith("-")
                ? NearestName.of(word, spec.optionsMap().keySet())
                : NearestName.of(word, spec.subcommands().keySet()).map(name -> spec.qualifiedName() + " " + name);
    }
}
