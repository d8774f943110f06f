package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.value.MariadbType;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as information_schema describes it now. Immutable.
 *
 * @param kind BASE TABLE, SYSTEM VERSIONED, ...
 * @param rows the server's estimate
 * @param columns in the order of row images
 * @param connector whose names of types they have
 */
public record MariadbTable(TableId id, String kind, String engine, long rows, List<Column> columns, String connector) {

    /**
     * A column.
     *
     * @param declared COLUMN_TYPE as it stands there
     * @param characterSet null where it has none
     */
    public record Column(
            String name,
            String declared,
            MariadbType type,
            @Nullable String characterSet,
            boolean key) {}

    public boolean hasKey() {
        return columns.stream().anyMatch(Column::key);
    }

    /** The shape of its rows. Before images are whole: {@code binlog_row_image=FULL}. */
    public TableShape shape() {
        List<ColumnShape> shapes = new ArrayList<>();
        for (Column column : columns) {
            shapes.add(column.type().shape(column.name(), column.key()));
        }
        return new TableShape(id.schema(), id.table(), ReplicaIdentity.FULL, shapes, connector);
    }

    /** {@code `database`.`table`} for SQL. */
    public static String quoted(TableId id) {
        return quote(id.schema()) + "." + quote(id.table());
    }

    public static String quote(String identifier) {
        return "`" + identifier.replace("`", "``") + "`";
    }
}
