package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps a replication's publication in step with the tables that are selected. Owned by the capturing thread. */
final class PublicationKeeper {

    private final PostgresSource source;
    private final XlogSide xlog;
    private final StatusBoard board;
    private final SourceNames names;

    PublicationKeeper(PostgresSource source, XlogSide xlog, StatusBoard board) {
        this.source = source;
        this.xlog = xlog;
        this.board = board;
        this.names = source.names();
    }

    /** Those of the tables that exist, as the catalog describes them now. */
    static List<CatalogTable> find(Connection sql, Collection<TableId> ids) throws SQLException {
        List<CatalogTable> tables = new ArrayList<>();
        SourceCatalog catalog = new SourceCatalog(sql);
        for (TableId id : ids) {
            CatalogTable table = catalog.find(id);
            if (table != null) {
                tables.add(table);
            }
        }
        return tables;
    }

    List<CatalogTable> create(Connection sql) throws SQLException {
        Preconditions.Findings findings = new Preconditions(xlog, source).examine();
        findings.require(true);
        List<CatalogTable> tables = find(sql, findings.usable());
        Publication existing = Publication.find(sql, names.publication());
        Set<TableId> wanted = new HashSet<>();
        tables.forEach(table -> wanted.add(table.id()));
        if (existing != null && new HashSet<>(existing.tables()).equals(wanted)) {
            return tables;
        }
        if (existing != null) {
            Publication.execute(sql, "DROP PUBLICATION " + CatalogTable.quote(names.publication()));
        }
        int version = sql.getMetaData().getDatabaseMajorVersion();
        Publication.execute(sql, Publication.createStatement(names.publication(), tables, version));
        return tables;
    }

    /** Tables that appeared since, or are not wanted any more. The change takes effect at its place in the log. */
    void adjust(Connection sql, Preconditions.Findings findings) throws SQLException {
        Publication publication = Publication.find(sql, names.publication());
        if (publication == null) {
            throw new TwinlogException(
                    Category.GAP,
                    "GAP in replication " + source.config().replication() + ": the publication '" + names.publication()
                            + "' was dropped; the source cannot tell any more what to send."
                            + " Use `twinlog drop` and start with an initial sync, or `twinlog accept-loss`.");
        }
        findings.tables().stream()
                .filter(check -> check.level() == io.twinlog.schemas.check.Check.Level.PROBLEM)
                .forEach(check -> board.message("Not captured: " + check.subject() + ": " + check.message()
                        + (check.remedy() == null ? "" : " -> " + check.remedy())));
        if (publication.allTables()) {
            return;
        }
        Set<TableId> published = new HashSet<>(publication.tables());
        List<CatalogTable> added = find(
                sql,
                findings.usable().stream()
                        .filter(table -> !published.contains(table))
                        .toList());
        if (!added.isEmpty()) {
            Publication.execute(sql, Publication.addStatement(names.publication(), added));
            added.forEach(table -> board.message("WARNING: table " + table.id()
                    + " is captured from now on; rows that it holds already are not copied: copy them by hand, or use `twinlog drop`"
                    + " and start with an initial sync"));
        }
        Set<TableId> selected = new HashSet<>();
        for (CatalogTable table :
                new SourceCatalog(sql).select(new TablePatterns(source.config().tables()))) {
            selected.add(table.id());
        }
        for (TableId table : published) {
            if (!selected.contains(table)) {
                Publication.execute(
                        sql,
                        "ALTER PUBLICATION " + CatalogTable.quote(names.publication()) + " DROP TABLE "
                                + CatalogTable.quote(table.schema()) + "." + CatalogTable.quote(table.table()));
                board.message("Table " + table + " is not captured any more: source.tables does not select it");
            }
        }
    }
}
