package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.target.LockedException;
import io.twinlog.applier.target.TargetSession;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.origin.OriginMark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/** Opens sessions: settings, the lock against a second applier, the replication origin. Stateless but for what it was made with. */
final class PostgresSessions {

    private static final String LIMIT_EXCEEDED = "53400";
    private static final String IN_USE = "55006";
    private static final String UNKNOWN_PARAMETER = "42704";
    private static final String INVALID_VALUE = "22023";
    private static final int LOCK_CLASS = 0x7477_696E;
    private static final int REPLAY_LOCK_CLASS = 0x7477_7265;

    // Plans must stay on the index whatever the statistics say: a plan made for an empty table would scan the full one
    // later. Keep-alives let the server notice in a minute that the applier's machine is gone, and release its lock.
    private static final String SETTINGS = "SET session_replication_role = replica; SET DateStyle = 'ISO, MDY';"
            + " SET IntervalStyle = postgres; SET TimeZone = 'UTC'; SET bytea_output = hex; SET lc_monetary = 'C';"
            + " SET xmloption = content; SET extra_float_digits = 1; SET standard_conforming_strings = on;"
            + " SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;"
            + " SET enable_material = off; SET enable_memoize = off; SET jit = off;"
            + " SET plan_cache_mode = force_generic_plan; SET lock_timeout = '10s'; SET statement_timeout = 0;"
            + " SET idle_in_transaction_session_timeout = 0; SET default_transaction_isolation = 'read committed';"
            + " SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 4";

    /** Shorter than the connection's time-out for an answer. */
    private static final String REPLAY_PATIENCE = "4min";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final String url;
    private final String user;
    private final String password;
    private final String replication;

    PostgresSessions(String url, String user, String password, String replication) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.replication = replication;
    }

    /** Connects without any setting. */
    Connection connect(String applicationName) throws SQLException {
        return Dialect.POSTGRESQL.connect(url, user, password, applicationName);
    }

    /** Opens the session and takes the replication's lock. */
    TargetSession open() throws SQLException {
        Connection connection = connect("twinlog " + replication);
        try {
            setUp(connection);
            noticeDeath(connection);
            lock(connection);
            return session(connection, OriginMark.replicationOrigin(replication));
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    /** Opens a session for a replay as soon as no other one has it. */
    TargetSession openForReplay() throws SQLException {
        Connection connection = connect("twinlog " + replication + " replay");
        try {
            awaitOtherReplay(connection);
            setUp(connection);
            return session(connection, TargetSession.replayOrigin(replication));
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    private static TargetSession session(Connection connection, String origin) throws SQLException {
        boolean marked = setUpOrigin(connection, origin);
        connection.setAutoCommit(false);
        return new TargetSession(
                connection, connection.unwrap(PGConnection.class).getBackendPID(), marked);
    }

    private static void close(Connection connection, Exception failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private void awaitOtherReplay(Connection connection) throws SQLException {
        try (Statement patience = connection.createStatement();
                PreparedStatement lock =
                        connection.prepareStatement("SELECT pg_catalog.pg_advisory_lock(?, pg_catalog.hashtext(?))")) {
            patience.execute("SET lock_timeout = '" + REPLAY_PATIENCE + "'");
            lock.setInt(1, REPLAY_LOCK_CLASS);
            lock.setString(2, replication);
            lock.execute();
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            throw new TwinlogException(
                    Category.TRANSIENT,
                    "Another replay works on replication " + replication + " for more than " + REPLAY_PATIENCE
                            + ". Nothing was changed; try again when it has ended.",
                    e);
        }
    }

    private static void setUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS);
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.PRIVILEGE) {
                throw new TwinlogException(
                        Category.CONFIG,
                        "The target's user may not set session_replication_role, without which triggers would fire"
                                + " again. Run at the target: GRANT SET ON PARAMETER session_replication_role TO <user>;"
                                + " (PostgreSQL 15 and later; before, use a superuser)",
                        e);
            }
            throw e;
        }
    }

    // A server that executes a statement, or waits for a lock, looks for its client only when it is told to; else the
    // lock would outlive an applier that was killed. Unknown before PostgreSQL 14, refused by some platforms.
    private static void noticeDeath(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET client_connection_check_interval = '2s'");
        } catch (SQLException e) {
            if (!UNKNOWN_PARAMETER.equals(e.getSQLState()) && !INVALID_VALUE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT pg_catalog.pg_try_advisory_lock(?, pg_catalog.hashtext(?))")) {
            lock.setInt(1, LOCK_CLASS);
            lock.setString(2, replication);
            try (ResultSet result = lock.executeQuery()) {
                if (result.next() && result.getBoolean(1)) {
                    return;
                }
            }
        }
        throw holder(connection);
    }

    private LockedException holder(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT l.pid, a.application_name,"
                + " coalesce(pg_catalog.host(a.client_addr), 'local'), coalesce(a.state, '') = 'active' FROM pg_catalog.pg_locks l LEFT JOIN"
                + " pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND"
                + " l.classid = ? AND l.objid::bigint = (pg_catalog.hashtext(?)::bigint & 4294967295) AND l.database ="
                + " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())")) {
            select.setLong(1, LOCK_CLASS);
            select.setString(2, replication);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    return new LockedException(
                            row.getInt(1),
                            "session " + row.getInt(1) + " (application_name '" + row.getString(2) + "', client "
                                    + row.getString(3) + ")",
                            row.getBoolean(4));
                }
            }
        }
        return new LockedException(0, "a session that has just ended", false);
    }

    // The origin lets a capture on this database tell our writes from others; without the privilege it goes without.
    private static boolean setUpOrigin(Connection connection, String name) throws SQLException {
        try (PreparedStatement setup =
                connection.prepareStatement("SELECT CASE WHEN pg_catalog.pg_replication_origin_oid(?) IS NULL THEN"
                        + " pg_catalog.pg_replication_origin_create(?) END")) {
            setup.setString(1, name);
            setup.setString(2, name);
            setup.execute();
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.PRIVILEGE) {
                return false;
            }
            throw e;
        }
        try (PreparedStatement setup =
                connection.prepareStatement("SELECT pg_catalog.pg_replication_origin_session_setup(?)")) {
            setup.setString(1, name);
            setup.execute();
            return true;
        } catch (SQLException e) {
            // The server has no free place for a further origin: max_active_replication_origins (before PostgreSQL 18:
            // max_replication_slots) is reached.
            if (SqlFailure.of(e) != SqlFailure.PRIVILEGE && !LIMIT_EXCEEDED.equals(e.getSQLState())) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Drops the replication's origin if it exists and may be dropped; over an ordinary connection.
     *
     * @return false if a session uses it
     */
    boolean dropOrigin(Connection connection) throws SQLException {
        try (PreparedStatement drop = connection.prepareStatement(
                "SELECT pg_catalog.pg_replication_origin_drop(roname) FROM pg_catalog.pg_replication_origin WHERE"
                        + " roname IN (?, ?)")) {
            drop.setString(1, OriginMark.replicationOrigin(replication));
            drop.setString(2, TargetSession.replayOrigin(replication));
            drop.execute();
            return true;
        } catch (SQLException e) {
            if (IN_USE.equals(e.getSQLState())) {
                return false;
            }
            if (SqlFailure.of(e) != SqlFailure.PRIVILEGE) {
                throw e;
            }
            return true;
        }
    }
}
