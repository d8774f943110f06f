package io.twinlog.capture.postgres.precondition;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at all preconditions of a source at once; changes nothing. Uses the given connection; not thread-safe. */
public final class SourcePreconditions {

    private static final int OLDEST_VERSION = 14;

    /** Older walsenders keep what they once decided about a table; seen with 14.22, not with 15.17. */
    private static final int FOLLOWS_ATTACHED_PARTITIONS = 15;

    private final Connection connection;
    private int version;
    private final SourceNames names;
    private final TablePatterns patterns;
    private final List<Check> server = new ArrayList<>();
    private final List<Check> tables = new ArrayList<>();
    private final Set<TableId> refused = new HashSet<>();
    private List<CatalogTable> selected = List.of();

    private SourcePreconditions(Connection connection, SourceNames names, TablePatterns patterns) {
        this.connection = connection;
        this.names = names;
        this.patterns = patterns;
    }

    /** @param snapshot whether rows will be read with SELECT */
    public static SourcePreconditions examine(
            Connection connection, SourceNames names, TablePatterns patterns, boolean snapshot) throws SQLException {
        SourcePreconditions result = new SourcePreconditions(connection, names, patterns);
        result.checkVersion();
        result.checkSettings();
        result.checkRole();
        result.selectTables();
        for (CatalogTable table : result.selected) {
            result.checkTable(table, snapshot);
        }
        result.checkPublication();
        return result;
    }

    /** Checks of the server as a whole. */
    public List<Check> server() {
        return server;
    }

    /** Checks of single tables. */
    public List<Check> tables() {
        return tables;
    }

    /** Selected tables without problems. */
    public List<CatalogTable> usable() {
        return selected.stream().filter(table -> !refused.contains(table.id())).toList();
    }

