package io.twinlog.applier.target.postgres;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an error of the target means (PostgreSQL manual, appendix A). */
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

    static final String UNIQUE_VIOLATION = "23505";
    static final String NOT_SUPPORTED = "0A000";

    public static SqlFailure of(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null || state.length() != 5) {
            return OUTAGE;
        }
        switch (state) {
            case "40001", "40P01", "55P03" -> {
                return TRANSIENT;
            }
            case "57P01",
                    "57P02",
                    "57P03",
                    "57P05",
                    "57014",
                    "25006",
                    "25P02",
                    "25P03",
                    "25P04",
                    "08P01",
                    "55006",
                    "58000",
                    "58030" -> {
                return OUTAGE;
            }
            case "42P01", "42703", "42804", "428C9", "3F000", "42P10" -> {
                return SCHEMA;
            }
            case "42501", "28P01", "28000", "3D000" -> {
                return PRIVILEGE;
            }
            case "54000", "44000" -> {
                return DATA;
            }
            case NOT_SUPPORTED -> {
                // "cached plan must not change result type": somebody altered the table; a new session plans anew.
                String message = failure.getMessage();
                return message != null && message.contains("cached plan") ? OUTAGE : BUG;
            }
            default -> {
                return ofClass(state.substring(0, 2));
            }
        }
    }

    private static SqlFailure ofClass(String stateClass) {
        return switch (stateClass) {
            case "08", "53" -> OUTAGE;
            // P0: an error raised by a trigger that is enabled even for replication.
            case "22", "23", "P0" -> DATA;
            default -> BUG;
        };
    }

    /** The violated constraint, where the server named one. */
    static @Nullable String constraint(SQLException failure) {
        ServerErrorMessage message = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return message == null ? null : message.getConstraint();
    }

    /** The server's words without the detail line, which holds row values. */
    public static String words(SQLException failure) {
        ServerErrorMessage message = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        String words = message == null ? null : message.getMessage();
        return words == null ? "no message" : words;
    }
}
