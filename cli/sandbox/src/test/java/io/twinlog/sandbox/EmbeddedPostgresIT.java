package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void restart_keeps_rows_and_port() throws SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            postgres.createDatabase("shop");
            postgres.execute("shop", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
            int port = postgres.port();

            postgres.restart();

            assertThat(postgres.port()).isEqualTo(port);
            assertThat(query(postgres, "shop", "SELECT count(*) FROM t")).isEqualTo("2");

            postgres.stopImmediately();
            assertThat(postgres.isRunning()).isFalse();
            postgres.start();
            assertThat(query(postgres, "shop", "SELECT count(*) FROM t")).isEqualTo("2");
        }
    }

    @Test
    void killed_server_starts_again_with_every_committed_row() throws SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                Connection open = postgres.connect("postgres");
                Statement session = open.createStatement()) {
            session.execute("CREATE TABLE t (id int PRIMARY KEY)");
            session.execute("INSERT INTO t SELECT generate_series(1, 1000)");
            open.setAutoCommit(false);
            session.execute("INSERT INTO t VALUES (1001)");

            postgres.kill();

            assertThat(postgres.isRunning()).isFalse();
            assertThatThrownBy(() -> session.execute("SELECT 1")).isInstanceOf(SQLException.class);
            postgres.start();
            assertThat(query(postgres, "postgres", "SELECT max(id) FROM t")).isEqualTo("1000");
        }
    }

    @Test
    void durable_settings_and_those_of_the_builder_are_on() throws SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setting("application_name", "it's a test")
                .setting("max_wal_senders", "7")
                .start()) {
            assertThat(setting(postgres, "fsync")).isEqualTo("on");
            assertThat(setting(postgres, "full_page_writes")).isEqualTo("on");
            assertThat(setting(postgres, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(postgres, "wal_level")).isEqualTo("logical");
            assertThat(setting(postgres, "max_replication_slots")).isEqualTo("10");
            assertThat(setting(postgres, "max_wal_senders")).isEqualTo("7");
            assertThat(setting(postgres, "track_commit_timestamp")).isEqualTo("on");
            assertThat(setting(postgres, "server_encoding")).isEqualTo("UTF8");
            assertThat(setting(postgres, "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(
                            postgres,
                            "postgres",
                            "SELECT setting FROM pg_file_settings WHERE name = 'application_name'"))
                    .isEqualTo("it's a test");
            // ALTER SYSTEM must win, as eager replication switches synchronous_standby_names at run time.
            postgres.execute("postgres", "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()");
            postgres.restart();
            assertThat(setting(postgres, "fsync")).isEqualTo("off");
        }
    }

    @Test
    void two_servers_run_at_once_and_ask_for_the_password_they_were_given() throws SQLException {
        try (EmbeddedPostgres open = EmbeddedPostgres.builder().start();
                EmbeddedPostgres guarded =
                        EmbeddedPostgres.builder().password("s3cret'").start()) {
            assertThat(guarded.port()).isNotEqualTo(open.port());
            assertThat(query(open, "postgres", "SELECT system_identifier FROM pg_control_system()"))
                    .isNotEqualTo(query(guarded, "postgres", "SELECT system_identifier FROM pg_control_system()"));
            assertThatThrownBy(() -> DriverManager.getConnection(guarded.jdbcUrl("postgres"), "postgres", "wrong"))
                    .hasMessageContaining("password authentication failed");
            assertThat(guarded.dataDir().resolveSibling("password")).doesNotExist();
        }
    }

    @Test
    void server_left_by_a_killed_jvm_is_taken_over_with_its_rows() throws SQLException {
        long left = startAndKillOwner("outlives");
        assertThat(new Pid(left).isGone()).isFalse();

        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().directory(directory).start()) {
            assertThat(new Pid(left).isGone()).isTrue();
            assertThat(query(postgres, "postgres", "SELECT id FROM t")).isEqualTo("1");
        }
        assertThat(directory.resolve("data/PG_VERSION")).exists();
    }

    @Test
    void server_ends_with_its_killed_jvm() {
        long left = startAndKillOwner("ends");

        assertThat(new Pid(left).awaitGone(SOON)).isTrue();
        assertThat(directory.resolve("server.log")).content().contains("database system is shut down");
    }

    @Test
    void server_ends_with_a_jvm_that_forgets_it() {
        try (JavaProcess owner = owner("ends", "leaves")) {
            long server = serverOf(owner);
            assertThat(owner.awaitExit(SOON)).isZero();
            assertThat(new Pid(server).isGone()).isTrue();
        }
    }

    @Test
    void directory_of_another_owner_is_refused() {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().directory(directory).start()) {
            assertThat(postgres.isRunning()).isTrue();
            assertThatThrownBy(() ->
                            EmbeddedPostgres.builder().directory(directory).start())
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void taken_port_and_wrong_setting_are_named() {
        try (TcpProxy other = TcpProxy.to(1)) {
            assertThatThrownBy(
                            () -> EmbeddedPostgres.builder().port(other.port()).start())
                    .hasMessageContaining("Another program listens on port " + other.port());
        }
        assertThatThrownBy(
                        () -> EmbeddedPostgres.builder().setting("no_such", "x").start())
                .hasMessageContaining("unrecognized configuration parameter \"no_such\"");
    }

    @Test
    void initialisation_that_was_cut_off_begins_again() throws Exception {
        Files.createDirectories(directory.resolve("data/base"));
        Files.writeString(directory.resolve("data/base/1"), "half");

        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().directory(directory).start()) {
            assertThat(query(postgres, "postgres", "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void root_without_user_namespaces_starts_it_as_nobody() throws SQLException {
        Optional<ServerAccount> nobody = ServerAccount.nobody();
        assumeTrue(nobody.isPresent(), "only root can take another account");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start(nobody.get())) {
            assertThat(query(postgres, "postgres", "SELECT 1")).isEqualTo("1");
        }
    }

    private long startAndKillOwner(String fate) {
        try (JavaProcess owner = owner(fate, "stays")) {
            long server = serverOf(owner);
            owner.kill();
            return server;
        }
    }

    private JavaProcess owner(String fate, String stay) {
        return JavaProcess.of(PostgresOwner.class)
                .heap("128m")
                .arguments(directory.toString(), fate, stay)
                .start();
    }

    private static long serverOf(JavaProcess owner) {
        return Long.parseLong(owner.awaitOutput("^server (\\d+)$", SOON).group(1));
    }

    private static String setting(EmbeddedPostgres postgres, String name) throws SQLException {
        return query(postgres, "postgres", "SHOW " + name);
    }

    private static String query(EmbeddedPostgres postgres, String database, String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
