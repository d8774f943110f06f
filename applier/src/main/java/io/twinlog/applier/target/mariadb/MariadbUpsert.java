package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * Overwrites the rows that there are and inserts the others. {@code ON DUPLICATE KEY UPDATE} would overwrite another row as well, one that
 * holds the same value under another unique index.
 */
record MariadbUpsert(
        TableBinding<?> binding,
        SetStatement update,
        Function<List<NetChange>, SetStatement> insert,
        List<NetChange> changes)
        implements SetStatement {

    @Override
    public Kind kind() {
        return Kind.INSERT;
    }

    @Override
    public int expected() {
        return changes.size();
    }

    @Override
    public int execute(TargetSession session) throws SQLException {
        BitSet there = update.find(session);
        List<NetChange> rest = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            if (!there.get(i)) {
                rest.add(changes.get(i));
            }
        }
        return there.cardinality() + (rest.isEmpty() ? 0 : insert.apply(rest).execute(session));
    }

    @Override
    public BitSet find(TargetSession session) {
        throw new UnsupportedOperationException("an insert finds no rows");
    }

    @Override
    public int refused(SQLException failure) {
        return -1;
    }
}
