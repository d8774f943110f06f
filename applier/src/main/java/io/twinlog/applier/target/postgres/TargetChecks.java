package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.Identifier;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.database.TlsRefusal;
import io.twinlog.schemas.origin.OriginMark;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Preconditions at the target, each with the statement that mends it. Creates nothing. */
final class TargetChecks {

    private static final String REMEDY = "Start the server, or check target.url, target.user and target.password";

    private static final int OLDEST_VERSION = 140_000;

    private final String url;
    private final String user;
    private final String password;
    private final String replication;

    TargetChecks(String url, String user, String password, String replication) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.replication = replication;
    }

    List<Check> run() {
        List<Check> checks = new ArrayList<>();
        try (Connection connection =
                Dialect.POSTGRESQL.connect(url, user, password, "twinlog " + replication + " doctor")) {
            checks.add(Check.ok("target connection", "connected as " + user));
            checks.add(version(connection));
            checks.add(writable(connection));
            checks.add(replicationRole(connection));
            checks.add(schema(connection));
            checks.add(origin(connection));
        } catch (SQLException e) {
            checks.add(Check.noConnection(
                    "target connection",
                    "cannot connect as " + user + ": " + e.getMessage(),
                    e,
                    TlsRefusal.isIn(e) ? TlsRefusal.remedy("target.url") : REMEDY));
        }
        return checks;
    }

    private static Check version(Connection connection) throws SQLException {
        int version = Integer.parseInt(text(connection, "SHOW server_version_num"));
        return version >= OLDEST_VERSION
                ? Check.ok("target version", "PostgreSQL " + text(connection, "SHOW server_version"))
                : Check.problem(
                        "target version",
                        "PostgreSQL " + text(connection, "SHOW server_version") + " is older than 14",
                        null);
    }

    private static Check writable(Connection connection) throws SQLException {
        return "off".equals(text(connection, "SHOW transaction_read_only"))
                ? Check.ok("target is writable", "yes")
                : Check.problem("target is writable", "the server is a standby or read-only", null);
    }

    private Check replicationRole(Connection connection) throws SQLException {
        String subject = "target session_replication_role";
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute("RESET session_replication_role");
            return Check.ok(subject, "may be set");
        } catch (SQLException e) {
            return Check.problem(
                    subject,
                    "user " + user + " may not set it; triggers would fire again",
                    "GRANT SET ON PARAMETER session_replication_role TO " + Identifier.quote(user) + ";");
        }
    }

    private Check schema(Connection connection) throws SQLException {
        String subject = "target schema twinlog";
        String privilege = text(
                connection,
                "SELECT CASE WHEN to_regnamespace('twinlog') IS NOT NULL THEN CASE WHEN"
                        + " has_schema_privilege('twinlog', 'USAGE') THEN 'ok' ELSE 'usage' END WHEN"
                        + " has_database_privilege(current_database(), 'CREATE') THEN 'ok' ELSE 'create' END");
        return switch (privilege) {
            case "ok" -> Check.ok(subject, "exists or can be created");
            case "usage" ->
                Check.problem(
                        subject,
                        "user " + user + " may not use it",
                        "GRANT USAGE, CREATE ON SCHEMA twinlog TO " + Identifier.quote(user) + ";");
            default ->
                Check.problem(
                        subject,
                        "user " + user + " may not create it",
                        "GRANT CREATE ON DATABASE " + Identifier.quote(text(connection, "SELECT current_database()"))
                                + " TO " + Identifier.quote(user) + ";");
        };
    }

    private Check origin(Connection connection) throws SQLException {
        String subject = "target replication origin";
        boolean may = "t"
                .equals(text(
                        connection,
                        "SELECT has_function_privilege('pg_replication_origin_session_setup(text)', 'EXECUTE') AND"
                                + " has_function_privilege('pg_replication_origin_create(text)', 'EXECUTE')"));
        return may
                ? Check.ok(subject, "writes are marked as " + OriginMark.replicationOrigin(replication))
                : Check.warning(
                        subject,
                        "user " + user + " may not set one: a capture on the target cannot tell our writes from others",
                        "GRANT EXECUTE ON FUNCTION pg_replication_origin_create(text), pg_replication_origin_oid(text),"
                                + " pg_replication_origin_session_setup(text) TO " + Identifier.quote(user) + ";");
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
