package io.twinlog.capture.mariadb.precondition;

import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.MariadbCatalog;
import io.twinlog.capture.mariadb.catalog.MariadbTable;
import io.twinlog.capture.mariadb.value.CharacterSets;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.origin.OriginMark;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Looks at server and tables at once; changes nothing. Each problem comes with what mends it. Used once. */
public final class MariadbPreconditions {

    private static final String BINLOG = "source binlog";
    private static final long SHORT_SECONDS = 24 * 3600;
    private static final long SECONDS_PER_DAY = 24 * 3600;

    private final Connection connection;
    private final BinlogFiles files;
    private final ServerRules rules;
    private final boolean snapshot;
    private final long serverId;
    private final List<Check> server = new ArrayList<>();
    private final List<Check> tables = new ArrayList<>();
    private final List<TableId> usable = new ArrayList<>();

    private MariadbPreconditions(Connection connection, boolean snapshot, long serverId) throws SQLException {
        this.connection = connection;
        this.files = new BinlogFiles(connection);
        this.rules = ServerRules.of(files.kind());
        this.snapshot = snapshot;
        this.serverId = serverId;
    }

    /**
     * Looks.
     *
     * @param snapshot whether existing rows are to be read
     * @param serverId as whom the binlog will be read
     */
    public static MariadbPreconditions examine(
            Connection connection, TablePatterns patterns, boolean snapshot, long serverId) throws SQLException {
        MariadbPreconditions result = new MariadbPreconditions(connection, snapshot, serverId);
        if (result.checkVersion()) {
            result.checkBinlog();
            Check login = AccountLogin.problem(connection);
            if (login != null) {
                result.server.add(login);
            }
            result.checkPrivileges();
            result.checkTables(patterns);
        }
        return result;
    }

    public List<Check> server() {
        return server;
    }

    public List<Check> tables() {
        return tables;
    }

    /** Selected tables without problems. */
    public List<TableId> usable() {
        return usable;
    }

    private boolean checkVersion() throws SQLException {
        Check found = rules.version(files.kind().product(), String.valueOf(files.variable("version")));
        server.add(found);
        return found.level() == Check.Level.OK;
    }

    private void checkBinlog() throws SQLException {
        if (!"ON".equals(files.variable("log_bin"))) {
            server.add(Check.problem(
                    BINLOG, "The server writes no binlog", "Set log_bin in the server's configuration and restart it"));
            return;
        }
        int before = server.size();
        require("binlog_format", "ROW", "Changes would be logged as statements");
        require("binlog_row_image", "FULL", "Row images would lack columns");
        require(
                "binlog_row_metadata",
                "FULL",
                "The binlog does not say the names, signs and character sets of columns");
        for (ServerRules.Required required : rules.required()) {
            if (files.variable(required.variable()) != null) {
                require(required.variable(), required.wanted(), required.consequence());
            }
        }
        String own = files.variable("server_id");
        if (own != null && Long.parseLong(own) == serverId) {
            server.add(Check.problem(
                    BINLOG,
                    "The server has the server_id " + own + ", which we would use to read its binlog",
                    "Choose another name for the replication, or another server_id for the server"));
        }
        if (own != null && OriginMark.isOfApplier(Long.parseLong(own))) {
            server.add(Check.problem(
                    BINLOG,
                    "The server has the server_id " + own
                            + ", which is one of those that mark what Twinlog has written",
                    "Choose another server_id for the server"));
        }
        if (server.size() == before) {
            server.add(Check.ok(BINLOG, "rows are logged in full, with metadata; read with server_id " + serverId));
        }
        String filters = files.filters();
        if (!filters.isEmpty()) {
            server.add(Check.problem(
                    BINLOG,
                    "The server leaves databases out of its binlog (" + filters + ")",
                    "Remove binlog_do_db and binlog_ignore_db from the server's configuration and restart it"));
        }
        if (!"1".equals(files.variable("sync_binlog"))) {
            server.add(Check.warning(
                    BINLOG,
                    "sync_binlog is not 1: a crash of the source may lose transactions that were captured already, which is then a"
                            + " gap",
                    "SET GLOBAL sync_binlog = 1, and in the server's configuration"));
        }
        long window = window();
        if (window > 0 && window < SHORT_SECONDS) {
            server.add(Check.warning(
                    BINLOG,
                    "The source removes its binlog after " + window + " s; a capture that stands longer has a gap",
                    "SET GLOBAL binlog_expire_logs_seconds = 604800, and in the server's configuration"));
        }
    }

    private long window() throws SQLException {
        String seconds = files.variable("binlog_expire_logs_seconds");
        if (seconds != null && Long.parseLong(seconds) > 0) {
            return Long.parseLong(seconds);
        }
        String days = files.variable("expire_logs_days");
        return days == null ? 0 : (long) (Double.parseDouble(days) * SECONDS_PER_DAY);
    }

    private void require(String variable, String wanted, String consequence) throws SQLException {
        String value = String.valueOf(files.variable(variable));
        if (!value.equalsIgnoreCase(wanted)) {
            server.add(Check.problem(
                    BINLOG,
                    variable + " is " + value + ". " + consequence,
                    "SET GLOBAL " + variable + " = " + (wanted.isEmpty() ? "''" : wanted)
                            + ", and in the server's configuration; sessions that are open keep the old value"));
        }
    }

