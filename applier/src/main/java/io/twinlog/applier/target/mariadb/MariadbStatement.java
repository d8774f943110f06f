package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;

/**
 * A statement of one row, executed for each change, all of them sent without waiting for an answer in between. The driver sends inserts as one
 * bulk; of updates and deletes the server tells how many rows each has found.
 */
record MariadbStatement(
        Kind kind, TableBinding<?> binding, String sql, Binder binder, List<NetChange> changes, int expected)
        implements SetStatement {

    /** Sets the parameters for one change. */
    @FunctionalInterface
    interface Binder {
        void bind(PreparedStatement statement, NetChange change) throws SQLException;
    }

    @Override
    public int execute(TargetSession session) throws SQLException {
        if (kind == Kind.INSERT) {
            run(session);
            // Each has inserted its row, or all would have failed.
            return changes.size();
        }
        return find(session).cardinality();
    }

    /** The same for other changes. */
    MariadbStatement of(List<NetChange> others) {
        return new MariadbStatement(kind, binding, sql, binder, others, others.size());
    }

    @Override
    public BitSet find(TargetSession session) throws SQLException {
        int[] counts = run(session);
        BitSet found = new BitSet();
        for (int i = 0; i < counts.length; i++) {
            found.set(i, told(counts[i]) != 0);
        }
        return found;
    }

    private static int told(int count) {
        if (count < 0) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "MariaDB's driver does not tell how many rows a statement has found: take useBulkStmts out of"
                            + " target.url");
        }
        return count;
    }

    private int[] run(TargetSession session) throws SQLException {
        return send(session, sql, statement -> {
            for (NetChange change : changes) {
                binder.bind(statement, change);
                statement.addBatch();
            }
        });
    }

    /** Adds to the batch of a prepared statement. */
    @FunctionalInterface
    interface Filler {
        void fill(PreparedStatement statement) throws SQLException;
    }

    /** Prepares a statement, fills its batch and sends it; how many rows it found in all. */
    static int count(TargetSession session, String sql, Filler filler) throws SQLException {
        int found = 0;
        for (int count : send(session, sql, filler)) {
            found += told(count);
        }
        return found;
    }

    private static int[] send(TargetSession session, String sql, Filler filler) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        try {
            filler.fill(statement);
            return statement.executeBatch();
        } catch (SQLException e) {
            // Its batch may be half full; and the driver (3.5.3) may take its number for another one's after a batch
            // that has failed.
            session.forget(sql);
            throw e;
        }
    }

    @Override
    public int refused(SQLException failure) {
        return -1;
    }
}
