package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.changes.RelationChanges;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.postgres.value.RelationShape;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at a PostgreSQL source from outside of a running capture. Not thread-safe. */
final class PostgresView implements SourceView {

    private static final int VERSION_WITH_FLUSH = 17;

    private final Connection connection;
    private final SourceNames names;
    private final TablePatterns tables;

    /** Opens an ordinary connection; throws a TwinlogException with its category where that fails. */
    PostgresView(CaptureConfig config) {
        this.names = new SourceNames(config.replication());
        this.tables = new TablePatterns(config.tables());
        try {
            this.connection = new SourceAddress(
                            config.sourceUrl(), config.sourceUser(), config.sourcePassword(), names.application())
                    .open();
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }

    @Override
    public String end() {
        return text("SELECT pg_catalog.pg_current_wal_lsn()::text", null);
    }

    @Override
    public @Nullable Bookmark bookmark() {
        try {
            SlotFacts facts = SlotFacts.find(connection, names.slot());
            if (facts == null) {
                return null;
            }
            Long confirmed = facts.confirmed();
            return new Bookmark(
                    facts.name(),
                    facts.activePid() != null,
                    facts.walStatus(),
                    confirmed == null ? null : Lsn.format(confirmed),
                    facts.retainedBytes(),
                    facts.safeWalSize());
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }

    @Override
    public SortedMap<TableId, ReplicaIdentity> detection() {
        try {
            SortedMap<TableId, ReplicaIdentity> strengths = new TreeMap<>();
            for (CatalogTable table : new SourceCatalog(connection).select(tables)) {
                strengths.put(table.id(), table.detection());
            }
            return strengths;
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }

    @Override
    public String emitBarrier(String token) {
        try {
            // The message must reach the disk to be decoded; where the function cannot flush, a transaction id makes
            // the commit do so.
            return connection.getMetaData().getDatabaseMajorVersion() >= VERSION_WITH_FLUSH
                    ? text(
                            "SELECT pg_catalog.pg_logical_emit_message(false, '" + RelationChanges.BARRIER_PREFIX
                                    + "', ?, true)::text",
                            token)
                    : text(
                            "SELECT pg_catalog.pg_logical_emit_message(false, '" + RelationChanges.BARRIER_PREFIX
                                    + "', ?)::text FROM pg_catalog.pg_current_xact_id()",
                            token);
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }

    @Override
    public List<TableShape> shapes() {
        try {
            boolean generated =
                    connection.getMetaData().getDatabaseMajorVersion() >= Publication.VERSION_WITH_GENERATED;
            TypeNames types = TypeNames.load(connection);
            List<TableShape> shapes = new ArrayList<>();
            for (CatalogTable table : new SourceCatalog(connection).select(tables)) {
                List<String> names = table.identity() == 'i' ? table.identityIndex() : table.primaryKey();
                if (!names.isEmpty()) {
                    Relation relation = SourceCatalog.relation(table, generated);
                    boolean[] key = new boolean[relation.columns().size()];
                    for (int i = 0; i < key.length; i++) {
                        key[i] = names.contains(relation.columns().get(i).name());
                    }
                    shapes.add(RelationShape.of(relation, key, types));
                }
            }
            return shapes;
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }

    private String text(String sql, @Nullable String parameter) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (parameter != null) {
                statement.setString(1, parameter);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return String.valueOf(row.getString(1));
            }
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw PostgresSource.sqlFailure(e, null);
        }
    }
}
