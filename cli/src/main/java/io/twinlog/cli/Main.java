package io.twinlog.cli;

import io.twinlog.cli.command.TwinlogCommand;
import java.util.logging.LogManager;

/** The entry of the {@code twinlog} command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // The PostgreSQL driver logs to java.util.logging, unasked, what it also throws.
        LogManager.getLogManager().reset();
        System.exit(TwinlogCommand.commandLine().execute(arguments));
    }
}
