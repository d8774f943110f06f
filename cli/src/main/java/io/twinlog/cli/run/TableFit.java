package io.twinlog.cli.run;

import io.twinlog.applier.Targets;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.capture.SourceView;
import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.cli.config.ApplyConfiguration.ExistingRowsChoice;
import io.twinlog.cli.config.CaptureConfiguration.Snapshot;
import io.twinlog.cli.config.Secret;
import io.twinlog.cli.config.SourceConfiguration;
import io.twinlog.cli.config.TargetConfiguration;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.database.DatabaseUrl;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the target has what the source's tables need: tables, columns, a key, no rows in the way. It looks at both sides,
 * which only the composition root knows. Where a side cannot be reached it says nothing; that side's own checks do.
 */
record TableFit(TwinlogConfiguration configuration) {

    private static final String COLUMNS = """
            SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
              a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'f', 'v') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""";

    // session_replication_role = replica leaves out the check at the commit (docs/conflicts.md).
    private static final String DEFERRABLE = """
            SELECT k.conname, pg_catalog.pg_get_constraintdef(k.oid)
            FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND k.contype IN ('p', 'u', 'x') AND k.condeferrable
            ORDER BY k.conname""";

    private record Column(String name, String type, boolean generated, boolean mustBeGiven) {}

    List<Check> check() {
        SourceConfiguration source = configuration.source();
        TargetConfiguration target = configuration.target();
        if (source == null || target == null) {
            return List.of();
        }
        if (source.url().isMariadb() || target.url().isMariadb()) {
            return checkShapes(target);
        }
        List<Check> checks = new ArrayList<>();
        try (Connection ours = connect(source.url(), source.user(), source.password());
                Connection theirs = connect(target.url(), target.user(), target.password())) {
            boolean rowsMatter = rowsWouldBeInTheWay(theirs);
            Map<TableId, ReplicaIdentity> images = new LinkedHashMap<>();
            for (CatalogTable table : new SourceCatalog(ours).select(new TablePatterns(source.tablePatterns()))) {
                checks.addAll(check(table, ours, theirs, rowsMatter));
                if (!columns(theirs, table.id()).isEmpty()) {
                    images.put(table.id(), table.detection());
                }
            }
            TargetDatabase database = Targets.of(
                    target.url().jdbc(),
                    target.user(),
                    target.password().reveal(),
                    configuration.replication().text());
            for (String problem : database.policyProblems(
                    theirs, configuration.conflicts().rulesOfApplier(), images.keySet(), images)) {
                checks.add(Check.problem("tables and conflict policies", problem, null));
            }
        } catch (SQLException e) {
            return checks;
        }
        return checks;
    }

    /** By the shapes that the source will describe its tables with. */
    private List<Check> checkShapes(TargetConfiguration target) {
        try (SourceView view = SourceView.open(Parts.captureConfig(configuration))) {
            return new ShapeFit(configuration, target).check(view.shapes());
        } catch (SQLException | TwinlogException e) {
            return List.of();
        }
    }

    private static Check rowsInTheWay(String subject, String quoted) {
        return Check.problem(
                subject,
                "The target's table has rows already, and the initial sync would meet them",
                "At the target: TRUNCATE " + quoted
                        + "; or set apply.existing.rows to truncate or upsert; or set capture.snapshot to none");
    }

    private List<Check> check(CatalogTable table, Connection ours, Connection theirs, boolean rowsMatter)
            throws SQLException {
        String subject = "table " + table.id();
        Map<String, Column> wanted = columns(ours, table.id());
        Map<String, Column> found = columns(theirs, table.id());
        if (found.isEmpty()) {
            return List.of(missing(table.id(), "The target does not have it", create(table, wanted)));
        }
        List<Check> checks = new ArrayList<>();
        for (Column column : wanted.values()) {
            if (!column.generated() && !found.containsKey(column.name())) {
                checks.add(missing(
                        table.id(),
                        "The target's table lacks the column " + column.name(),
                        "At the target: ALTER TABLE " + table.quotedName() + " ADD COLUMN "
                                + CatalogTable.quote(column.name()) + " " + column.type() + ";"));
            }
        }
        for (Column column : found.values()) {
            if (column.mustBeGiven() && !column.generated() && !wanted.containsKey(column.name())) {
                checks.add(Check.problem(
                        subject,
                        "The target's column " + column.name() + " must have a value and has no default, but the source"
                                + " lacks it",
                        "At the target: ALTER TABLE " + table.quotedName() + " ALTER COLUMN "
                                + CatalogTable.quote(column.name()) + " SET DEFAULT ...;"));
            }
        }
        checks.addAll(unchecked(theirs, table));
        String missing = missingPrivileges(theirs, table);
        if (!missing.isEmpty()) {
            checks.add(Check.problem(
                    subject,
                    "The user of the target may not " + missing.toLowerCase(Locale.ROOT) + " there",
                    "At the target: GRANT " + missing + " ON " + table.quotedName() + " TO "
                            + CatalogTable.quote(theirs.getMetaData().getUserName()) + ";"));
            return checks;
        }
        if (rowsMatter && hasRows(theirs, table.quotedName())) {
            checks.add(rowsInTheWay(subject, table.quotedName()));
        }
        return checks;
    }

