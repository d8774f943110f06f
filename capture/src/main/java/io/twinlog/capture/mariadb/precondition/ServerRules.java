package io.twinlog.capture.mariadb.precondition;

import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.ServerKind;
import java.sql.SQLException;
import java.util.List;

/** What must hold at a server of one kind before its log can be read. Stateless. */
interface ServerRules {

    /**
     * A variable that must have a value; one that the server does not have holds by itself.
     *
     * @param consequence of any other value
     */
    record Required(String variable, String wanted, String consequence) {}

    static ServerRules of(ServerKind kind) {
        return kind.product().equals("MySQL") ? new MysqlRules() : new MariadbRules();
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
