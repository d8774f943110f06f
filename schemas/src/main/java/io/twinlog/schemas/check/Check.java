package io.twinlog.schemas.check;

import io.twinlog.schemas.database.TlsRefusal;
import java.sql.SQLException;
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
        /** A server does not answer now. It may come back by itself, so a daemon waits for it. */
        OUTAGE,
        /** Replication cannot start until somebody mends it. */
        PROBLEM
    }

    public static Check ok(String subject, String message) {
        return new Check(subject, Level.OK, message, null);
    }

    public static Check warning(String subject, String message, @Nullable String remedy) {
        return new Check(subject, Level.WARNING, message, remedy);
    }

    /** A server that gives no answer: not a mistake yet, unless the address is one. */
    public static Check outage(String subject, String message, @Nullable String remedy) {
        return new Check(subject, Level.OUTAGE, message, remedy);
    }

    /**
     * A connection to a database that failed: an outage when the server is not there, starts, stops or is full, a problem when it
     * answered and refused, or when the two do not agree on encryption.
     *
     * @param remedy the key to correct where the server refused; the server itself may have to be started otherwise
     */
    public static Check noConnection(String subject, String message, SQLException failure, String remedy) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        // 08004: the server asks for a password, or has no place for this client in pg_hba.conf.
        boolean outage = state.matches("(08|53|57|58)...") && !state.equals("08004") && !TlsRefusal.isIn(failure);
        return outage ? outage(subject, message, remedy) : problem(subject, message, remedy);
    }

    /** Whether replication cannot start as things are now. */
    public boolean hinders() {
        return level == Level.OUTAGE || level == Level.PROBLEM;
    }

    public static Check problem(String subject, String message, @Nullable String remedy) {
        return new Check(subject, Level.PROBLEM, message, remedy);
    }
}