    private void checkPrivileges() throws SQLException {
        StringBuilder grants = new StringBuilder();
        try (PreparedStatement statement = connection.prepareStatement("SHOW GRANTS");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String grant = row.getString(1).toUpperCase(Locale.ROOT);
                if (grant.contains(" ON *.* ")) {
                    grants.append(grant);
                }
            }
        }
        boolean all = grants.indexOf("ALL PRIVILEGES") >= 0;
        boolean reads = all
                || grants.indexOf("REPLICATION SLAVE") >= 0 && grants.indexOf("REPLICATION SLAVE ADMIN") < 0
                || grants.indexOf("REPLICATION SLAVE,") >= 0
                || grants.indexOf("REPLICATION SLAVE ON") >= 0;
        boolean locks = all || grants.indexOf("RELOAD") >= 0 || grants.indexOf("FLUSH_TABLES") >= 0;
        if (snapshot && rules.snapshotMayLock() && !locks) {
            server.add(Check.warning(
                    "source privileges",
                    "The user may not lock the server for a moment. The initial sync does without while gtid_mode is ON and there is"
                            + " a moment in which nothing is committed",
                    "As an administrator: GRANT RELOAD ON *.* TO the user of source.user"));
        }
        boolean monitors = all || grants.indexOf("BINLOG MONITOR") >= 0 || grants.indexOf("REPLICATION CLIENT") >= 0;
        if (reads && monitors) {
            server.add(Check.ok("source privileges", "the binlog may be read"));
        } else {
            server.add(Check.problem(
                    "source privileges",
                    "The user may not read the binlog",
                    "As an administrator: GRANT REPLICATION SLAVE, " + rules.monitoring()
                            + " ON *.* TO the user of source.user"));
        }
    }

    private void checkTables(TablePatterns patterns) throws SQLException {
        if (!patterns.malformed().isEmpty()) {
            server.add(Check.problem(
                    "source tables",
                    "Patterns without a database: " + String.join(", ", patterns.malformed()),
                    "Write database.table, such as shop.orders or shop.*"));
        }
        MariadbCatalog catalog = new MariadbCatalog(connection);
        List<TableId> selected = catalog.select(patterns);
        List<String> unmatched = patterns.unmatched(selected);
        if (!unmatched.isEmpty()) {
            server.add(Check.problem(
                    "source tables",
                    "No table that the user may see matches " + String.join(", ", unmatched),
                    "Correct source.tables, or GRANT SELECT on the tables"));
        }
        CharacterSets sets = CharacterSets.load(connection);
        for (TableId id : selected) {
            MariadbTable table = catalog.find(id);
            if (table != null) {
                check(table, catalog, sets);
            }
        }
    }

    private void check(MariadbTable table, MariadbCatalog catalog, CharacterSets sets) throws SQLException {
        int before = tables.size();
        String name = MariadbTable.quoted(table.id());
        String exclude = "or exclude it (\"!" + table.id() + "\")";
        if (table.kind().equals("SYSTEM VERSIONED")) {
            refuse(
                    table,
                    "System-versioned tables cannot be captured: their history comes as rows",
                    "Exclude it (\"!" + table.id() + "\")");
        }
        if (!table.hasKey()) {
            refuse(
                    table,
                    "It has no primary key, so its events cannot be ordered by key",
                    "ALTER TABLE " + name + " ADD PRIMARY KEY (...), " + exclude);
        }
        List<String> cascades = rules.logsCascades(files) ? List.of() : catalog.cascades(table.id());
        if (!cascades.isEmpty()) {
            refuse(
                    table,
                    "Foreign keys change its rows without a word in the binlog: " + String.join("; ", cascades),
                    "ALTER TABLE " + name
                            + " DROP FOREIGN KEY ..., and ADD it with ON DELETE RESTRICT ON UPDATE RESTRICT, "
                            + exclude);
        }
        for (MariadbTable.Column column : table.columns()) {
            String set = column.characterSet();
            if (!column.type().isKnown()) {
                refuse(
                        table,
                        "Column " + column.name() + " has the type " + column.declared() + ", which cannot be captured",
                        "ALTER TABLE " + name + " MODIFY " + MariadbTable.quote(column.name()) + " ..., " + exclude);
            } else if (set != null && !sets.isKnown(set)) {
                refuse(
                        table,
                        "Column " + column.name() + " has the character set " + set + ", which cannot be captured",
                        "ALTER TABLE " + name + " CONVERT TO CHARACTER SET utf8mb4, " + exclude);
            }
        }
        if (snapshot && !table.engine().equalsIgnoreCase("InnoDB")) {
            refuse(
                    table,
                    "Its engine " + table.engine() + " has no consistent snapshot, which the initial sync needs",
                    "ALTER TABLE " + name + " ENGINE = InnoDB, " + exclude);
        }
        String denied = snapshot ? denied(name) : null;
        if (denied != null) {
            refuse(
                    table,
                    "The user may not read it, which the initial sync needs: " + denied,
                    "GRANT SELECT ON " + name + " TO the user");
        }
        if (tables.size() == before) {
            usable.add(table.id());
            tables.add(Check.ok("table " + table.id(), "detection strength FULL"));
        }
    }

    private @Nullable String denied(String table) {
        // Explained only: the driver does not know the types of all columns of MySQL.
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN SELECT * FROM " + table);
                ResultSet ignored = statement.executeQuery()) {
            return null;
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void refuse(MariadbTable table, String message, String remedy) {
        tables.add(Check.problem("table " + table.id(), message, remedy));
    }
}
