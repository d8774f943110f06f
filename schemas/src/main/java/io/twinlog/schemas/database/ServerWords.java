package io.twinlog.schemas.database;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of the words of a server's error may be logged: what quotes a row may not. Stateless. */
public final class ServerWords {

    /** Takes the place of a sentence that may quote a value. */
    public static final String WITHHELD = "a value is refused; the words for it are in the server's own log";

    /** Values that do not fit, and whatever functions and triggers say. */
    private static final Set<String> QUOTING = Set.of("09", "20", "21", "22", "27", "2F", "38", "39", "P0");

    /** Connections, accounts, names, resources, objects in use, operators: here detail and hint say what to do. */
    private static final Set<String> INSTRUCTIVE = Set.of("08", "28", "3D", "42", "53", "55", "57", "58");

    /** MariaDB and MySQL: values that do not fit their columns or functions, by number. */
    private static final Set<Integer> OF_VALUES = Set.of(
            1264, 1265, 1267, 1292, 1300, 1366, 1367, 1406, 1411, 1416, 1441, 1690, 3140, 3156, 3157, 3158, 3854, 4078);

    private ServerWords() {}

    /** Whether an error of MariaDB's or MySQL's is about a value that does not fit; its sentence quotes it. */
    public static boolean isOfValue(int error) {
        return OF_VALUES.contains(error);
    }

    /** Whether the sentence of a PostgreSQL itself may quote a value. */
    public static boolean quoteValues(@Nullable String sqlState) {
        return sqlState != null && sqlState.length() == 5 && QUOTING.contains(sqlState.substring(0, 2));
    }

    /** Whether detail and hint of a PostgreSQL are about the server, not about a row. */
    public static boolean detailIsInstructive(@Nullable String sqlState) {
        return sqlState != null && sqlState.length() == 5 && INSTRUCTIVE.contains(sqlState.substring(0, 2));
    }
}
