package io.twinlog.applier.target;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.dialect.Identifier;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one vendor's database does in its own way: sessions, statements, catalog. Holds no connection; remembers what it has read of the
 * catalog, so there is a new one for each session that writes. {@link #statements} may be called by any thread.
 */
public interface TargetDatabase {

    /**
     * Connects without any setting that only a writing session needs.
     *
     * @param purpose what the server may show of it
     */
    Connection connect(String purpose) throws SQLException;

    /**
     * Opens the one session that writes, and takes the replication's lock.
     *
     * @throws LockedException if another applier has it
     * @throws io.twinlog.schemas.failure.TwinlogException category CONFIG if a privilege or setting is missing
     */
    TargetSession open() throws SQLException;

    /**
     * Opens a session for one who decides on conflicts beside an applier, which may run or not. There is one at a time; a second one waits
     * for it.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException category TRANSIENT if that takes minutes
     */
    TargetSession openForReplay() throws SQLException;

    /** A builder for one thread. */
    StatementBuilder statements();

    RowStatements rows(TargetSession session);

    /**
     * Where the progress goes.
     *
     * @param epoch the new one
     * @param seq the new one
     * @param last BEGIN of the last transaction applied, or null
     * @param marker the last HEARTBEAT or BARRIER behind it, or null
     * @param fromEpoch where it must be so far
     * @param fromSeq where it must be so far
     */
    record Advance(
            long epoch,
            long seq,
            @Nullable ControlRecord last,
            @Nullable ControlRecord marker,
            long fromEpoch,
            long fromSeq) {}

    /**
     * Moves the progress and commits; called once per batch.
     *
     * @return false if the progress is elsewhere: then nothing is committed
     */
    boolean advance(TargetSession session, Advance advance) throws SQLException;

    /** Empties tables within the present transaction, all of them at once. */
    void truncate(TargetSession session, List<String> tables) throws SQLException;

    /** Those of the tables that exist. */
    List<TableId> existing(Connection connection, List<TableId> tables) throws SQLException;

    /** Whether a table that exists has rows. */
    default boolean hasRows(Connection connection, TableId table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 FROM " + Identifier.quote(table) + " LIMIT 1")) {
            return row.next();
        }
    }

    /** The statements that make a table of the target fit a table version; empty if it does. */
    List<String> remedies(Connection connection, TableShape shape) throws SQLException;

    /**
     * What the conflict policies lack at the target, one sentence each.
     *
     * @param images what the source logs of a row before its change, so far as that is known
     */
    List<String> policyProblems(
            Connection connection,
            ConflictRules rules,
            Collection<TableId> tables,
            Map<TableId, ReplicaIdentity> images)
            throws SQLException;

    /** Preconditions, each with the statement that mends it. Creates nothing. */
    List<Check> checks();

    /**
     * Who keeps a session waiting for a lock, in words, without anything that changes while they stand still; null if there is nobody.
     *
     * @param session the server's number of the session that waits
     */
    @Nullable
    String blockers(Connection connection, long session) throws SQLException;

    /** Ends another session of ours. */
    void terminate(Connection connection, long session) throws SQLException;

    /** What somebody should know about a session that cannot mark its writes. */
    String withoutOrigin();

    /**
     * Removes what the sessions have left outside of our own tables.
     *
     * @return false if a session uses it
     */
    boolean dropOrigin(Connection connection) throws SQLException;
}
