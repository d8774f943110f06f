package io.twinlog.applier.target;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a table version goes to which column of the target. Columns meet by name; target-only columns keep their
 * defaults; generated columns are never written. Immutable.
 */
public final class TableBinding<C extends TargetColumn> {

    private final TableShape shape;
    private final TargetTable<C> table;
    private final List<@Nullable C> columns;
    private final int[] keys;

    private TableBinding(TableShape shape, TargetTable<C> table, List<@Nullable C> columns) {
        this.shape = shape;
        this.table = table;
        this.columns = columns;
        this.keys = shape.keyIndexes();
    }

    /**
     * Binds a table version to the target's table.
     *
     * @param table null if the target has none of this name
     * @param remedies the statements that make the target fit; empty if it does
     * @throws TwinlogException category SCHEMA, with the statements to run, if they do not fit
     */
    public static <C extends TargetColumn> TableBinding<C> of(
            TableShape shape, @Nullable TargetTable<C> table, List<String> remedies) {
        if (!remedies.isEmpty() || table == null) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "Table " + shape.qualifiedName() + " of the target does not fit the source"
                            + (table == null ? ": it does not exist" : "") + ". Run at the target, then start again: "
                            + String.join(" ", remedies));
        }
        List<@Nullable C> columns = new ArrayList<>(shape.columns().size());
        for (int i = 0; i < shape.columns().size(); i++) {
            C column = table.column(shape.columns().get(i).name());
            columns.add(column == null || column.generated() ? null : column);
        }
        return new TableBinding<>(shape, table, columns);
    }

    public TableShape shape() {
        return shape;
    }

    public TargetTable<C> table() {
        return table;
    }

    /** The target column of a source column, or null if the target computes it. */
    public @Nullable C column(int index) {
        return columns.get(index);
    }

    public C written(int index) {
        return Objects.requireNonNull(columns.get(index), "a column that the target computes");
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

    public int[] keys() {
        return keys;
    }

    public int size() {
        return columns.size();
    }
}
