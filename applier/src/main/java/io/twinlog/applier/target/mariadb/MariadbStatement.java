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

    @Override
    public BitSet find(TargetSession session) throws SQLException {
        int[] counts = run(session);
        BitSet found = new BitSet();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < 0) {
                throw new TwinlogException(
                        Category.CONFIG,
                        "MariaDB's driver does not tell how many rows a statement has found: take useBulkStmts out of"
                                + " target.url");
            }
            found.set(i, counts[i] != 0);
        }
        return found;
    }

    private int[] run(TargetSession session) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        try {
            for (NetChange change : changes) {
                binder.bind(statement, change);
                statement.addBatch();
            }
            return statement.executeBatch();
        } catch (SQLException e) {
            // The driver (3.5.3) may take its number for another one's after a batch that has failed.
            session.forget(sql);
            throw e;
        }
    }

    @Override
    public int refused(SQLException failure) {
        return -1;
    }
}