    private void checkVersion() throws SQLException {
        version = connection.getMetaData().getDatabaseMajorVersion();
        server.add(
                version >= OLDEST_VERSION
                        ? Check.ok(
                                "source version",
                                "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion())
                        : Check.problem(
                                "source version",
                                "PostgreSQL " + version + " is too old; " + OLDEST_VERSION + " or later is needed",
                                "Upgrade the source"));
    }

    private void checkSettings() throws SQLException {
        String level = text("SELECT pg_catalog.current_setting('wal_level')");
        server.add(
                "logical".equals(level)
                        ? Check.ok("source wal_level", "logical")
                        : Check.problem(
                                "source wal_level",
                                "wal_level is '" + level + "'; capture needs 'logical'",
                                "ALTER SYSTEM SET wal_level = 'logical'; then restart the server"));
        if ("t".equals(text("SELECT pg_catalog.pg_is_in_recovery()"))) {
            server.add(Check.problem(
                    "source role",
                    "The server is a standby; capture needs a primary",
                    "Set source.url to the primary"));
        }
        SlotFacts slot = SlotFacts.find(connection, names.slot());
        if (slot != null) {
            server.add(Check.ok(
                    "source slot",
                    "Slot '" + names.slot() + "' exists, wal_status " + slot.walStatus() + ", " + slot.retainedBytes()
                            + " bytes of log kept"));
            return;
        }
        checkFree(
                "max_replication_slots",
                "SELECT pg_catalog.current_setting('max_replication_slots')::int"
                        + " - (SELECT count(*) FROM pg_catalog.pg_replication_slots)");
        checkFree(
                "max_wal_senders",
                "SELECT pg_catalog.current_setting('max_wal_senders')::int"
                        + " - (SELECT count(*) FROM pg_catalog.pg_stat_replication)");
    }

    private void checkFree(String setting, String sql) throws SQLException {
        int free = Integer.parseInt(String.valueOf(text(sql)));
        server.add(
                free > 0
                        ? Check.ok("source " + setting, free + " free")
                        : Check.problem(
                                "source " + setting,
                                "All are in use",
                                "Drop unused slots (SELECT * FROM pg_replication_slots), or ALTER SYSTEM SET " + setting
                                        + " = a larger number and restart the server"));
    }

    private void checkRole() throws SQLException {
        boolean allowed = "t"
                .equals(text("SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles"
                        + " WHERE rolname = current_user"));
        String user = text("SELECT pg_catalog.quote_ident(current_user)");
        server.add(
                allowed
                        ? Check.ok("source role", "may replicate")
                        : Check.problem(
                                "source role",
                                "The user lacks the REPLICATION attribute",
                                "ALTER ROLE " + user + " REPLICATION"));
    }

    private void selectTables() throws SQLException {
        for (String malformed : patterns.malformed()) {
            tables.add(Check.problem(
                    "tables", "Pattern '" + malformed + "' lacks the schema", "Write \"public." + malformed + "\""));
        }
        if (patterns.isEmpty()) {
            tables.add(Check.problem("tables", "No table is selected", "tables: [\"public.*\"]"));
        }
        selected = new SourceCatalog(connection).select(patterns);
        List<TableId> ids = selected.stream().map(CatalogTable::id).toList();
        for (String unmatched : patterns.unmatched(ids)) {
            tables.add(Check.problem(
                    "tables",
                    "Pattern '" + unmatched + "' matches no table",
                    "Create the table, or correct source.tables (names are case-sensitive)"));
        }
    }

    private void checkTable(CatalogTable table, boolean snapshot) {
        String subject = "table " + table.id();
        String name = table.quotedName();
        int before = tables.size();
        if (table.unlogged()) {
            refuse(table, "It is unlogged, so the log has none of its changes", "ALTER TABLE " + name + " SET LOGGED");
        }
        if (table.identity() == 'n') {
            refuse(
                    table,
                    "Its replica identity is NOTHING: updates and deletes would fail at the source",
                    "ALTER TABLE " + name + " REPLICA IDENTITY FULL;");
        } else if (table.primaryKey().isEmpty() && table.identityIndex().isEmpty()) {
            refuse(
                    table,
                    "It has neither a primary key nor a replica identity index",
                    "ALTER TABLE " + name
                            + " ADD PRIMARY KEY (...); or, over a unique index of NOT NULL columns, ALTER TABLE " + name
                            + " REPLICA IDENTITY USING INDEX ...; or exclude it: \"!" + table.id() + "\"");
        } else if (table.identity() == 'f' && table.primaryKey().isEmpty()) {
            refuse(
                    table,
                    "Its replica identity is FULL but it has no primary key to order its events by",
                    "ALTER TABLE " + name + " ADD PRIMARY KEY (...);");
        } else if (table.identity() == 'd' && table.primaryKey().isEmpty()) {
            refuse(table, "It has no primary key", "ALTER TABLE " + name + " ADD PRIMARY KEY (...);");
        }
        if (!table.otherIdentities().isEmpty()) {
            TableId example = table.otherIdentities().get(0);
            refuse(
                    table,
                    table.otherIdentities().size() + " of its partitions, such as " + example
                            + ", have another replica identity than the table itself, so before images would be wrong",
                    "ALTER TABLE " + CatalogTable.quote(example.schema()) + "." + CatalogTable.quote(example.table())
                            + " REPLICA IDENTITY ... as the table's, for each partition");
        }
        if (snapshot && !table.readable()) {
            refuse(
                    table,
                    "The user may not read it, which the initial sync needs",
                    "GRANT SELECT ON " + name + " TO CURRENT_USER");
        }
        if (tables.size() > before) {
            return;
        }
        if (table.partitioned() && version < FOLLOWS_ATTACHED_PARTITIONS) {
            tables.add(
                    Check.warning(
                            subject,
                            "PostgreSQL " + version
                                    + " goes on leaving out the changes of a table that was written to before it became a"
                                    + " partition, until capture connects again",
                            "Attach empty tables only, or stop capture before ATTACH PARTITION of others and start it behind it"));
        }
        if (table.identity() == 'f') {
            tables.add(Check.ok(subject, "detection strength FULL"));
        } else {
            tables.add(Check.warning(
                    subject,
                    "Detection strength KEY: the log holds no before images, so an update that overwrites a change made at the"
                            + " target is not noticed",
                    "ALTER TABLE " + name + " REPLICA IDENTITY FULL;"));
        }
    }

    private void refuse(CatalogTable table, String message, String remedy) {
        refused.add(table.id());
        tables.add(Check.problem("table " + table.id(), message, remedy));
    }

    private void checkPublication() throws SQLException {
        Publication publication = Publication.find(connection, names.publication());
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (publication != null) {
            checkExisting(publication, version);
            return;
        }
        boolean create =
                "t".equals(text("SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')"));
        List<CatalogTable> foreign =
                usable().stream().filter(table -> !table.owned()).toList();
        if (create && foreign.isEmpty()) {
            server.add(Check.ok("source publication", "can be created"));
            return;
        }
        server.add(Check.problem(
                "source publication",
                create
                        ? "The user does not own " + foreign.get(0).id() + " and " + (foreign.size() - 1)
                                + " other tables, so it cannot publish them"
                        : "The user may not create a publication (CREATE on the database)",
                "As a superuser: "
                        + (usable().isEmpty()
                                ? "GRANT CREATE ON DATABASE ..."
                                : Publication.createStatement(names.publication(), usable(), version))));
    }

    private void checkExisting(Publication publication, int version) {
        if (!publication.complete()) {
            server.add(
                    Check.problem(
                            "source publication",
                            "Publication '" + publication.name()
                                    + "' leaves operations out or does not publish through the root",
                            "ALTER PUBLICATION " + publication.name()
                                    + " SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)"));
        } else if (version >= Publication.VERSION_WITH_GENERATED && !publication.generated()) {
            server.add(Check.problem(
                    "source publication",
                    "Publication '" + publication.name()
                            + "' leaves generated columns out, which makes the source refuse"
                            + " updates of tables with replica identity FULL",
                    "ALTER PUBLICATION " + publication.name() + " SET (publish_generated_columns = stored)"));
        } else {
            server.add(Check.ok(
                    "source publication",
                    "'" + publication.name() + "' publishes "
                            + publication.tables().size() + " tables"));
        }
    }

    private @Nullable String text(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