    private static List<Check> unchecked(Connection theirs, CatalogTable table) throws SQLException {
        List<Check> checks = new ArrayList<>();
        try (PreparedStatement select = theirs.prepareStatement(DEFERRABLE)) {
            select.setString(1, table.id().schema());
            select.setString(2, table.id().table());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String name = CatalogTable.quote(row.getString(1));
                    String definition = row.getString(2).replaceAll(" DEFERRABLE( INITIALLY DEFERRED)?$", "");
                    checks.add(Check.warning(
                            "table " + table.id(),
                            "The target does not check its deferrable constraint " + row.getString(1)
                                    + " while events are applied: two rows may come to hold the same values there",
                            "Where others write at the target too: ALTER TABLE " + table.quotedName()
                                    + " DROP CONSTRAINT " + name + ", ADD CONSTRAINT " + name + " " + definition
                                    + ";"));
                }
            }
        }
        return checks;
    }

    /** Where a rule parks events that have no place at the target, that is a decision and no obstacle. */
    private Check missing(TableId table, String message, @Nullable String remedy) {
        String subject = "table " + table;
        return configuration.conflicts().rulesOfApplier().parksMissing(table)
                ? Check.warning(subject, message + "; its events are parked (target_missing)", remedy)
                : Check.problem(subject, message, remedy);
    }

    /** Only before the first start, when existing rows will be copied into tables that must be empty. */
    private boolean rowsWouldBeInTheWay(Connection theirs) throws SQLException {
        if (configuration.capture().snapshot() == Snapshot.NONE
                || configuration.apply().existingRows() != ExistingRowsChoice.FAIL_IF_NOT_EMPTY) {
            return false;
        }
        StoredProgress progress =
                new ProgressStore(theirs, configuration.replication().text()).read();
        return progress == null || progress.seq() == 0;
    }

    private static boolean hasRows(Connection theirs, String quoted) throws SQLException {
        try (Statement statement = theirs.createStatement();
                ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM " + quoted + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static String missingPrivileges(Connection theirs, CatalogTable table) throws SQLException {
        List<String> missing = new ArrayList<>();
        try (PreparedStatement select = theirs.prepareStatement(
                "SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p"
                        + " WHERE NOT pg_catalog.has_table_privilege(pg_catalog.to_regclass(?), p)")) {
            select.setString(1, table.quotedName());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    missing.add(row.getString(1));
                }
            }
        }
        return String.join(", ", missing);
    }

    private static Map<String, Column> columns(Connection connection, TableId id) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS)) {
            select.setString(1, id.schema());
            select.setString(2, id.table());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    columns.put(
                            row.getString(1),
                            new Column(row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4)));
                }
            }
        }
        return columns;
    }

    private static @Nullable String create(CatalogTable table, Map<String, Column> columns) {
        String lines = columns.values().stream()
                .map(column -> CatalogTable.quote(column.name()) + " " + column.type())
                .collect(Collectors.joining(", "));
        String key = table.primaryKey().isEmpty()
                ? ""
                : ", PRIMARY KEY ("
                        + table.primaryKey().stream().map(CatalogTable::quote).collect(Collectors.joining(", ")) + ")";
        return "At the target: CREATE TABLE " + table.quotedName() + " (" + lines + key + "); or leave it out: \"!"
                + table.id() + "\"";
    }

    private static Connection connect(DatabaseUrl url, String user, Secret password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        properties.setProperty("ApplicationName", "twinlog checks");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        Connection connection = DriverManager.getConnection(url.jdbc(), properties);
        connection.setReadOnly(true);
        return connection;
    }
}
