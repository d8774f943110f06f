package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.database.LoginRefusal;
import io.twinlog.schemas.database.TlsRefusal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Preconditions at the target, each with the statement that mends it. Creates nothing. */
final class MariadbChecks {

    private static final String REMEDY =
            "Start the server, or check target.url, target.user and target.password; an account that"
                    + " requires a certificate wants keyStore in target.url";

    private static final long SMALL_PACKET = 64L << 20;

    private final MariadbSessions sessions;
    private final String user;
    private final String replication;

    MariadbChecks(MariadbSessions sessions, String user, String replication) {
        this.sessions = sessions;
        this.user = user;
        this.replication = replication;
    }

    List<Check> run() {
        List<Check> checks = new ArrayList<>();
        try (Connection connection = sessions.connect("twinlog " + replication + " doctor")) {
            checks.add(Check.ok("target connection", "connected as " + user));
            String problem = MariadbSessions.problem(connection);
            if (problem != null) {
                checks.add(Check.problem("target version", problem, null));
                return checks;
            }
            checks.add(Check.ok(
                    "target version",
                    ServerFlavor.of(connection).product() + " " + MariadbSessions.version(connection)));
            checks.add(writable(connection));
            checks.add(timestamps(connection));
            checks.add(database(connection));
            checks.add(mark(connection));
            checks.add(packet(connection));
            checks.addAll(triggers(connection));
        } catch (SQLException e) {
            checks.add(Check.noConnection(
                    "target connection", "cannot connect as " + user + ": " + e.getMessage(), e, remedy(e)));
        }
        return checks;
    }

    private static String remedy(SQLException failure) {
        if (LoginRefusal.plugin(failure) != null) {
            return LoginRefusal.remedy("target.user");
        }
        return TlsRefusal.isIn(failure) ? TlsRefusal.remedy("target.url") : REMEDY;
    }

    private static Check writable(Connection connection) throws SQLException {
        return text(connection, "SELECT @@global.read_only").equals("0")
                ? Check.ok("target is writable", "yes")
                : Check.problem("target is writable", "the server is read-only", "SET GLOBAL read_only = OFF;");
    }

    private static Check timestamps(Connection connection) throws SQLException {
        String subject = "target explicit_defaults_for_timestamp";
        return MariadbSessions.isOn(connection, "explicit_defaults_for_timestamp")
                ? Check.ok(subject, "on")
                : Check.problem(
                        subject,
                        "it is off: a null would become the present time",
                        "Set explicit_defaults_for_timestamp = ON in the server's configuration and restart it");
    }

    private Check database(Connection connection) throws SQLException {
        String subject = "target database twinlog";
        boolean exists = !text(
                        connection, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'twinlog'")
                .equals("0");
        boolean may = exists
                || !text(
                                connection,
                                "SELECT (SELECT count(*) FROM information_schema.user_privileges WHERE privilege_type ="
                                        + " 'CREATE') + (SELECT count(*) FROM information_schema.schema_privileges WHERE"
                                        + " privilege_type = 'CREATE' AND table_schema IN ('twinlog', '%'))")
                        .equals("0");
        return may
                ? Check.ok(subject, "exists or can be created")
                : Check.problem(
                        subject,
                        "user " + user + " may not create it",
                        "CREATE DATABASE twinlog; GRANT ALL ON twinlog.* TO " + account(connection) + ";");
    }

    private Check mark(Connection connection) throws SQLException {
        ServerFlavor flavor = ServerFlavor.of(connection);
        String subject = "target " + flavor.marker() + " of our writes";
        try (Statement statement = connection.createStatement()) {
            statement.execute(flavor.marking(replication));
            return Check.ok(subject, "writes are marked as " + flavor.mark(replication));
        } catch (SQLException e) {
            return Check.warning(
                    subject,
                    "user " + user + " may not set it (" + e.getMessage()
                            + "): a capture on the target cannot tell our writes from others",
                    "GRANT " + flavor.markingPrivilege() + " ON *.* TO " + account(connection) + ";");
        }
    }

    private static Check packet(Connection connection) throws SQLException {
        String subject = "target max_allowed_packet";
        long bytes = Long.parseLong(text(connection, "SELECT @@max_allowed_packet"));
        return bytes >= SMALL_PACKET
                ? Check.ok(subject, bytes + " bytes")
                : Check.warning(
                        subject,
                        bytes + " bytes: a row that is larger cannot be applied",
                        "SET GLOBAL max_allowed_packet = 1073741824; and in the server's configuration");
    }

    // A session cannot leave them out.
    private static List<Check> triggers(Connection connection) throws SQLException {
        List<Check> checks = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT event_object_schema, event_object_table,"
                        + " group_concat(trigger_name ORDER BY trigger_name SEPARATOR ', ') FROM"
                        + " information_schema.triggers WHERE event_object_schema NOT IN ('sys', 'mysql') GROUP BY 1, 2"
                        + " ORDER BY 1, 2")) {
            while (row.next()) {
                checks.add(Check.warning(
                        "target triggers",
                        "table " + row.getString(1) + "." + row.getString(2) + " has triggers (" + row.getString(3)
                                + "), which fire for our writes too; those of the source have fired already",
                        "DROP TRIGGER ... if the table is replicated"));
            }
        }
        return checks;
    }

    private static String account(Connection connection) throws SQLException {
        String[] parts = text(connection, "SELECT CURRENT_USER()").split("@", 2);
        return Identifier.literal(parts[0]) + "@" + Identifier.literal(parts.length > 1 ? parts[1] : "%");
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            String value = row.getString(1);
            return value == null ? "" : value;
        }
    }
}
