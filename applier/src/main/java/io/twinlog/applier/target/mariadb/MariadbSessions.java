package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.target.LockedException;
import io.twinlog.applier.target.TargetSession;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;

/** Opens sessions: settings, the lock against a second applier, the mark of our writes. Stateless but for what it was made with. */
final class MariadbSessions {

    /** Seconds; shorter than the connection's time-out for an answer. */
    private static final int REPLAY_PATIENCE = 240;

    private static final int LONGEST_LOCK_NAME = 60;

    private final String url;
    private final String user;
    private final String password;
    private final String replication;

    MariadbSessions(String url, String user, String password, String replication) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.replication = replication;
    }

    Connection connect(String applicationName) throws SQLException {
        return Dialect.MARIADB.connect(url, user, password, applicationName);
    }

    TargetSession open() throws SQLException {
        Connection connection = connect("twinlog " + replication);
        try {
            setUp(connection);
            lock(connection);
            return session(connection);
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    TargetSession openForReplay() throws SQLException {
        Connection connection = connect("twinlog " + replication + " replay");
        try {
            if (!lock(connection, "replay", REPLAY_PATIENCE)) {
                throw new TwinlogException(
                        Category.TRANSIENT,
                        "Another replay works on replication " + replication + " for more than " + REPLAY_PATIENCE
                                + " s. Nothing was changed; try again when it has ended.");
            }
            setUp(connection);
            return session(connection);
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    private TargetSession session(Connection connection) throws SQLException {
        boolean marked = mark(connection);
        connection.setAutoCommit(false);
        return new TargetSession(connection, number(connection), marked);
    }

    private static long number(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void close(Connection connection, Exception failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private static void setUp(Connection connection) throws SQLException {
        requireServer(connection);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try (Statement statement = connection.createStatement()) {
            for (String setting : ServerFlavor.of(connection).settings()) {
                statement.execute(setting);
            }
            if (isOn(connection, "innodb_snapshot_isolation")) {
                // Another session's commit would make our statement fail that reads the newest row anyway.
                statement.execute("SET SESSION innodb_snapshot_isolation = OFF");
            }
        }
        if (!isOn(connection, "explicit_defaults_for_timestamp")) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "The target's explicit_defaults_for_timestamp is OFF: a null would become the present time. Set it"
                            + " to ON in the server's configuration (SET GLOBAL explicit_defaults_for_timestamp = ON; where"
                            + " the version allows) and start again.");
        }
    }

    /**
     * Refuses servers on which this was never tried.
     *
     * @throws TwinlogException category CONFIG
     */
    static void requireServer(Connection connection) throws SQLException {
        String problem = problem(connection);
        if (problem != null) {
            throw new TwinlogException(Category.CONFIG, problem);
        }
    }

    /** What is wrong with the server's kind or version, or null. */
    static @org.jspecify.annotations.Nullable String problem(Connection connection) throws SQLException {
        ServerFlavor flavor = ServerFlavor.of(connection);
        String version = version(connection);
        return release(version) < release(flavor.oldest())
                ? flavor.product() + " " + version + " is older than " + flavor.oldest()
                : null;
    }

    /** A number that grows with versions: 8000017 of 8.0.17, 10006000 of 10.6. */
    static int release(String version) {
        String[] parts = version.split("\\D", 4);
        int patch = parts.length > 2 && !parts[2].isEmpty() ? Integer.parseInt(parts[2]) : 0;
        return 1_000_000 * Integer.parseInt(parts[0]) + 1000 * Integer.parseInt(parts[1]) + patch;
    }

    static String version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT VERSION()")) {
            row.next();
            return row.getString(1);
        }
    }

    static boolean isOn(Connection connection, String variable) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW SESSION VARIABLES LIKE '" + variable + "'")) {
            return row.next() && ("ON".equalsIgnoreCase(row.getString(2)) || "1".equals(row.getString(2)));
        }
    }

    private void lock(Connection connection) throws SQLException {
        if (!lock(connection, "applier", 0)) {
            throw holder(connection);
        }
    }

    private boolean lock(Connection connection, String purpose, int seconds) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
            lock.setString(1, lockName(purpose));
            lock.setInt(2, seconds);
            try (ResultSet row = lock.executeQuery()) {
                return row.next() && row.getInt(1) == 1;
            }
        }
    }

    private String lockName(String purpose) {
        String name = "twinlog " + purpose + " " + replication;
        if (name.length() <= LONGEST_LOCK_NAME) {
            return name;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return "twinlog " + HexFormat.of().formatHex(hash, 0, 20);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /**
     * Who has the lock. A session that was killed, or whose applier was, keeps it until the server has rolled back what it had begun: MariaDB says
     * so, MySQL shows it no longer. That is waited for (invariant 7).
     */
    private RuntimeException holder(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT l.id, p.\"USER\", p.host, p.command FROM (SELECT"
                        + " IS_USED_LOCK(?) AS id) l LEFT JOIN information_schema.processlist p ON p.id = l.id")) {
            select.setString(1, lockName("applier"));
            try (ResultSet row = select.executeQuery()) {
                if (row.next() && row.getLong(1) > 0) {
                    String command = row.getString(4);
                    if (command == null || command.equals("Killed")) {
                        return new TwinlogException(
                                Category.OUTAGE,
                                "Session " + row.getLong(1) + " of the target has the lock of replication "
                                        + replication
                                        + ": the server is rolling back what a killed applier had begun"
                                        + (command == null
                                                ? ", or it is another applier's, which an account without the privilege"
                                                        + " PROCESS is not shown"
                                                : ""));
                    }
                    return new LockedException(
                            row.getLong(1),
                            "session " + row.getLong(1) + " (user '" + row.getString(2) + "', client "
                                    + row.getString(3) + ")",
                            !command.equals("Sleep"));
                }
            }
        }
        return new LockedException(0, "a session that has just ended", false);
    }

    // Lets a capture on this server tell our writes from others; without the privilege it goes without.
    private boolean mark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ServerFlavor.of(connection).marking(replication));
            return true;
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.OUTAGE) {
                throw e;
            }
            // No privilege; or the server has no such mark.
            return false;
        }
    }
}
