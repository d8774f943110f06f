package io.twinlog.schemas.table;

import io.twinlog.schemas.topic.NameEscape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Names of a row's Avro fields, such that every version of a table's schema can read every other version
 * ({@code FULL_TRANSITIVE}).
 *
 * <p>All fields are nullable with default null, so columns may come and go. What Avro cannot follow is a field that changes
 * its type. So a field name belongs to one type for ever: a column that changes its type gets the name with {@code _2}, then
 * {@code _3}, and so on. The name depends on which names were used with which types, not on their order, so the same
 * history always yields the same schema. The column's real name stands in the field's property {@code column}. Not
 * thread-safe.
 */
public final class FieldNames {

    private final Map<String, Schema> types = new HashMap<>();

    /** Takes note of the names in an envelope schema that was published. */
    public void remember(Schema envelope) {
        Schema row = envelope.getField("after").schema().getTypes().get(1);
        for (Schema.Field field : row.getFields()) {
            types.putIfAbsent(field.name(), field.schema().getTypes().get(1));
        }
    }

    /** One name per column, in their order. */
    public List<String> of(TableShape shape) {
        Set<String> plain = new HashSet<>();
        shape.columns().forEach(column -> plain.add(NameEscape.forAvro(column.name())));
        Set<String> given = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (ColumnShape column : shape.columns()) {
            String first = NameEscape.forAvro(column.name());
            String name = first;
            for (int i = 2; !fits(name, column) || given.contains(name) || (i > 2 && plain.contains(name)); i++) {
                name = first + "_" + i;
            }
            given.add(name);
            names.add(name);
        }
        return names;
    }

    private boolean fits(String name, ColumnShape column) {
        Schema earlier = types.get(name);
        return earlier == null || isSameType(earlier, TableSchemas.typeOf(column));
    }

    // A decimal of another precision reads the same value; one of another scale would read a different one.
    private static boolean isSameType(Schema a, Schema b) {
        if (a.getType() != b.getType()) {
            return false;
        }
        if (a.getLogicalType() instanceof LogicalTypes.Decimal one
                && b.getLogicalType() instanceof LogicalTypes.Decimal other) {
            return one.getScale() == other.getScale();
        }
        String logical = a.getLogicalType() == null ? "" : a.getLogicalType().getName();
        return logical.equals(
                b.getLogicalType() == null ? "" : b.getLogicalType().getName());
    }
}
