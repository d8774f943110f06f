package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a table version goes to which column of the target. Columns meet by name; target-only columns keep their
 * defaults; generated columns are never written. Immutable.
 */
final class TableBinding {

    private final TableShape shape;
    private final TargetTable table;
    private final @Nullable TargetColumn[] columns;
    private final int[] keys;

    private TableBinding(TableShape shape, TargetTable table, @Nullable TargetColumn[] columns) {
        this.shape = shape;
        this.table = table;
        this.columns = columns;
        this.keys = shape.keyIndexes();
    }

    /**
     * Binds a table version to the target's table.
     *
     * @throws TwinlogException category SCHEMA, with the statement to run, if they do not fit
     */
    static TableBinding of(TableShape shape, @Nullable TargetTable table) {
        List<String> statements = problems(shape, table);
        if (!statements.isEmpty()) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "Table " + shape.qualifiedName() + " of the target does not fit the source"
                            + (table == null ? ": it does not exist" : "") + ". Run at the target, then start again: "
                            + String.join(" ", statements));
        }
        TargetTable found = Objects.requireNonNull(table);
        @Nullable TargetColumn[] columns = new TargetColumn[shape.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            TargetColumn column = found.column(shape.columns().get(i).name());
            columns[i] = column == null || column.generated() ? null : column;
        }
        return new TableBinding(shape, found, columns);
    }

    /** The statements that make the target fit; empty if it does. */
    static List<String> problems(TableShape shape, @Nullable TargetTable table) {
        if (table == null) {
            return List.of(createTable(shape));
        }
        List<String> statements = new ArrayList<>();
        for (ColumnShape column : shape.columns()) {
            TargetColumn target = table.column(column.name());
            if (target == null) {
                statements.add("ALTER TABLE " + table.quoted() + " ADD COLUMN " + Identifier.quote(column.name()) + " "
                        + column.sqlType() + ";");
            } else if (target.generated()) {
                if (column.key()) {
                    statements.add("ALTER TABLE " + table.quoted() + " ALTER COLUMN " + Identifier.quote(column.name())
                            + " DROP EXPRESSION;");
                }
            } else if (!TypeFit.fits(column, target)) {
                statements.add("ALTER TABLE " + table.quoted() + " ALTER COLUMN " + Identifier.quote(column.name())
                        + " TYPE " + column.sqlType() + ";");
            }
        }
        if (shape.keyIndexes().length == 0) {
            statements.add("-- the source table has no key: ALTER TABLE ... ADD PRIMARY KEY at the source");
        }
        return statements;
    }

    private static String createTable(TableShape shape) {
        String columns = shape.columns().stream()
                .map(column -> Identifier.quote(column.name()) + " " + column.sqlType())
                .collect(Collectors.joining(", "));
        String key = shape.columns().stream()
                .filter(ColumnShape::key)
                .map(column -> Identifier.quote(column.name()))
                .collect(Collectors.joining(", "));
        return "CREATE TABLE " + Identifier.quote(shape.id()) + " (" + columns
                + (key.isEmpty() ? "" : ", PRIMARY KEY (" + key + ")") + ");";
    }

    TableShape shape() {
        return shape;
    }

    TargetTable table() {
        return table;
    }

    /** The target column of a source column, or null if the target computes it. */
    @Nullable
    TargetColumn column(int index) {
        return columns[index];
    }

    TargetColumn written(int index) {
        return Objects.requireNonNull(columns[index], "a column that the target computes");
    }

    /** Whether a constraint of the target is over just the key columns; true where that is not known. */
    boolean isKey(String constraint) {
        UniqueConstraint unique = table.unique(constraint);
        if (unique == null) {
            return true;
        }
        List<String> names = new ArrayList<>();
        for (int key : keys) {
            names.add(shape.columns().get(key).name());
        }
        return unique.columns().size() == names.size() && names.containsAll(unique.columns());
    }

    int[] keys() {
        return keys;
    }

    int size() {
        return columns.length;
    }

    /** How a column's values are sent where no value of the statement travels as exact text. */
    Parameter natural(int index) {
        return Parameter.of(shape.columns().get(index).type());
    }

    /** SQL that turns a sent value into the column's type without its modifiers: the assignment then checks them. */
    String cast(int index, String value, Parameter sentAs) {
        TargetColumn column = written(index);
        int oid = column.baseOid();
        if (sentAs.oid() == oid || (sentAs == Parameter.TEXT && (oid == PgType.TEXT || oid == PgType.VARCHAR))) {
            return value;
        }
        return value + "::" + column.castName();
    }

    /** SQL that compares the target's present value with a sent one. */
    String same(int index, String value, Parameter sentAs) {
        TargetColumn column = written(index);
        String present = "t." + column.quoted();
        XlogType type = shape.columns().get(index).type();
        // A numeric without a scale travels as text; 1.0 and 1.00 are the same number.
        if (type != XlogType.TEXT || column.baseOid() == PgType.NUMERIC) {
            return present + " IS NOT DISTINCT FROM " + cast(index, value, sentAs);
        }
        // Exact text: json, xml, point and many more have no equality, and that of others is not identity. The
        // collation makes texts compare byte by byte, also where the column's own one is nondeterministic.
        if (column.baseOid() == PgType.BPCHAR) {
            return present + " COLLATE \"C\" IS NOT DISTINCT FROM " + value + "::pg_catalog.bpchar";
        }
        // Both sides go the same way: a cast to text may print more than the type's output does (inet and its mask).
        String expected = cast(index, value, sentAs);
        return present + "::text COLLATE \"C\" IS NOT DISTINCT FROM "
                + (expected.equals(value) ? value : "(" + expected + ")::text");
    }
}
