package io.twinlog.applier.target.postgres;

import io.twinlog.applier.target.Lookup;
import io.twinlog.applier.target.TargetSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** A query whose first result is the number of the change, from 1. */
record PostgresLookup(String sql, List<BinaryArray> parameters, List<Integer> compared, List<Integer> shown)
        implements Lookup {

    @Override
    public void run(TargetSession session, Reader reader) throws SQLException {
        try (ResultSet row = PostgresStatement.bind(session, sql, parameters).executeQuery()) {
            while (row.next()) {
                reader.row(row.getInt(1) - 1, row, 2);
            }
        }
    }
}
