package io.twinlog.applier;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.schemas.control.ControlRecord.Detail;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** The databases that the same tests run on: what they are told in other words. */
public enum TargetVendor {
    POSTGRESQL("postgres", "23514") {
        @Override
        String newDatabase(String name) {
            Servers.postgres().createDatabase(name);
            return Servers.postgres().jdbcUrl(name);
        }

        @Override
        int port() {
            return Servers.postgres().port();
        }

        @Override
        Connection connect(String url, String user) throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", "");
            properties.setProperty("options", "-c TimeZone=UTC -c extra_float_digits=1 -c lc_monetary=C");
            return DriverManager.getConnection(url, properties);
        }

        @Override
        String translate(String sql) {
            return sql;
        }

        @Override
        String applierSession(String replication) {
            return "SELECT pid FROM pg_stat_activity WHERE application_name = 'twinlog " + replication + "'";
        }

        @Override
        String longTransaction(String replication, int rows) {
            return applierSession(replication) + " AND xact_start < clock_timestamp() - interval '1 second'";
        }

        @Override
        void end(Statement statement, String session) throws SQLException {
            statement.execute("SELECT pg_terminate_backend(" + session + ", 20000)");
        }

        @Override
        String holder(String replication) {
            return "application_name 'twinlog " + replication + "'";
        }

