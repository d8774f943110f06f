package io.twinlog.connect.settings;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** Makes our JDBC drivers known: inside a plugin's folder JDBC does not find them by itself. Stateless. */
public final class JdbcDriver {

    /** Read once, by the class that gives MariaDB's driver its loggers. */
    private static final String MARIADB_SILENCE = "mariadb.logging.disable";

    private JdbcDriver() {}

    /** Harmless when done already. */
    public static synchronized void load() {
        silenceMariadb();
        try {
            if (!org.postgresql.Driver.isRegistered()) {
                org.postgresql.Driver.register();
            }
            Driver mariadb = new org.mariadb.jdbc.Driver();
            // Those that this class loader sees.
            if (DriverManager.drivers().noneMatch(org.mariadb.jdbc.Driver.class::isInstance)) {
                DriverManager.registerDriver(mariadb);
            }
        } catch (SQLException e) {
            throw new ConnectException("A JDBC driver cannot be registered", e);
        }
    }

    /**
     * MariaDB's driver repeats every error of a server, with the values of rows in it, in the worker's log; our parts say without them what
     * follows. Only the driver in our folder is silenced: other plugins have one of their own.
     */
    private static void silenceMariadb() {
        String before = System.getProperty(MARIADB_SILENCE);
        System.setProperty(MARIADB_SILENCE, "true");
        try {
            org.mariadb.jdbc.util.log.Loggers.getLogger(JdbcDriver.class);
        } finally {
            if (before == null) {
                System.clearProperty(MARIADB_SILENCE);
            } else {
                System.setProperty(MARIADB_SILENCE, before);
            }
        }
    }
}
