package io.twinlog.schemas.check;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of one precondition.
 *
 * @param subject what was looked at, such as {@code source wal_level} or {@code table public.orders}
 * @param level whether it holds
 * @param message what was found and, where it does not hold, what is wanted
 * @param remedy the statement or setting that mends it, or null
 */
public record Check(
        String subject,
        Level level,
        String message,
        @Nullable String remedy) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** Works, with less than it could; or something an operator should know. */
        WARNING,
        /** Replication cannot start. */
        PROBLEM
    }

    public static Check ok(String subject, String message) {
        return new Check(subject, Level.OK, message, null);
    }

    public static Check warning(String subject, String message, @Nullable String remedy) {
        return new Check(subject, Level.WARNING, message, remedy);
    }

    public static Check problem(String subject, String message, @Nullable String remedy) {
        return new Check(subject, Level.PROBLEM, message, remedy);
    }
}
