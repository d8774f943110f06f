package io.twinlog.capture.mariadb.snapshot;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.mariadb.catalog.MariadbAddress;
import io.twinlog.capture.mariadb.catalog.MariadbCatalog;
import io.twinlog.capture.mariadb.catalog.MariadbTable;
import io.twinlog.capture.mariadb.catalog.ServerKind;
import io.twinlog.capture.mariadb.value.CharacterSets;
import io.twinlog.capture.mariadb.value.SelectedColumn;
import io.twinlog.capture.mariadb.value.TextBuffer;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.snapshot.RowSource;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.KeyOrder;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.schemas.table.TableId;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a consistent snapshot, and its place in the binlog.
 *
 * <p>How both are fixed at once is the server's own: {@link ServerKind#beginSnapshot}. Such a snapshot cannot be handed to another
 * connection, so there is one reader; several would need {@code FLUSH TABLES WITH READ LOCK} while all begin, which stops the source.
 */
public final class MariadbRows implements RowSource, AutoCloseable {

    private static final int FETCH_ROWS = 1_000;
    private static final int NULL = -1;

    private final MariadbAddress source;
    private final ServerKind kind;
    private final Connection snapshot;
    private final String position;
    private final CharacterSets sets;
    private final Map<TableId, MariadbTable> catalog = new ConcurrentHashMap<>();
    private @Nullable TableDirectory directory;

    private MariadbRows(
            MariadbAddress source, ServerKind kind, Connection snapshot, String position, CharacterSets sets) {
        this.kind = kind;
        this.source = source;
        this.snapshot = snapshot;
        this.position = position;
        this.sets = sets;
    }

    /** Takes the snapshot. */
    public static MariadbRows begin(MariadbAddress source, CharacterSets sets) throws SQLException {
        Connection connection = source.open();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            statement.execute("SET SESSION wait_timeout = 86400");
            ServerKind kind = ServerKind.of(connection);
            String position = kind.beginSnapshot(connection);
            // Values come as they are stored; what becomes of them is decided in one place, for the stream too.
            statement.execute("SET SESSION character_set_results = NULL");
            return new MariadbRows(source, kind, connection, position, sets);
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** Its place in the binlog: every transaction before it is in the snapshot, none behind it. */
    public String position() {
        return position;
    }

    /** Where versions of tables are announced; to be set before anything is described. */
    public MariadbRows announcingTo(TableDirectory tables) {
        directory = tables;
        return this;
    }

    @Override
    public int mostReaders() {
        return 1;
    }

    @Override
    public Map<TableId, Table> describe(Collection<TableId> tables) throws SQLException {
        Map<TableId, Table> described = new LinkedHashMap<>();
        try (Connection connection = source.open()) {
            MariadbCatalog found = new MariadbCatalog(connection);
            for (TableId id : tables) {
                MariadbTable table = found.find(id);
                if (table == null || !table.hasKey()) {
                    continue;
                }
                catalog.put(id, table);
                String first = found.keyColumns(id).get(0);
                KeyOrder order = table.columns().stream()
                                .anyMatch(column -> column.name().equals(first)
                                        && column.type().isInteger())
                        ? KeyOrder.INTEGER
                        : null;
                described.put(
                        id,
                        new Table(
                                requireNonNull(directory).describe(table.shape()),
                                order == null ? null : first,
                                order,
                                table.rows()));
            }
        }
        return described;
    }

    @Override
    public Reader open() {
        return new SelectReader();
    }

    /** A row is the length and the text of each column, or -1 for null. */
    @Override
    public void parse(byte[] row, Tuple tuple) {
        tuple.reset(row);
        ByteBuffer buffer = ByteBuffer.wrap(row);
        while (buffer.hasRemaining()) {
            int length = buffer.getInt();
            if (length == NULL) {
                tuple.add(Tuple.NULL, 0, 0);
            } else {
                tuple.add(Tuple.TEXT, buffer.position(), length);
                buffer.position(buffer.position() + length);
            }
        }
    }

    private final class SelectReader implements Reader {

        @Override
        public @Nullable String bound(Table table, @Nullable String after, int rows) throws SQLException {
            String key = MariadbTable.quote(requireNonNull(table.column()));
            String sql = "SELECT " + key + " FROM " + MariadbTable.quoted(table.id())
                    + (after == null ? "" : " WHERE " + key + " > " + after)
                    + " ORDER BY " + key + " LIMIT 1 OFFSET " + (rows - 1);
            try (Statement statement = snapshot.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                return row.next() ? row.getString(1) : null;
            }
        }

        @Override
        public void read(Table table, Chunk chunk, Sink rows) throws SQLException, InterruptedException {
            MariadbTable described = requireNonNull(catalog.get(table.id()));
            List<SelectedColumn> columns = new ArrayList<>();
            StringJoiner expressions = new StringJoiner(", ");
            for (MariadbTable.Column column : described.columns()) {
                SelectedColumn selected = new SelectedColumn(
                        column.type(),
                        MariadbTable.quote(column.name()),
                        table.id() + "." + column.name(),
                        column.characterSet(),
                        sets,
                        kind::exactNumber);
                columns.add(selected);
                expressions.add(selected.expression());
            }
            String sql = "SELECT " + expressions + " FROM " + MariadbTable.quoted(table.id()) + where(chunk);
            try (Statement statement = snapshot.createStatement()) {
                statement.setFetchSize(FETCH_ROWS);
                try (ResultSet row = statement.executeQuery(sql)) {
                    TextBuffer text = new TextBuffer();
                    while (row.next()) {
                        rows.row(packed(row, columns, text));
                    }
                }
            }
        }

        private String where(Chunk chunk) {
            String column = chunk.column();
            if (column == null || chunk.after() == null && chunk.upTo() == null) {
                return "";
            }
            String key = MariadbTable.quote(column);
            String from = chunk.after() == null ? "" : key + " > " + chunk.after();
            String to = chunk.upTo() == null ? "" : key + " <= " + chunk.upTo();
            return " WHERE " + from + (from.isEmpty() || to.isEmpty() ? "" : " AND ") + to;
        }

        private byte[] packed(ResultSet row, List<SelectedColumn> columns, TextBuffer text) throws SQLException {
            ByteBuffer buffer = ByteBuffer.allocate(64 + 24 * columns.size());
            for (int i = 0; i < columns.size(); i++) {
                byte[] value = row.getBytes(i + 1);
                text.reset();
                if (value != null) {
                    columns.get(i).append(value, text);
                }
                buffer = withRoom(buffer, 4 + text.size());
                buffer.putInt(value == null ? NULL : text.size());
                buffer.put(text.bytes(), 0, text.size());
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        }

        private static ByteBuffer withRoom(ByteBuffer buffer, int more) {
            if (buffer.remaining() >= more) {
                return buffer;
            }
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + more));
            return larger.put(buffer.flip());
        }

        /** The snapshot outlives its reader. */
        @Override
        public void close() {}
    }

    @Override
    public void close() throws SQLException {
        snapshot.close();
    }
}
