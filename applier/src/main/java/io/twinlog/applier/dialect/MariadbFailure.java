package io.twinlog.applier.dialect;

import io.twinlog.schemas.database.ServerWords;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an error of MariaDB or MySQL means (their manuals, "MariaDB Error Code Reference", "Server Error Message Reference"). Stateless. */
final class MariadbFailure {

    /** Duplicate keys, by number. */
    private static final Set<Integer> UNIQUE = Set.of(1022, 1062, 1169, 1586);

    /** Null, no default, foreign keys (another session may have them checked), CHECK, what a trigger raises, sizes of rows. */
    private static final Set<Integer> CONSTRAINT =
            Set.of(1048, 1118, 1216, 1217, 1263, 1364, 1365, 1369, 1442, 1451, 1452, 1644, 3819, 4025);

    /**
     * Lock time-out, deadlock, a row or table that changed since the transaction has seen it, a lock that is not waited for, a savepoint that is
     * gone: a deadlock ends the whole transaction, and what was sent behind it fails for other reasons.
     */
    private static final Set<Integer> TRANSIENT = Set.of(1020, 1205, 1213, 1305, 1412, 3572);

    /**
     * Disk full; memory, connections; shutdown; killed; read-only; errors of the network and of the storage engine; statements that a new session
     * prepares anew.
     */
    private static final Set<Integer> OUTAGE = Set.of(
            3, 1021, 1026, 1030, 1037, 1038, 1040, 1041, 1043, 1053, 1077, 1078, 1079, 1080, 1114, 1129, 1152, 1158,
            1159, 1160, 1161, 1180, 1181, 1184, 1194, 1195, 1203, 1206, 1226, 1243, 1290, 1317, 1615, 1792, 1836, 1927,
            1969, 4031);

    private static final Set<Integer> SCHEMA = Set.of(1049, 1051, 1054, 1109, 1136, 1146, 1347, 1906, 1932);

    private static final Set<Integer> PRIVILEGE =
            Set.of(1044, 1045, 1095, 1130, 1131, 1142, 1143, 1227, 1251, 1370, 1410, 1419, 1698, 1820, 3159);

    private static final Pattern KEY = Pattern.compile("for key '(?:[^'.]*\\.)?([^']*)'\\s*$");
    private static final Pattern CHECK =
            Pattern.compile("CONSTRAINT [`\"]((?:[^`\"])*)[`\"] failed|Check constraint '([^']*)' is violated");
    private static final Pattern CONNECTION = Pattern.compile("^\\(conn=\\d+\\) ");

    private MariadbFailure() {}

    /** Whether the error is one of a MariaDB server: PostgreSQL's have no number. */
    static boolean isOne(SQLException failure) {
        return failure.getErrorCode() > 0;
    }

    static SqlFailure of(SQLException failure) {
        int code = failure.getErrorCode();
        if (isUnique(failure) || isConversion(failure) || CONSTRAINT.contains(code)) {
            return SqlFailure.DATA;
        }
        if (TRANSIENT.contains(code)) {
            return SqlFailure.TRANSIENT;
        }
        if (OUTAGE.contains(code)) {
            return SqlFailure.OUTAGE;
        }
        if (SCHEMA.contains(code)) {
            return SqlFailure.SCHEMA;
        }
        if (PRIVILEGE.contains(code)) {
            return SqlFailure.PRIVILEGE;
        }
        String state = failure.getSQLState();
        return state != null && state.startsWith("08")
                ? SqlFailure.OUTAGE
                // What a trigger signals.
                : "45000".equals(state) ? SqlFailure.DATA : SqlFailure.BUG;
    }

    static boolean isUnique(SQLException failure) {
        return UNIQUE.contains(failure.getErrorCode());
    }

    static boolean isConversion(SQLException failure) {
        return ServerWords.isOfValue(failure.getErrorCode());
    }

    static @Nullable String constraint(SQLException failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        Matcher name = (isUnique(failure) ? KEY : CHECK).matcher(message);
        if (!name.find()) {
            return null;
        }
        return name.groupCount() > 1 && name.group(1) == null ? name.group(2) : name.group(1);
    }

    /** The server's words; those about a row's data hold its values and are left out. */
    static String words(SQLException failure) {
        String message = failure.getMessage();
        return message == null || of(failure) == SqlFailure.DATA
                ? "error " + failure.getErrorCode()
                : CONNECTION.matcher(message).replaceFirst("");
    }
}
