package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An update or delete of {@value #AT_ONCE} rows per statement: a condition for each row, of its key and its before image, and in each assignment a
 * {@code CASE} over the keys. MariaDB spends half as much on it as on a statement for each row; wider ones gain little more. The parameters are
 * compared just as in the statement of one row, so that the same rows are found. It tells how many rows were found, not which.
 *
 * <p>Rows that are left over, and large ones, go by the statement of one row.
 *
 * @param single the same by a statement for each row
 */
record MariadbManyRows(
        MariadbStatement single, TableBinding<MariadbColumn> binding, int[] columns, List<Integer> compared)
        implements SetStatement {

    static final int AT_ONCE = 24;

    /** What the values of one statement may have together; far below the smallest {@code max_allowed_packet} in use, 1 MiB. */
    private static final int MAX_BYTES = 128 * 1024;

    /** Beyond it the conditions of the assignments cost more than is gained. */
    private static final int MAX_COLUMNS = 24;

    /** Whether it does what the statement of one row does: assignments see what those before them have made of the key. */
    static boolean suits(TableBinding<MariadbColumn> binding, int[] columns) {
        for (int column : columns) {
            if (binding.shape().columns().get(column).key()) {
                return false;
            }
        }
        return columns.length <= MAX_COLUMNS;
    }

    @Override
    public Kind kind() {
        return single.kind();
    }

    @Override
    public List<NetChange> changes() {
        return single.changes();
    }

    @Override
    public int expected() {
        return single.expected();
    }

    @Override
    public int execute(TargetSession session) throws SQLException {
        if (changes().size() < AT_ONCE || !ServerFlavor.of(session.connection()).takesManyRows()) {
            return single.execute(session);
        }
        List<NetChange> rest = new ArrayList<>();
        int found = MariadbStatement.count(session, sql(), statement -> {
            for (int from = 0; from < changes().size(); from += AT_ONCE) {
                List<NetChange> some = changes()
                        .subList(from, Math.min(from + AT_ONCE, changes().size()));
                if (some.size() == AT_ONCE && bind(statement, some)) {
                    statement.addBatch();
                } else {
                    rest.addAll(some);
                }
            }
        });
        return rest.isEmpty() ? found : found + single.of(rest).execute(session);
    }

    private String sql() {
        String key = MariadbStatements.whereKey(binding);
        String condition = "(" + key + MariadbStatements.guard(binding, compared) + ")";
        String where = " WHERE " + condition + (" OR " + condition).repeat(AT_ONCE - 1);
        String table = binding.table().quoted();
        return kind() == Kind.DELETE
                ? "DELETE FROM " + table + where
                : "UPDATE " + table + " SET "
                        + MariadbStatements.assignments(
                                binding, columns, "CASE" + (" WHEN " + key + " THEN ?").repeat(AT_ONCE) + " END")
                        + where;
    }

    /** Sets the parameters, or returns false: they are too large for one statement. */
    private boolean bind(PreparedStatement statement, List<NetChange> some) throws SQLException {
        int index = 1;
        long bytes = 0;
        for (int column : columns) {
            for (NetChange change : some) {
                index = MariadbStatements.bindKey(statement, index, binding, change.key());
                Object value =
                        Value.written(binding.written(column), change.after().source(column), column);
                Value.bind(statement, index++, value);
                bytes += size(value);
            }
        }
        for (NetChange change : some) {
            index = MariadbStatements.bindKey(statement, index, binding, change.key());
            for (int column : compared) {
                Object value = Value.expected(binding.written(column), change.guard(), column);
                Value.bind(statement, index++, value);
                bytes += size(value);
            }
        }
        return bytes <= MAX_BYTES;
    }

    private static int size(@Nullable Object value) {
        if (value instanceof String text) {
            return 4 * text.length();
        }
        return value instanceof byte[] bytes ? bytes.length : Long.BYTES;
    }

    @Override
    public BitSet find(TargetSession session) throws SQLException {
        return single.find(session);
    }

    @Override
    public int refused(SQLException failure) {
        return -1;
    }
}
