package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The one connection that writes to the target: session settings, the lock against a second applier, prepared statements,
 * marks to roll back to. Not thread-safe; owned by the writing thread, which closes it.
 */
public final class TargetSession implements AutoCloseable {

    private static final int MAX_PREPARED = 200;
    private static final String LIMIT_EXCEEDED = "53400";
    private static final String IN_USE = "55006";
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

    private final Connection connection;
    private final String replication;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PreparedStatement> eldest) {
            if (size() <= MAX_PREPARED) {
                return false;
            }
            closeQuietly(eldest.getValue());
            return true;
        }
    };
    private boolean touched;
    private boolean origin;

    private TargetSession(Connection connection, String replication) {
        this.connection = connection;
        this.replication = replication;
    }

    /** Connects as an applier's session would, without any setting. */
    public static Connection connect(String url, String user, String password, String applicationName)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("preparedStatementCacheQueries", "0");
        properties.setProperty("binaryTransferEnable", PgType.BINARY_ARRAYS);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "15");
        properties.setProperty("socketTimeout", "300");
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(url, properties);
    }

    /**
     * Opens the session and takes the replication's lock.
     *
     * @throws TwinlogException category CONFIG if another applier holds it or a privilege is missing
     */
    public static TargetSession open(String url, String user, String password, String replication) throws SQLException {
        TargetSession session = new TargetSession(connect(url, user, password, "twinlog " + replication), replication);
        try {
            session.setUp();
            session.lock();
            session.setUpOrigin("twinlog_" + replication);
            session.connection.setAutoCommit(false);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Opens a session for one who decides on conflicts beside an applier, which may run or not. There is one at a time; a second one waits
     * for it.
     *
     * @throws TwinlogException category TRANSIENT if that takes longer than {@value #REPLAY_PATIENCE}
     */
    public static TargetSession openForReplay(String url, String user, String password, String replication)
            throws SQLException {
        TargetSession session =
                new TargetSession(connect(url, user, password, "twinlog " + replication + " replay"), replication);
        try {
            session.awaitOtherReplay();
            session.setUp();
            session.setUpOrigin(replayOrigin(replication));
            session.connection.setAutoCommit(false);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private void awaitOtherReplay() throws SQLException {
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

    // A dot is in no replication's name, and so in no applier's origin.
    static String replayOrigin(String replication) {
        return "twinlog_" + replication + ".replay";
    }

    private void setUp() throws SQLException {
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

    private void lock() throws SQLException {
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
        throw new LockedException(holder());
    }

    /** Another session holds the replication's lock. */
    public static final class LockedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int pid;

        LockedException(Holder holder) {
            super(holder.text());
            this.pid = holder.pid();
        }

        public int pid() {
            return pid;
        }
    }

    private record Holder(int pid, String text) {}

    private Holder holder() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT l.pid, a.application_name,"
                + " coalesce(pg_catalog.host(a.client_addr), 'local') FROM pg_catalog.pg_locks l LEFT JOIN"
                + " pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND"
                + " l.classid = ? AND l.objid::bigint = (pg_catalog.hashtext(?)::bigint & 4294967295) AND l.database ="
                + " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())")) {
            select.setLong(1, LOCK_CLASS);
            select.setString(2, replication);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    return new Holder(
                            row.getInt(1),
                            "session " + row.getInt(1) + " (application_name '" + row.getString(2) + "', client "
                                    + row.getString(3) + ")");
                }
            }
        }
        return new Holder(0, "a session that has just ended");
    }

    // The origin lets a capture on this database tell our writes from others; without the privilege it goes without.
    private void setUpOrigin(String name) throws SQLException {
        try (PreparedStatement setup =
                connection.prepareStatement("SELECT CASE WHEN pg_catalog.pg_replication_origin_oid(?) IS NULL THEN"
                        + " pg_catalog.pg_replication_origin_create(?) END")) {
            setup.setString(1, name);
            setup.setString(2, name);
            setup.execute();
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.PRIVILEGE) {
                return;
            }
            throw e;
        }
        try (PreparedStatement setup =
                connection.prepareStatement("SELECT pg_catalog.pg_replication_origin_session_setup(?)")) {
            setup.setString(1, name);
            setup.execute();
            origin = true;
        } catch (SQLException e) {
            // The server has no free place for a further origin: max_active_replication_origins (before PostgreSQL 18:
            // max_replication_slots) is reached.
            if (SqlFailure.of(e) != SqlFailure.PRIVILEGE && !LIMIT_EXCEEDED.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    /**
     * Drops the replication's origin if it exists and may be dropped; over an ordinary connection.
     *
     * @return false if a session uses it
     */
    public static boolean dropOrigin(Connection connection, String replication) throws SQLException {
        try (PreparedStatement drop = connection.prepareStatement(
                "SELECT pg_catalog.pg_replication_origin_drop(roname) FROM pg_catalog.pg_replication_origin WHERE"
                        + " roname IN (?, ?)")) {
            drop.setString(1, "twinlog_" + replication);
            drop.setString(2, replayOrigin(replication));
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

    /** Whether this session's writes carry a replication origin. */
    public boolean hasOrigin() {
        return origin;
    }

    public Connection connection() {
        return connection;
    }

    /** The server process of this session. */
    public int backendPid() throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** A statement that is prepared once per session; it belongs to the session. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        touched = true;
        return statement;
    }

    private PreparedStatement bind(String sql, List<BinaryArray> parameters) throws SQLException {
        PreparedStatement statement = prepare(sql);
        for (int i = 0; i < parameters.size(); i++) {
            statement.setObject(i + 1, parameters.get(i));
        }
        return statement;
    }

    /** Executes a statement and returns how many rows it counts. */
    int execute(SetStatement statement) throws SQLException {
        CopyRows rows = statement.copy();
        if (rows != null) {
            return copy(rows);
        }
        PreparedStatement bound = bind(statement.sql(), statement.parameters());
        switch (statement.kind()) {
            case DELETE, UPDATE, INSERT -> {
                return bound.executeUpdate();
            }
            case PRESENT, ABSENT -> {
                try (ResultSet count = bound.executeQuery()) {
                    count.next();
                    return count.getInt(1);
                }
            }
        }
        throw new IllegalStateException();
    }

    /** Executes statements in order; false as soon as one counts other rows than it should. */
    boolean executeAll(List<SetStatement> statements) throws SQLException {
        for (SetStatement statement : statements) {
            int count = execute(statement);
            if (statement.expected() >= 0 && count != statement.expected()) {
                return false;
            }
        }
        return true;
    }

    private int copy(CopyRows rows) throws SQLException {
        touched = true;
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(rows.sql());
        try {
            copy.writeToCopy(rows.bytes(), 0, rows.size());
            return Math.toIntExact(copy.endCopy());
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Executes the form that tells which rows were found, by their index from 0. */
    BitSet find(SetStatement statement) throws SQLException {
        BitSet found = new BitSet();
        try (ResultSet row = bind(statement.finder(), statement.parameters()).executeQuery()) {
            while (row.next()) {
                found.set(row.getInt(1) - 1);
            }
        }
        return found;
    }

    /** Runs a query for single rows; the caller closes the result. */
    ResultSet query(Statements.Lookup lookup) throws SQLException {
        return bind(lookup.sql(), lookup.parameters()).executeQuery();
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            touched = true;
            statement.execute(sql);
        }
    }

    /** A place in the transaction to roll back to; the beginning costs no round trip. */
    record Mark(@Nullable Savepoint savepoint) {}

    Mark mark() throws SQLException {
        return new Mark(touched ? connection.setSavepoint() : null);
    }

    void rollbackTo(Mark mark) throws SQLException {
        Savepoint savepoint = mark.savepoint();
        if (savepoint == null) {
            rollback();
        } else {
            connection.rollback(savepoint);
        }
    }

    void release(Mark mark) throws SQLException {
        Savepoint savepoint = mark.savepoint();
        if (savepoint != null) {
            connection.releaseSavepoint(savepoint);
        }
    }

    /** Notes that the transaction has begun by other means than this class. */
    public void touch() {
        touched = true;
    }

    /** Notes that the transaction has ended by other means than this class. */
    public void committed() {
        touched = false;
    }

    public void commit() throws SQLException {
        connection.commit();
        touched = false;
    }

    public void rollback() throws SQLException {
        connection.rollback();
        touched = false;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // A statement of a broken session cannot be closed, and need not be.
        }
    }

    @Override
    public void close() {
        closeQuietly(connection);
    }
}
