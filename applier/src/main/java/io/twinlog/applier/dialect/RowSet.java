package io.twinlog.applier.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows of values for a table of our own, column by column. Filled by one thread. */
public final class RowSet {

    /** In what form a column's values are given. */
    public enum Type {
        TEXT,
        BIGINT,
        INTEGER,
        BYTES
    }

    record Column(String name, Type type, List<@Nullable Object> values) {}

    private final List<Column> columns = new ArrayList<>();
    private final int size;

    /** @param size how many rows there will be */
    public RowSet(int size) {
        this.size = size;
    }

    /** Adds a column: a value of the given form, or null, of each item. */
    public <T> RowSet add(String name, Type type, List<T> items, Function<? super T, @Nullable Object> value) {
        List<@Nullable Object> values = new ArrayList<>(size);
        items.forEach(item -> values.add(value.apply(item)));
        if (values.size() != size) {
            throw new IllegalArgumentException(values.size() + " values for " + size + " rows");
        }
        columns.add(new Column(name, type, values));
        return this;
    }

    public int size() {
        return size;
    }

    List<Column> columns() {
        return columns;
    }

    List<String> names() {
        return columns.stream().map(Column::name).toList();
    }
}
