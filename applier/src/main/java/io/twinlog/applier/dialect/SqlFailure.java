package io.twinlog.applier.dialect;

import io.twinlog.schemas.database.ServerWords;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an error of the target means; of PostgreSQL see its manual, appendix A. */
public enum SqlFailure {
    /** Deadlock, serialization failure, lock time-out. */
    TRANSIENT,
    /** The server cannot be reached or cannot work at the moment. */
    OUTAGE,
    /** A row that the database refuses. */
    DATA,
    /** Table or column missing or of another type. */
    SCHEMA,
    PRIVILEGE,
    BUG;

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DEADLOCK = "40P01";
    private static final String NOT_SUPPORTED = "0A000";

    public static SqlFailure of(SQLException failure) {
        if (MariadbFailure.isOne(failure)) {
            return MariadbFailure.of(failure);
        }
        String state = failure.getSQLState();
        if (state == null || state.length() != 5) {
            return OUTAGE;
        }
        return switch (state) {
            // Serialization failure, deadlock, lock time-out, snapshot too old.
            case "40000", "40001", DEADLOCK, "55P03", "72000" -> TRANSIENT;
            // What a new session cures, or time: read-only (a standby, or a full disk at a cloud provider), a session
            // that somebody ended or pooled, a transaction whose end is unknown, an object in use.
            case "25006", "25P02", "25P03", "25P04", "26000", "40003", "55006", "HV00N" -> OUTAGE;
            // Undefined, or of another type or kind. 55000: a table of a publication without replica identity.
            case "42P01", "42703", "42704", "42804", "42809", "42846", "42883", "428C9", "42P10", "3F000", "55000" ->
                SCHEMA;
            case "42501", "3D000" -> PRIVILEGE;
            case NOT_SUPPORTED -> {
                // "cached plan must not change result type": somebody altered the table; a new session plans anew.
                String message = failure.getMessage();
                yield message != null && message.contains("cached plan") ? OUTAGE : BUG;
            }
            default -> ofClass(state.substring(0, 2));
        };
    }

    private static SqlFailure ofClass(String stateClass) {
        return switch (stateClass) {
            // Connection, resources, operator intervention, the server's own system.
            case "08", "53", "57", "58" -> OUTAGE;
            // Values, constraints, WITH CHECK OPTION, sizes; and what triggers that are enabled even for replication
            // and expressions of the table raise: 09, 20, 27, 2F, 38, 39, P0.
            case "22", "23", "44", "54", "09", "20", "27", "2F", "38", "39", "P0" -> DATA;
            case "28" -> PRIVILEGE;
            default -> BUG;
        };
    }

    /** Whether another row holds a unique value of the row. */
    public static boolean isUnique(SQLException failure) {
        return MariadbFailure.isOne(failure)
                ? MariadbFailure.isUnique(failure)
                : UNIQUE_VIOLATION.equals(failure.getSQLState());
    }

    /** Whether a value does not fit its column. */
    public static boolean isConversion(SQLException failure) {
        String state = failure.getSQLState();
        return MariadbFailure.isOne(failure)
                ? MariadbFailure.isConversion(failure)
                : state != null && state.startsWith("22");
    }

    /** Whether it is the row itself that is refused, whatever other rows there are: a check, a null, a value. PostgreSQL alone tells. */
    public static boolean isOfRowAlone(SQLException failure) {
        String state = failure.getSQLState();
        return !MariadbFailure.isOne(failure)
                && state != null
                && (state.equals("23514") || state.equals("23502") || state.startsWith("22"));
    }

    /** The error's name: its SQLSTATE, and its number where the database gives one. */
    public static String code(SQLException failure) {
        String state = "SQLSTATE " + failure.getSQLState();
        return MariadbFailure.isOne(failure) ? state + ", error " + failure.getErrorCode() : state;
    }

    /** The violated constraint, where the server named one. */
    public static @Nullable String constraint(SQLException failure) {
        if (MariadbFailure.isOne(failure)) {
            return MariadbFailure.constraint(failure);
        }
        ServerErrorMessage message = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return message == null ? null : message.getConstraint();
    }

    /** Where the server was when it failed, in its own words; may hold row values. */
    public static @Nullable String context(SQLException failure) {
        ServerErrorMessage message = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return message == null ? null : message.getWhere();
    }

    /** Whether the server itself failed the statement: what the driver or the network says holds no row values. */
    public static boolean isOfServer(SQLException failure) {
        return MariadbFailure.isOne(failure)
                || failure instanceof PSQLException psql && psql.getServerErrorMessage() != null;
    }

    /**
     * The server's words without the detail line, which holds row values; that of a deadlock names sessions alone. Of a value that is
     * refused not even the sentence.
     */
    public static String words(SQLException failure) {
        if (MariadbFailure.isOne(failure)) {
            return MariadbFailure.words(failure);
        }
        ServerErrorMessage message = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        if (message != null && ServerWords.quoteValues(failure.getSQLState())) {
            return ServerWords.WITHHELD;
        }
        String words = message == null ? null : message.getMessage();
        if (message != null && DEADLOCK.equals(failure.getSQLState()) && message.getDetail() != null) {
            return words + ": " + message.getDetail().replace('\n', ' ');
        }
        return words == null ? "no message" : words;
    }

    /** The same failure with {@link #words} in place of its message: loggers print the messages of causes too. */
    public static SQLException withoutValues(SQLException failure) {
        SQLException shown = new SQLException(words(failure), failure.getSQLState(), failure.getErrorCode());
        shown.setStackTrace(failure.getStackTrace());
        return shown;
    }
}
