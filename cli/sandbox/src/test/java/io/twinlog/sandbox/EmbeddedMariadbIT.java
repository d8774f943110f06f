package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedMariadbIT {
    /** The first start of all unpacks the server. */
    private static final Duration FIRST_START = Duration.ofMinutes(2);

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void server_is_durable_and_logs_whole_rows_over_restart_and_crash() throws SQLException {
        try (EmbeddedMariadb mariadb = EmbeddedMariadb.builder()
                .password("s3cret'\\")
                .setting("server_id", "77")
                .start()) {
            assertThat(variable(mariadb, "innodb_flush_log_at_trx_commit")).isEqualTo("1");
            assertThat(variable(mariadb, "innodb_doublewrite")).isEqualTo("ON");
            assertThat(variable(mariadb, "sync_binlog")).isEqualTo("1");
            assertThat(variable(mariadb, "log_bin")).isEqualTo("ON");
            assertThat(variable(mariadb, "binlog_format")).isEqualTo("ROW");
            assertThat(variable(mariadb, "binlog_row_image")).isEqualTo("FULL");
            assertThat(variable(mariadb, "binlog_row_metadata")).isEqualTo("FULL");
            assertThat(variable(mariadb, "gtid_strict_mode")).isEqualTo("ON");
            assertThat(variable(mariadb, "server_id")).isEqualTo("77");
            assertThat(variable(mariadb, "bind_address")).isEqualTo("127.0.0.1");
            assertThat(variable(mariadb, "character_set_server")).isEqualTo("utf8mb4");
            assertThatThrownBy(() -> DriverManager.getConnection(mariadb.jdbcUrl(""), "root", "wrong"))
                    .hasMessageContaining("Access denied");
            assertThatThrownBy(() -> DriverManager.getConnection(mariadb.jdbcUrl(""), "", ""))
                    .hasMessageContaining("Access denied");

            mariadb.createDatabase("shop");
            mariadb.execute("shop", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
            int port = mariadb.port();

            mariadb.restart();

            assertThat(mariadb.port()).isEqualTo(port);
            try (Connection open = mariadb.connect("shop");
                    Statement session = open.createStatement()) {
                open.setAutoCommit(false);
                session.execute("INSERT INTO t VALUES (3)");
                open.commit();
                session.execute("INSERT INTO t VALUES (4)");

                mariadb.kill();

                assertThat(mariadb.isRunning()).isFalse();
                assertThatThrownBy(() -> session.execute("SELECT 1")).isInstanceOf(SQLException.class);
            }
            mariadb.start();
            assertThat(query(mariadb, "shop", "SELECT max(id) FROM t")).isEqualTo("3");
        }
    }

    @Test
    void server_left_by_a_killed_jvm_is_taken_over_and_one_that_shall_end_ends() throws SQLException {
        long left = startAndKillOwner("outlives");
        assertThat(new Pid(left).isGone()).isFalse();

        try (EmbeddedMariadb mariadb =
                EmbeddedMariadb.builder().directory(directory).start()) {
            assertThat(new Pid(left).isGone()).isTrue();
            assertThat(query(mariadb, "shop", "SELECT id FROM t")).isEqualTo("1");
            assertThatThrownBy(
                            () -> EmbeddedMariadb.builder().directory(directory).start())
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
            mariadb.execute("shop", "DROP DATABASE shop");
        }

        long guarded = startAndKillOwner("ends");
        assertThat(new Pid(guarded).awaitGone(SOON)).isTrue();
        assertThat(directory.resolve("server.log")).content().endsWith("Shutdown complete\n");
    }

    @Test
    void initialisation_that_was_cut_off_begins_again_and_the_binlog_can_be_left_out() throws Exception {
        Files.createDirectories(directory.resolve("data/mysql"));
        Files.writeString(directory.resolve("data/ibdata1"), "half");

        try (EmbeddedMariadb mariadb =
                EmbeddedMariadb.builder().directory(directory).withoutBinlog().start()) {
            assertThat(variable(mariadb, "log_bin")).isEqualTo("OFF");
        }
        try (TcpProxy other = TcpProxy.to(1)) {
            assertThatThrownBy(() -> EmbeddedMariadb.builder()
                            .directory(directory)
                            .port(other.port())
                            .start())
                    .hasMessageContaining("Another program listens on port " + other.port());
        }
        assertThatThrownBy(() -> EmbeddedMariadb.builder()
                        .directory(directory)
                        .setting("no_such", "x")
                        .start())
                .hasMessageContaining("unknown variable 'no_such=x'");
    }

    private long startAndKillOwner(String fate) {
        try (JavaProcess owner = JavaProcess.of(MariadbOwner.class)
                .heap("128m")
                .arguments(directory.toString(), fate)
                .start()) {
            long server = Long.parseLong(
                    owner.awaitOutput("^server (\\d+)$", FIRST_START).group(1));
            owner.kill();
            return server;
        }
    }

    private static String variable(EmbeddedMariadb mariadb, String name) throws SQLException {
        return query(
                mariadb,
                "",
                "SELECT variable_value FROM information_schema.global_variables WHERE variable_name = '" + name + "'");
    }

    private static String query(EmbeddedMariadb mariadb, String database, String sql) throws SQLException {
        try (Connection connection = mariadb.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
