package io.twinlog.schemas.database;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of the words of a PostgreSQL's error may be logged, by its SQLSTATE: what quotes a row may not. Stateless. */
public final class ServerWords {

    /** Takes the place of a sentence that may quote a value. */
    public static final String WITHHELD = "a value is refused; the words for it are in the server's own log";

    /** Values that do not fit, and whatever functions and triggers say. */
    private static final Set<String> QUOTING = Set.of("09", "20", "21", "22", "27", "2F", "38", "39", "P0");

    /** Connections, accounts, names, resources, objects in use, operators: here detail and hint say what to do. */
    private static final Set<String> INSTRUCTIVE = Set.of("08", "28", "3D", "42", "53", "55", "57", "58");

    private ServerWords() {}

    /** Whether the sentence itself may quote a value. */
    public static boolean quoteValues(@Nullable String sqlState) {
        return sqlState != null && sqlState.length() == 5 && QUOTING.contains(sqlState.substring(0, 2));
    }

    /** Whether detail and hint are about the server, not about a row. */
    public static boolean detailIsInstructive(@Nullable String sqlState) {
        return sqlState != null && sqlState.length() == 5 && INSTRUCTIVE.contains(sqlState.substring(0, 2));
    }
}