        @Override
        Map<String, String> site(Twin twin) {
            return Map.of(
                    Detail.SYSTEM_ID,
                    twin.rows("SELECT system_identifier FROM pg_control_system()")
                            .get(0),
                    Detail.DATABASE,
                    twin.rows("SELECT current_database()").get(0));
        }
    },

    /** Tests have database {@code public} to themselves, one after the other: the scripts' tables are in it. */
    MARIADB("root", "23000, error 4025") {
        @Override
        String newDatabase(String name) {
            Servers.mariadb().execute("", "DROP DATABASE IF EXISTS public", "CREATE DATABASE public");
            return Servers.mariadb().jdbcUrl("public");
        }

        @Override
        int port() {
            return Servers.mariadb().port();
        }

        @Override
        Connection connect(String url, String user) throws SQLException {
            Connection connection = Dialect.MARIADB.connect(url, user, "", "test");
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION sql_mode = concat(@@sql_mode, ',PIPES_AS_CONCAT')");
            }
            return connection;
        }

        @Override
        String translate(String sql) {
            return Words.translate(sql, Words.MARIADB, "longtext", "longtext", "SELECT seq, $1 FROM seq_$2_to_$3");
        }

        /** Older versions have no server_uid. */
        @Override
        Map<String, String> site(Twin twin) {
            List<String> uid = twin.rows("SHOW GLOBAL VARIABLES LIKE 'server_uid'");
            return Map.of(
                    Detail.SYSTEM_ID,
                    twin.rows("SELECT @@server_id").get(0) + "@"
                            + (uid.isEmpty() ? "null" : uid.get(0).replace("server_uid|", "")));
        }
    },

    /** The same; the tests of -Pmysql. */
    MYSQL("root", "HY000, error 3819") {
        @Override
        String newDatabase(String name) {
            Servers.mysql().execute("", "DROP DATABASE IF EXISTS public", "CREATE DATABASE public");
            return Servers.mysql().jdbcUrl("public");
        }

        @Override
        int port() {
            return Servers.mysql().port();
        }

        @Override
        Connection connect(String url, String user) throws SQLException {
            Connection connection = Dialect.MYSQL.connect(url, user, "", "test");
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION sql_mode = concat(@@sql_mode, ',PIPES_AS_CONCAT'),"
                        + " cte_max_recursion_depth = 10000000");
            }
            return connection;
        }

        @Override
        String translate(String sql) {
            return Words.translate(
                            sql,
                            Words.MYSQL,
                            "longtext",
                            "varchar(700)",
                            "WITH RECURSIVE s (seq) AS (SELECT $2 UNION ALL SELECT seq + 1 FROM s WHERE seq < $3)"
                                    + " SELECT seq, $1 FROM s")
                    // A default of a long text must be an expression.
                    .replaceAll("longtext((?: NOT NULL)?) DEFAULT ('[^']*')", "longtext$1 DEFAULT ($2)");
        }

        @Override
        Map<String, String> site(Twin twin) {
            return Map.of(Detail.SYSTEM_ID, twin.rows("SELECT @@server_uuid").get(0));
        }
    };

    private static final int NO_SUCH_SESSION = 1094;

    /** What MariaDB and MySQL are told instead. */
    private static final class Words {
        private static final Pattern NAMED = Pattern.compile("(\\w+) (\\w+) CONSTRAINT (\\w+) UNIQUE");
        private static final Pattern UNIQUE = Pattern.compile("\\btext(?= UNIQUE|, UNIQUE)");
        private static final Pattern SERIES =
                Pattern.compile("SELECT i, (.*) FROM generate_series\\((\\d+), (\\d+)\\) i");
        private static final Pattern IF_ABSENT = Pattern.compile("INSERT (.*) ON CONFLICT DO NOTHING");
        private static final String WAITING =
                "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
        // Deadlocks are those of the server's life.
        private static final Map<String, String> MARIADB =
                words("SELECT least(variable_value, 1) FROM information_schema.global_status WHERE variable_name ="
                        + " 'Innodb_deadlocks'");
        private static final Map<String, String> MYSQL =
                words("SELECT least(count, 1) FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'");

        private static Map<String, String> words(String deadlocks) {
            return Map.of(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted",
                    WAITING,
                    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
                    deadlocks,
                    "SELECT count(*) FROM pg_namespace WHERE nspname = 'twinlog'",
                    "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'twinlog'",
                    "SELECT count(*), count(*) FILTER (WHERE v = 'v' || -id AND id < 0) FROM t",
                    "SELECT count(*), sum(v = 'v' || -id AND id < 0) FROM t");
        }

        /** Texts in a unique index may have to be of another type. */
        private static String translate(
                String sql, Map<String, String> words, String text, String unique, String series) {
            String known = words.get(sql);
            if (known != null) {
                return known;
            }
            if (sql.startsWith("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
                return WAITING;
            }
            String typed = NAMED.matcher(sql).replaceAll("$1 $2, UNIQUE $3 ($1)");
            if (sql.startsWith("CREATE TABLE") || sql.startsWith("ALTER TABLE")) {
                typed = UNIQUE.matcher(typed).replaceAll(unique);
                typed = typed.replaceAll("\\btext\\b", text);
            }
            return IF_ABSENT
                    .matcher(SERIES.matcher(typed).replaceAll(series).replace(" WITH (fillfactor = 50)", ""))
                    .replaceAll("INSERT IGNORE $1");
        }
    }

    private final String user;
    private final String checkViolation;

    TargetVendor(String user, String checkViolation) {
        this.user = user;
        this.checkViolation = checkViolation;
    }

    /** How messages name the violation of a check. */
    String checkViolation() {
        return checkViolation;
    }

    /** The remedy for a missing column of type int. */
    String addColumn(String name) {
        return this == POSTGRESQL ? "ADD COLUMN \"" + name + "\" integer" : "ADD COLUMN `" + name + "` int";
    }

    String user() {
        return user;
    }

    /** How the refusal of a second applier names the first. */
    String holder(String replication) {
        return "user '" + user + "'";
    }

    /** A query of the session in which an applier writes, if it has one. */
    String applierSession(String replication) {
        return "SELECT id FROM information_schema.processlist WHERE id = IS_USED_LOCK('twinlog applier " + replication
                + "')";
    }

    /** A query of the session of an applier that is well within a transaction of many rows: has written this many, or a second long. */
    String longTransaction(String replication, int rows) {
        return "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_rows_modified > " + rows;
    }

    /** Ends a session unless it has just ended. */
    void end(Statement statement, String session) throws SQLException {
        try {
            statement.execute("KILL " + session);
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_SESSION) {
                throw e;
            }
        }
    }

    /** Makes a database for one test and tells its URL. */
    abstract String newDatabase(String name);

    /** Where the server is, at 127.0.0.1. */
    abstract int port();

    abstract Connection connect(String url, String user) throws SQLException;

    /** What a capture of the target's server would write down about whose log it reads. */
    abstract Map<String, String> site(Twin twin);

    /** A statement of a test in the words of the vendor. */
    abstract String translate(String sql);
}
