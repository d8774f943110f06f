package io.twinlog.cli.terminal;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;

/** How a command ended; scripts and service managers rely on the numbers. */
public enum ExitCode {
    DONE(0),
    ERROR(1),
    /** Wrong usage, configuration or precondition: nothing was created. */
    CONFIGURATION(2),
    /** Changes can no longer be delivered without a hole. */
    GAP(3),
    TIMEOUT(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The one place where failures become exit codes. */
    public static ExitCode of(Throwable failure) {
        return failure instanceof TwinlogException known ? of(known.category()) : ERROR;
    }

    private static ExitCode of(Category category) {
        return switch (category) {
            case CONFIG -> CONFIGURATION;
            case GAP -> GAP;
            case OUTAGE, TRANSIENT, SCHEMA, HALT, BUG -> ERROR;
        };
    }
}
