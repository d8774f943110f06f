package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.sandbox.FreePort;
import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sandbox}: servers that stay what they were, over orderly and disorderly ends. */
class SandboxIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private int portBase = FreePort.find();

    @Test
    void keeps_what_the_servers_hold_over_a_stop_and_over_a_kill() throws Exception {
        try (JavaProcess sandbox = start()) {
            sandbox.awaitOutput("^Ctrl-C stops the servers", LIMIT);
            assertThat(sandbox.output()).contains("Written: ");
            assertThat(Files.readString(directory.resolve("twinlog.yaml"))).contains("replication: shop");
            sql("CREATE TABLE kept (a int)");

            sandbox.terminate();
            assertThat(sandbox.awaitExit(LIMIT)).isZero();
        }
        try (JavaProcess sandbox = start()) {
            sandbox.awaitOutput("^Ctrl-C stops the servers", LIMIT);
            assertThat(sandbox.output()).contains("Found, and left as it is: ");
            sql("INSERT INTO kept VALUES (1)");

            sandbox.kill();
        }
        try (JavaProcess sandbox = start()) {
            sandbox.awaitOutput("^Ctrl-C stops the servers", LIMIT);
            sql("INSERT INTO kept SELECT 1 / count(*) FROM kept");
            sandbox.terminate();
            assertThat(sandbox.awaitExit(LIMIT)).isZero();
        }
    }

    @Test
    void a_mariadb_and_a_postgresql_are_ready_to_be_replicated() throws Exception {
        try (JavaProcess sandbox = start("--source", "mariadb", "--target", "postgresql")) {
            sandbox.awaitOutput("^Ctrl-C stops the servers", LIMIT);
            String create = "CREATE TABLE shop.kept (a int PRIMARY KEY)";
            sql(DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + portBase + "/", "root", ""), create);
            sql(
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + (portBase + 1) + "/shop", "postgres", ""),
                    create);
            assertThat(new Cli().run("doctor", "-f", directory.resolve("twinlog.yaml")))
                    .satisfies(result ->
                            assertThat(result.exitCode()).as(result.all()).isZero());
        }
    }

    @Test
    void a_port_that_is_taken_is_named() throws Exception {
        try (var taken = new java.net.ServerSocket()) {
            taken.bind(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), portBase + 1));
            try (JavaProcess sandbox = start()) {
                assertThat(sandbox.awaitExit(LIMIT)).isEqualTo(2);
                assertThat(sandbox.output()).contains("port " + (portBase + 1)).doesNotContain("Exception");
            }
        }
    }

    private JavaProcess start(String... options) {
        return JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("sandbox", "--dir", directory.toString(), "--port-base", Integer.toString(portBase))
                .arguments(options)
                .start();
    }

    private void sql(String statement) throws Exception {
        sql(
                DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + portBase + "/shop", "postgres", ""),
                statement);
    }

    private static void sql(Connection connection, String statement) throws Exception {
        try (connection;
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
