package io.twinlog.applier.replay;

import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A unit whose after image an operator has edited. Stateless. */
final class EditedUnit {

    private EditedUnit() {}

    /**
     * The unit with other values.
     *
     * @param values by column name, text that the column's type reads, or null for SQL null
     * @throws TwinlogException category CONFIG if there is no such column, or nothing to edit
     */
    static Unit of(Unit unit, Map<String, @Nullable String> values) {
        XlogEvent written = unit.second() == null ? unit.first() : unit.second();
        XlogEvent edited = edit(written, values);
        return unit.second() == null ? new Unit(edited, null) : new Unit(unit.first(), edited);
    }

    private static XlogEvent edit(XlogEvent event, Map<String, @Nullable String> values) {
        DataEvent data = event.data();
        RowImage after = data == null ? null : data.after();
        if (data == null || after == null) {
            throw wrong("Event " + event.id() + " writes no row that could be edited: it is a delete, a truncate, or"
                    + " cannot be decoded");
        }
        Map<Integer, @Nullable String> byIndex = new LinkedHashMap<>();
        List<String> unchanged = new ArrayList<>(data.unchanged());
        values.forEach((name, value) -> {
            byIndex.put(index(data.shape(), name), value);
            unchanged.remove(name);
        });
        DataEvent edited = new DataEvent(
                data.reader(),
                data.operation(),
                data.id(),
                data.before(),
                after.with(byIndex),
                List.copyOf(unchanged),
                data.linkedKey(),
                data.record(),
                data.sourceOffset());
        return new XlogEvent(event.id(), edited, null, event.partition(), event.offset(), event.key(), event.value());
    }

    private static int index(TableShape shape, String name) {
        int index = shape.indexOf(name);
        if (index < 0) {
            throw wrong("Table " + shape.qualifiedName() + " has no column '" + name + "'; its columns are "
                    + String.join(
                            ", ",
                            shape.columns().stream().map(ColumnShape::name).toList()));
        }
        if (shape.columns().get(index).key()) {
            throw wrong("Column '" + name + "' belongs to the key of table " + shape.qualifiedName()
                    + ": another key would be another row");
        }
        return index;
    }

    private static TwinlogException wrong(String message) {
        return new TwinlogException(Category.CONFIG, message);
    }

    /** The row that a unit writes so far as it is known, as text; null if it writes none. */
    static @Nullable Map<String, @Nullable String> incoming(Unit unit) {
        XlogEvent written = unit.second() == null ? unit.first() : unit.second();
        DataEvent data = written.data();
        RowImage after = data == null ? null : data.after();
        if (data == null || after == null) {
            return null;
        }
        Map<String, @Nullable String> row = new LinkedHashMap<>();
        List<ColumnShape> columns = data.shape().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (!data.unchanged().contains(columns.get(i).name())) {
                row.put(columns.get(i).name(), io.twinlog.applier.target.ReplayTarget.text(after, i));
            }
        }
        return row;
    }
}
