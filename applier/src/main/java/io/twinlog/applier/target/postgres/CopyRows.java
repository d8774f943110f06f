package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ColumnShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * New rows as one COPY in binary form, which costs the server about half of what an insert of the same rows does. It takes
 * the input functions of the columns' own types, without casts, so it is used only where what we send is of just that
 * type; everything else goes through INSERT. Immutable once built.
 *
 * <p>Source of the format: the PostgreSQL manual, COPY, "Binary Format": signature, flags, extension length; per row its number
 * of fields and the fields; -1 at the end.
 */
final class CopyRows {

    /** Below this an INSERT wins: COPY takes two round trips more. */
    static final int MIN_ROWS = 200;

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int HEADER = SIGNATURE.length + 8;
    private static final int EXPECTED_ROW = 100;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private final String sql;
    private final String context;
    private final int rows;
    private final ValueBuffer data;

    private CopyRows(String sql, String table, int rows, ValueBuffer data) {
        this.sql = sql;
        this.context = "COPY " + table + ",";
        this.rows = rows;
        this.data = data;
    }

    /** The rows of inserts as COPY, or null where that is not exact or not worth it. */
    static @Nullable CopyRows of(TableBinding<PostgresColumn> binding, List<NetChange> changes, ValueWriter writer) {
        if (changes.size() < MIN_ROWS || !binding.table().copyable()) {
            return null;
        }
        List<Integer> columns = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < binding.size(); i++) {
            PostgresColumn column = binding.column(i);
            if (column != null) {
                if (!accepts(column, ColumnSql.natural(binding, i))) {
                    return null;
                }
                names.append(columns.isEmpty() ? "" : ", ").append(column.quoted());
                columns.add(i);
            }
        }
        ValueBuffer data = rows(binding, changes, columns, writer);
        return data == null
                ? null
                : new CopyRows(
                        "COPY " + binding.table().quoted() + " (" + names + ") FROM STDIN WITH (FORMAT binary)",
                        binding.table().id().table(),
                        changes.size(),
                        data);
    }

    private static boolean accepts(PostgresColumn column, Parameter sent) {
        int oid = column.baseOid();
        return sent.oid() == oid || (sent == Parameter.TEXT && oid == PgType.VARCHAR);
    }

    private static @Nullable ValueBuffer rows(
            TableBinding<PostgresColumn> binding, List<NetChange> changes, List<Integer> columns, ValueWriter writer) {
        int[] indexes = columns.stream().mapToInt(Integer::intValue).toArray();
        Parameter[] sent = new Parameter[indexes.length];
        List<ColumnShape> shapes = binding.shape().columns();
        for (int i = 0; i < indexes.length; i++) {
            sent[i] = Parameter.of(shapes.get(indexes[i]).type());
        }
        ValueBuffer data = new ValueBuffer(HEADER, EXPECTED_ROW * changes.size());
        System.arraycopy(SIGNATURE, 0, data.bytes(), 0, SIGNATURE.length);
        for (NetChange change : changes) {
            data.addRawShort(indexes.length);
            for (int i = 0; i < indexes.length; i++) {
                RowImage image = change.after().source(indexes[i]);
                // A special value travels as text and needs the cast of an INSERT.
                if (image != null && image.text(indexes[i]) != null) {
                    return null;
                }
                writer.write(data, sent[i], image, indexes[i]);
            }
        }
        data.addRawShort(-1);
        return data;
    }

    /**
     * The row that the server names in its error, from 0, or -1. It says {@code COPY <table>, line <n>}, in its own language; unique values are
     * looked at in bunches, so a row before it may be refused as well.
     */
    int refused(SQLException failure) {
        String where = SqlFailure.context(failure);
        int from = where == null ? -1 : where.indexOf(context);
        Matcher number = NUMBER.matcher(where == null || from < 0 ? "" : where.substring(from + context.length()));
        if (!number.find()) {
            return -1;
        }
        int line = Integer.parseInt(number.group());
        return line >= 1 && line <= rows ? line - 1 : -1;
    }

    String sql() {
        return sql;
    }

    byte[] bytes() {
        return data.bytes();
    }

    /** How many of {@link #bytes} count. */
    int size() {
        return data.size();
    }
}
