package io.twinlog.capture.mariadb.changes;

import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.TableMap;
import io.twinlog.capture.mariadb.catalog.MariadbAddress;
import io.twinlog.capture.mariadb.catalog.MariadbCatalog;
import io.twinlog.capture.mariadb.catalog.MariadbTable;
import io.twinlog.capture.mariadb.catalog.ServerKind;
import io.twinlog.capture.mariadb.value.CharacterSets;
import io.twinlog.capture.mariadb.value.LoggedTypes;
import io.twinlog.capture.mariadb.value.MariadbType;
import io.twinlog.capture.mariadb.value.RowDecoder;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tables that the log describes. Names, types, keys and labels come from the log, at their place in it. What the log does not tell
 * (that sixteen bytes are a UUID, that a tinyint is meant as a boolean) is asked of the catalog, which may be ahead of the log, and
 * believed only where it agrees with the log; else of the version that was published last. Not thread-safe.
 */
public final class LoggedTables {

    private static final List<String> SEQUENCE = List.of(
            "next_not_cached_value",
            "minimum_value",
            "maximum_value",
            "start_value",
            "increment",
            "cache_size",
            "cycle_option",
            "cycle_count");

    private static final int MOST_NUMBERS = 10_000;

    /**
     * A table of the log.
     *
     * @param version null for a table that is not captured
     */
    record Entry(
            byte[] description,
            @Nullable TableVersion version,
            @Nullable RowDecoder decoder) {}

    private final MariadbAddress source;
    private final ServerKind kind;
    private final TablePatterns patterns;
    private final TableDirectory directory;
    private final CharacterSets sets;
    private final Function<TableId, @Nullable TableShape> published;
    private final Map<Long, Entry> byNumber = new HashMap<>();

    /** @param published finds the version of a table that was published last, or null */
    public LoggedTables(
            MariadbAddress source,
            ServerKind kind,
            TablePatterns patterns,
            TableDirectory directory,
            CharacterSets sets,
            Function<TableId, @Nullable TableShape> published) {
        this.source = source;
        this.kind = kind;
        this.patterns = patterns;
        this.directory = directory;
        this.sets = sets;
        this.published = published;
    }

    boolean isCaptured(TableId table) {
        return !MariadbCatalog.isSystem(table.schema()) && patterns.selects(table);
    }

    /** Definitions have changed: what follows is looked up anew. */
    void forget() {
        byNumber.clear();
    }

    /** The table with this number, or null if nothing has described it. */
    @Nullable
    Entry find(long number) {
        return byNumber.get(number);
    }

    /** Takes a description. */
    void describe(LogEvent event) {
        long number = TableMap.number(event);
        byte[] description = TableMap.description(event);
        Entry known = byNumber.get(number);
        if (known != null && Arrays.equals(known.description(), description)) {
            TableVersion version = known.version();
            if (version == null || directory.isCurrent(version)) {
                return;
            }
        }
        if (byNumber.size() > MOST_NUMBERS) {
            byNumber.clear();
        }
        byNumber.put(number, entry(TableMap.read(event, kind.geometryHasCollation()), description));
    }

    private Entry entry(TableMap map, byte[] description) {
        if (!isCaptured(map.table())) {
            return new Entry(description, null, null);
        }
        if (!map.complete()) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "The log does not describe table " + map.table()
                            + " in full. Set binlog_row_metadata = FULL at the source (SET GLOBAL binlog_row_metadata = FULL, and"
                            + " in its configuration). What was logged before cannot be captured: use `twinlog drop` and start"
                            + " with an initial sync, or `twinlog accept-loss`.");
        }
        if (!map.hasKey() && isSequence(map)) {
            return new Entry(description, null, null);
        }
        if (!map.hasKey()) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "Table " + map.table()
                            + " has no primary key: its events cannot be ordered by key. Give it one, or exclude"
                            + " it (\"!" + map.table()
                            + "\"); changes that were logged without one need `twinlog drop` and an"
                            + " initial sync, or `twinlog accept-loss`.");
        }
        List<MariadbType> types = types(map);
        RowDecoder decoder = new RowDecoder(map, types, sets);
        return new Entry(description, directory.describe(shape(map, types)), decoder);
    }

    /** A sequence logs its state as the row of a table without a key. It is no table of rows. */
    private boolean isSequence(TableMap map) {
        if (!map.columns().stream().map(TableMap.Column::name).toList().equals(SEQUENCE)) {
            return false;
        }
        MariadbTable now = catalog(map.table());
        return now == null || now.kind().equals("SEQUENCE");
    }

    private List<MariadbType> types(TableMap map) {
        Map<String, MariadbType> hints = new HashMap<>();
        TableShape earlier = published.apply(map.table());
        if (earlier != null) {
            earlier.columns().forEach(column -> hints.put(column.name(), MariadbType.of(column.sqlType())));
        }
        MariadbTable now = catalog(map.table());
        if (now != null) {
            now.columns().forEach(column -> hints.put(column.name(), column.type()));
        }
        List<MariadbType> types = new ArrayList<>();
        for (TableMap.Column column : map.columns()) {
            MariadbType logged = LoggedTypes.of(column, sets);
            MariadbType hint = hints.get(column.name());
            types.add(hint != null && hint.agreesWith(logged) ? hint : logged);
        }
        return types;
    }

    private @Nullable MariadbTable catalog(TableId table) {
        try (Connection connection = source.open()) {
            return new MariadbCatalog(connection).find(table);
        } catch (SQLException e) {
            throw new TwinlogException(
                    Category.OUTAGE, "Table " + table + " could not be looked up at the source: " + e.getMessage(), e);
        }
    }

    private TableShape shape(TableMap map, List<MariadbType> types) {
        List<ColumnShape> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            TableMap.Column column = map.columns().get(i);
            columns.add(types.get(i).shape(column.name(), column.key()));
        }
        return new TableShape(
                map.table().schema(), map.table().table(), ReplicaIdentity.FULL, columns, kind.connector());
    }

    /** The version of a captured table as the catalog describes it now; null if there is no such table. */
    @Nullable
    TableVersion current(TableId table) {
        MariadbTable now = catalog(table);
        return now == null || !now.hasKey() ? null : directory.describe(now.shape());
    }
}
