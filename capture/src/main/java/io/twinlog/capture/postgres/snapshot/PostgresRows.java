package io.twinlog.capture.postgres.snapshot;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.changes.Relations;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.snapshot.RowSource;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.KeyOrder;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The rows of an exported snapshot, which each reader imports. */
public final class PostgresRows implements RowSource {

    private static final int GUESSED_ROW_BYTES = 64;

    private final SourceAddress source;
    private final Relations relations;
    private final String exported;
    private final int readers;
    private final Map<TableId, CatalogTable> catalog = new ConcurrentHashMap<>();

    /** @param exported name of the snapshot that readers import */
    public PostgresRows(SourceAddress source, Relations relations, String exported, int readers) {
        this.source = source;
        this.relations = relations;
        this.exported = exported;
        this.readers = readers;
    }

    @Override
    public int mostReaders() {
        return readers;
    }

    @Override
    public Map<TableId, Table> describe(Collection<TableId> tables) throws SQLException {
        Map<TableId, Table> described = new LinkedHashMap<>();
        try (Connection connection = source.open()) {
            boolean generated =
                    connection.getMetaData().getDatabaseMajorVersion() >= Publication.VERSION_WITH_GENERATED;
            SourceCatalog found = new SourceCatalog(connection);
            for (TableId id : tables) {
                CatalogTable table = found.find(id);
                if (table != null) {
                    catalog.put(id, table);
                    TableVersion version = relations.describe(SourceCatalog.relation(table, generated));
                    String column = chunkColumn(table);
                    String type = column == null ? null : typeOf(version, column);
                    described.put(
                            id,
                            new Table(
                                    version,
                                    column,
                                    type == null ? null : KeyOrder.of(type),
                                    estimate(connection, table)));
                }
            }
        }
        return described;
    }

    /** The first key column, by which the stream's changes can be told apart too. */
    private static @Nullable String chunkColumn(CatalogTable table) {
        List<String> key = table.identity() == 'i' ? table.identityIndex() : table.primaryKey();
        return key.isEmpty() ? null : key.get(0);
    }

    private static @Nullable String typeOf(TableVersion version, String column) {
        int index = version.shape().indexOf(column);
        return index < 0 ? null : version.shape().columns().get(index).sqlType();
    }

    /** The planner's estimate; for a table that was never analyzed a guess from its size. */
    private static long estimate(Connection connection, CatalogTable table) throws SQLException {
        if (table.rows() > 0) {
            return table.rows();
        }
        String sql =
                "SELECT sum(pg_catalog.pg_relation_size(t.relid)) FROM (SELECT relid FROM pg_catalog.pg_partition_tree("
                        + Integer.toUnsignedString(table.oid()) + ") UNION SELECT "
                        + Integer.toUnsignedString(table.oid()) + ") t";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) / GUESSED_ROW_BYTES : 0;
        }
    }

    @Override
    public Reader open() throws SQLException {
        Connection connection = source.open();
        try (Statement statement = connection.createStatement()) {
            // Rows that a policy hides would be missing at the target without a word.
            statement.execute("SET row_security = off");
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute("SET TRANSACTION SNAPSHOT '" + exported + "'");
            return new CopyReader(connection);
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    @Override
    public void parse(byte[] row, Tuple tuple) {
        CopyRow.parse(row, tuple);
    }

    private final class CopyReader implements Reader {

        private final Connection connection;

        CopyReader(Connection connection) {
            this.connection = connection;
        }

        @Override
        public @Nullable String bound(Table table, @Nullable String after, int rows) throws SQLException {
            String column = requireNonNull(table.column());
            // Qualified, for ORDER BY would take a bare name for the output column and sort by its text.
            String key = "r." + CatalogTable.quote(column);
            String sql = "SELECT " + key + "::text FROM " + from(table) + " AS r"
                    + (after == null ? "" : " WHERE " + key + " > '" + after + "'::" + typeOf(table.version(), column))
                    + " ORDER BY " + key + " OFFSET " + (rows - 1) + " LIMIT 1";
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }

        @Override
        public void read(Table table, Chunk chunk, Sink rows) throws SQLException, InterruptedException {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copyStatement(table, chunk));
            try {
                for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
                    rows.row(line);
                }
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Rows of child tables belong to them, rows of partitions to the root. */
    private String from(Table table) {
        CatalogTable described = requireNonNull(catalog.get(table.id()));
        return (described.partitioned() ? "" : "ONLY ") + described.quotedName();
    }

    private String copyStatement(Table table, Chunk chunk) {
        StringBuilder columns = new StringBuilder();
        for (var column : table.version().shape().columns()) {
            columns.append(columns.length() == 0 ? "" : ", ").append(CatalogTable.quote(column.name()));
        }
        StringBuilder sql = new StringBuilder("COPY (SELECT ")
                .append(columns)
                .append(" FROM ")
                .append(from(table));
        String column = chunk.column();
        if (column != null) {
            String type = String.valueOf(typeOf(table.version(), column));
            String key = CatalogTable.quote(column);
            String glue = " WHERE ";
            if (chunk.after() != null) {
                sql.append(glue)
                        .append(key)
                        .append(" > '")
                        .append(chunk.after())
                        .append("'::")
                        .append(type);
                glue = " AND ";
            }
            if (chunk.upTo() != null) {
                sql.append(glue)
                        .append(key)
                        .append(" <= '")
                        .append(chunk.upTo())
                        .append("'::")
                        .append(type);
            }
        }
        return sql.append(") TO STDOUT").toString();
    }
}
