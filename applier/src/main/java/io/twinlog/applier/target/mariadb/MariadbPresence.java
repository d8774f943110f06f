package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;

/** Asks which rows there are, {@value #AT_ONCE} at a time, each by a subquery over its key. */
record MariadbPresence(Kind kind, TableBinding<MariadbColumn> binding, String exists, List<NetChange> changes)
        implements SetStatement {

    private static final int AT_ONCE = 64;

    @Override
    public int expected() {
        return kind == Kind.PRESENT ? changes.size() : 0;
    }

    @Override
    public int execute(TargetSession session) throws SQLException {
        return find(session).cardinality();
    }

    @Override
    public BitSet find(TargetSession session) throws SQLException {
        BitSet found = new BitSet();
        String sql = "SELECT " + (exists + ", ").repeat(AT_ONCE - 1) + exists;
        PreparedStatement statement = session.prepare(sql);
        for (int from = 0; from < changes.size(); from += AT_ONCE) {
            int index = 1;
            for (int i = 0; i < AT_ONCE; i++) {
                NetChange change = from + i < changes.size() ? changes.get(from + i) : null;
                for (int key : binding.keys()) {
                    // No change, no key: null equals nothing.
                    index = Value.bindKey(
                            statement, index, binding.written(key), change == null ? null : change.key(), key);
                }
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                for (int i = 0; i < AT_ONCE && from + i < changes.size(); i++) {
                    found.set(from + i, row.getBoolean(i + 1));
                }
            }
        }
        return found;
    }

    @Override
    public int refused(SQLException failure) {
        return -1;
    }
}
