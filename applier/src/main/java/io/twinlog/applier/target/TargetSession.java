package io.twinlog.applier.target;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection that writes to the target: prepared statements, marks to roll back to. Not thread-safe; owned by the writing
 * thread, which closes it.
 */
public final class TargetSession implements AutoCloseable {

    /** Some for each of a thousand tables; a statement and its plan take the server some 20 KiB. */
    private static final int MAX_PREPARED = 2_000;

    private final Connection connection;
    private final long number;
    private final boolean origin;
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

    /**
     * Takes over the connection, all settings made, in no transaction.
     *
     * @param number the server's number of the session
     * @param origin whether its writes are marked as ours
     */
    public TargetSession(Connection connection, long number, boolean origin) {
        this.connection = connection;
        this.number = number;
        this.origin = origin;
    }

    // A dot is in no replication's name, and so in no applier's origin.
    public static String replayOrigin(String replication) {
        return "twinlog_" + replication + ".replay";
    }

    /** Whether this session's writes are marked, so that a capture on the target can tell them from others. */
    public boolean hasOrigin() {
        return origin;
    }

    public Connection connection() {
        return connection;
    }

    /** The server's number of this session. */
    public long number() {
        return number;
    }

    /** A statement that is prepared once per session; it belongs to the session. */
    public PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        touched = true;
        return statement;
    }

    /** Lets go of a statement, which is prepared anew when it is asked for again. */
    public void forget(String sql) {
        PreparedStatement statement = prepared.remove(sql);
        if (statement != null) {
            closeQuietly(statement);
        }
    }

    /** Executes statements in order; false as soon as one counts other rows than it should. */
    boolean executeAll(List<SetStatement> statements) throws SQLException {
        for (SetStatement statement : statements) {
            int count = statement.execute(this);
            if (statement.expected() >= 0 && count != statement.expected()) {
                return false;
            }
        }
        return true;
    }

    public void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            touched = true;
            statement.execute(sql);
        }
    }

    /** A place in the transaction to roll back to; the beginning costs no round trip. */
    public record Mark(@Nullable Savepoint savepoint) {}

    public Mark mark() throws SQLException {
        return new Mark(touched ? connection.setSavepoint() : null);
    }

    public void rollbackTo(Mark mark) throws SQLException {
        Savepoint savepoint = mark.savepoint();
        if (savepoint == null) {
            rollback();
        } else {
            connection.rollback(savepoint);
        }
    }

    public void release(Mark mark) throws SQLException {
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
