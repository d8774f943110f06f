package io.twinlog.capture.postgres.connection;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/**
 * Where the source is and who we are there; opens connections. Immutable.
 *
 * @param applicationName what the source shows as our name
 */
public record SourceAddress(String url, String user, String password, String applicationName) {

    private static final int CONNECT_SECONDS = 10;

    /**
     * What makes text output exact and independent of the server's configuration; the search path because types such as
     * regclass print names relative to it.
     */
    private static final String SESSION = "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';"
            + " SET extra_float_digits = 3; SET bytea_output = 'hex'; SET TimeZone = 'UTC'; SET lc_monetary = 'C';"
            + " SET xmloption = 'content'; SET search_path = ''; SET statement_timeout = 0; SET lock_timeout = 0;"
            + " SET idle_in_transaction_session_timeout = 0";

    /** An ordinary connection with the settings of this session, in auto-commit. */
    public Connection open() throws SQLException {
        Properties properties = properties();
        Connection connection = DriverManager.getConnection(url, properties);
        return configured(connection, SESSION);
    }

    /** A connection for one short question, for whose answer, as for the connection, at most {@code limit} is waited. */
    Connection openBriefly(Duration limit) throws SQLException {
        Properties properties = properties();
        for (String wait : new String[] {"connectTimeout", "loginTimeout", "socketTimeout"}) {
            properties.setProperty(wait, Long.toString(limit.toSeconds()));
        }
        return DriverManager.getConnection(url, properties);
    }

    /** A connection to a walsender that also understands SQL. */
    Connection openReplication() throws SQLException {
        Properties properties = properties();
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("socketFactory", SmallWindowSocketFactory.class.getName());
        // Encryption by GSSAPI lives in pgjdbc's stream, below which we could not read; TLS lives in the socket.
        properties.setProperty("gssEncMode", "disable");
        Connection connection = DriverManager.getConnection(url, properties);
        return configured(connection, SESSION + "; SET wal_sender_timeout = '30s'");
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(2 * CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", KeepAliveSocketFactory.class.getName());
        return properties;
    }

    private static Connection configured(Connection connection, String settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : settings.split(";", -1)) {
                statement.execute(setting.strip());
            }
            return connection;
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url.replaceAll("(?i)(password=)[^&]*", "$1***") + " as " + user;
    }
}
