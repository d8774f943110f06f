package io.twinlog.connect.settings;

import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.postgresql.Driver;

/** Makes our JDBC driver known: inside a plugin's folder JDBC does not find it by itself. Stateless. */
public final class JdbcDriver {

    private JdbcDriver() {}

    /** Harmless when done already. */
    public static synchronized void load() {
        if (!Driver.isRegistered()) {
            try {
                Driver.register();
            } catch (SQLException e) {
                throw new ConnectException("The JDBC driver cannot be registered", e);
            }
        }
    }
}
