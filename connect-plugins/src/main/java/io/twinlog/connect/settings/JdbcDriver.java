package io.twinlog.connect.settings;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** Makes our JDBC drivers known: inside a plugin's folder JDBC does not find them by itself. Stateless. */
public final class JdbcDriver {

    private JdbcDriver() {}

    /** Harmless when done already. */
    public static synchronized void load() {
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
}
