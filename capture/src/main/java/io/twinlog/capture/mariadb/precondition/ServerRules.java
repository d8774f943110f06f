package io.twinlog.capture.mariadb.precondition;

import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.ServerKind;
import io.twinlog.schemas.check.Check;
import java.sql.SQLException;
import java.util.List;

/** What must hold at a server of one kind before its log can be read. Stateless. */
interface ServerRules {

    /** What checks of the server as a whole are about. */
    String SERVER = "source server";

    /**
     * A variable that must have a value; one that the server does not have holds by itself.
     *
     * @param consequence of any other value
     */
    record Required(String variable, String wanted, String consequence) {}

    static ServerRules of(ServerKind kind) {
        return kind.product().equals("MySQL") ? new MysqlRules() : new MariadbRules();
    }

    /**
     * Whether a server can be read.
     *
     * @param product its name for people
     * @param version as it says it itself
     */
    default Check version(String product, String version) {
        String found = product + " " + version;
        return release(version) < release(oldest())
                ? Check.problem(SERVER, found + " " + whyNotOlder(), "Upgrade it to " + oldest() + " or later")
                : Check.ok(SERVER, found);
    }

    private static int release(String version) {
        String[] parts = version.split("\\D", 3);
        return 1000 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
    }

    /** The oldest version that can be read, such as {@code 10.5}. */
    String oldest();

    /** Why older ones cannot. */
    String whyNotOlder();

    List<Required> required();

    /** The privilege that lets ask where the log ends, as the server names it when it grants it. */
    String monitoring();

    /** Whether an initial sync may have to lock the server for a moment. */
    boolean snapshotMayLock();

    /** Whether rows that change by a foreign key's CASCADE or SET NULL are logged. */
    boolean logsCascades(BinlogFiles files) throws SQLException;
}
