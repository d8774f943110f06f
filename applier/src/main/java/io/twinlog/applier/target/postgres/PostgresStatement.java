package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * A statement over {@code unnest} of one array per column.
 *
 * @param finder the form that returns the ordinality of each row it found, for the search of deviating keys
 * @param copy INSERT: the rows, where they go in by COPY instead of parameters
 */
record PostgresStatement(
        Kind kind,
        TableBinding<?> binding,
        String sql,
        String finder,
        List<BinaryArray> parameters,
        @Nullable CopyRows copy,
        List<NetChange> changes,
        int expected)
        implements SetStatement {

    /** An insert by COPY. */
    static PostgresStatement copy(TableBinding<?> binding, CopyRows rows, List<NetChange> changes) {
        return new PostgresStatement(Kind.INSERT, binding, rows.sql(), "", List.of(), rows, changes, changes.size());
    }

    static PreparedStatement bind(TargetSession session, String sql, List<BinaryArray> parameters) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        for (int i = 0; i < parameters.size(); i++) {
            statement.setObject(i + 1, parameters.get(i));
        }
        return statement;
    }

    @Override
    public int execute(TargetSession session) throws SQLException {
        if (copy != null) {
            return copy(session, copy);
        }
        PreparedStatement bound = bind(session, sql, parameters);
        switch (kind) {
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

    private static int copy(TargetSession session, CopyRows rows) throws SQLException {
        session.touch();
        CopyIn copy =
                session.connection().unwrap(PGConnection.class).getCopyAPI().copyIn(rows.sql());
        try {
            copy.writeToCopy(rows.bytes(), 0, rows.size());
            return Math.toIntExact(copy.endCopy());
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    @Override
    public BitSet find(TargetSession session) throws SQLException {
        BitSet found = new BitSet();
        try (ResultSet row = bind(session, finder, parameters).executeQuery()) {
            while (row.next()) {
                found.set(row.getInt(1) - 1);
            }
        }
        return found;
    }

    @Override
    public int refused(SQLException failure) {
        return copy == null ? -1 : copy.refused(failure);
    }
}
