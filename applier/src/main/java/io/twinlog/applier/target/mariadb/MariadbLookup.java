package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.Lookup;
import io.twinlog.applier.target.TargetSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** A query executed for each change. */
record MariadbLookup(
        String sql,
        MariadbStatement.Binder binder,
        List<NetChange> changes,
        List<Integer> compared,
        List<Integer> shown)
        implements Lookup {

    @Override
    public void run(TargetSession session, Reader reader) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        for (int i = 0; i < changes.size(); i++) {
            binder.bind(statement, changes.get(i));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    reader.row(i, row, 1);
                }
            }
        }
    }
}
