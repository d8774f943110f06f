package io.twinlog.capture.postgres.changes;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which columns are a table's key. With replica identity DEFAULT or INDEX the log says it; with FULL it marks every column,
 * and the primary key is taken from the catalog, which may be ahead of the log. So it is remembered per table, followed
 * through renames, and looked up among the versions published before; when nothing fits, capture stops. Not thread-safe.
 */
public final class KeyColumns {

    private final SourceAddress source;
    private final Function<TableId, @Nullable TableShape> published;
    private final Map<Integer, Known> known = new HashMap<>();

    private record Known(List<String> names, boolean[] places) {}

    /** @param published finds the version of a table that was published last, or null */
    public KeyColumns(SourceAddress source, Function<TableId, @Nullable TableShape> published) {
        this.source = source;
        this.published = published;
    }

    /** For each column whether it belongs to the key. */
    public boolean[] of(Relation relation) throws SQLException {
        boolean[] key = relation.identity() == 'f' ? ofFull(relation) : flags(relation);
        for (boolean isKey : key) {
            if (isKey) {
                return key;
            }
        }
        String name = relation.qualifiedName();
        throw new TwinlogException(
                Category.SCHEMA,
                "Table " + name
                        + " has no key: its events cannot be ordered by key. Give it a primary key (ALTER TABLE " + name
                        + " ADD PRIMARY KEY (...)) or a replica identity (ALTER TABLE " + name
                        + " REPLICA IDENTITY USING INDEX ...), or exclude it (\"!" + name + "\").");
    }

    private static boolean[] flags(Relation relation) {
        boolean[] key = new boolean[relation.columns().size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = relation.columns().get(i).identity();
        }
        return key;
    }

    private boolean[] ofFull(Relation relation) throws SQLException {
        List<String> columns =
                relation.columns().stream().map(Relation.Column::name).toList();
        Known before = known.get(relation.oid());
        boolean[] key = before == null ? null : byName(columns, before.names);
        if (key == null) {
            key = before != null && before.places.length == columns.size() ? before.places : lookUp(relation, columns);
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            if (key[i]) {
                names.add(columns.get(i));
            }
        }
        known.put(relation.oid(), new Known(names, key));
        return key;
    }

    private boolean[] lookUp(Relation relation, List<String> columns) throws SQLException {
        CatalogTable table;
        try (Connection connection = source.open()) {
            table = new SourceCatalog(connection).find(relation.oid());
        }
        if (table != null && !table.primaryKey().isEmpty()) {
            boolean[] key = byName(columns, table.primaryKey());
            if (key != null) {
                return key;
            }
            List<String> now =
                    table.columns().stream().map(CatalogTable.Column::name).toList();
            boolean[] place = byName(now, table.primaryKey());
            if (place != null && now.size() == columns.size()) {
                return place;
            }
        }
        TableShape earlier = published.apply(new TableId(relation.schema(), relation.table()));
        if (earlier != null) {
            List<String> names = earlier.columns().stream()
                    .filter(ColumnShape::key)
                    .map(ColumnShape::name)
                    .toList();
            boolean[] key = byName(columns, names);
            if (key != null) {
                return key;
            }
        }
        throw new TwinlogException(
                Category.SCHEMA,
                "Table " + relation.qualifiedName() + " (oid " + Integer.toUnsignedString(relation.oid())
                        + ") has replica identity FULL, and its primary key at this place of the log is unknown: "
                        + (table == null
                                ? "the table was dropped since, and no version of it was published before"
                                : "its columns changed since, or it has no primary key")
                        + ". Add a primary key, then use `twinlog drop` and start with an initial sync.");
    }

    private static boolean @Nullable [] byName(List<String> columns, List<String> names) {
        if (names.isEmpty() || !columns.containsAll(names)) {
            return null;
        }
        boolean[] key = new boolean[columns.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = names.contains(columns.get(i));
        }
        return key;
    }
}
