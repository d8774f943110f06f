package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.BinlogConnection.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/**
 * Where the source is and who we are there; opens connections. Immutable.
 *
 * @param url {@code jdbc:mariadb://host:port/...}; {@code jdbc:mysql:} is taken for the same
 */
public record MariadbAddress(String url, String user, String password) {

    private static final String SCHEME = "jdbc:mariadb:";
    private static final String OTHER_SCHEME = "jdbc:mysql:";
    private static final int CONNECT_MILLIS = 10_000;
    private static final String UNUSABLE = "08001";

    public MariadbAddress {
        url = url.startsWith(OTHER_SCHEME) ? SCHEME + url.substring(OTHER_SCHEME.length()) : url;
    }

    public static boolean understands(String url) {
        return url.startsWith(SCHEME) || url.startsWith(OTHER_SCHEME);
    }

    /** An ordinary connection with the settings of this session, in auto-commit. */
    public Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
        properties.setProperty("tcpKeepAlive", "true");
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute(ServerKind.of(connection).session());
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

    /**
     * Where the binlog is read, encrypted as the URL asks.
     *
     * @throws SQLException if the URL names several servers, or a certificate that cannot be read
     */
    public Endpoint endpoint() throws SQLException {
        Configuration configuration = Configuration.parse(url);
        if (configuration == null || configuration.addresses().size() != 1) {
            throw new SQLException("source.url must name one server: " + this, UNUSABLE);
        }
        HostAddress host = configuration.addresses().get(0);
        return new Endpoint(host.host, host.port, user, password, BinlogTls.of(configuration, host));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url.replaceAll("(?i)(password=)[^&]*", "$1***") + " as " + user;
    }
}
