package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.FreePort;
import io.twinlog.sandbox.JavaProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The product as its user meets it: a configuration file, {@code twinlog run} in a process, and the other commands. */
@ExtendWith(Servers.Extension.class)
class RunIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TABLE = "CREATE TABLE account (id int PRIMARY KEY, owner text, balance numeric(12,2))";
    private static final String MARKER = "marker-row-value";

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    RunIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    @Test
    void a_replication_lives_from_its_first_sync_to_its_drop() throws Exception {
        int metrics = FreePort.find();
        Path file = new TwinlogFile(directory, servers, shop)
                .with("metrics.listen", "localhost:" + metrics)
                .path();
        servers.source().execute(shop, TABLE, "ALTER TABLE account REPLICA IDENTITY FULL");
        servers.target().execute(shop, TABLE);
        servers.source()
                .execute(shop, "INSERT INTO account SELECT i, '" + MARKER + "', i FROM generate_series(1, 1000) i");

        servers.target().execute(shop, "ALTER TABLE account ADD CONSTRAINT owners UNIQUE (owner, id) DEFERRABLE");
        assertThat(cli.run("doctor", "-f", file)).satisfies(report -> {
            assertThat(report.exitCode()).as(report.all()).isZero();
            assertThat(report.out()).contains("source\n", "kafka\n", "target\n").contains("Ready");
            assertThat(report.out())
                    .contains("does not check its deferrable constraint owners")
                    .contains("DROP CONSTRAINT \"owners\", ADD CONSTRAINT \"owners\" UNIQUE (owner, id);");
        });
        assertThat(servers.topics(shop)).isEmpty();

        String output;
        try (JavaProcess run = start(file)) {
            waitUntilApplied(file);
            assertEqual();

            servers.source()
                    .execute(
                            shop,
                            "INSERT INTO account VALUES (2000, 'new', 1)",
                            "UPDATE account SET balance = balance + 1 WHERE id <= 500",
                            "DELETE FROM account WHERE id > 900 AND id <= 1000");
            waitUntilApplied(file);
            assertEqual();

            JsonNode status = status(file);
            assertThat(status.at("/capture/state").asText()).isEqualTo("PRIMARY");
            assertThat(status.at("/applier/state").asText()).isEqualTo("SECONDARY");
            assertThat(status.at("/lag/transactions").asLong()).isZero();
            assertThat(status.at("/lag/seconds").asDouble()).isLessThan(10);
            assertThat(status.at("/source/slot/active").asBoolean()).isTrue();
            assertThat(status.at("/staleness/stale").asBoolean()).isFalse();
            assertThat(status.at("/conflicts").asLong()).isZero();

            aConflictIsListedAndShown(file);
            itCanBeWatched(file, metrics);

            run.terminate();
            assertThat(run.awaitExit(LIMIT)).isZero();
            output = run.output();
        }
        assertThat(output).contains("capture", "applier").doesNotContain(Servers.PASSWORD, MARKER);
        assertThat(status(file).at("/capture/state").asText()).isIn("REMOVED", "DOWN");

        servers.source().execute(shop, "INSERT INTO account VALUES (3000, 'while nobody looked', 1)");
        Result tooLate = cli.run("wait", "-f", file, "--timeout", "1s");
        assertThat(tooLate.exitCode()).as(tooLate.all()).isEqualTo(4);
        assertThat(tooLate.err()).contains("Not applied up to");

        try (JavaProcess run = start(file)) {
            waitUntilApplied(file);
            assertThat(Servers.value(servers.target(), shop, "SELECT owner FROM account WHERE id = 3000"))
                    .isEqualTo("while nobody looked");
            run.terminate();
            assertThat(run.awaitExit(LIMIT)).isZero();
        }

        Result drop = cli.run("drop", "-f", file, "--yes");
        assertThat(drop.exitCode()).as(drop.all()).isZero();
        assertNothingExists();
        assertThat(Servers.value(servers.target(), shop, "SELECT count(*) FROM account"))
                .isEqualTo("902");
        assertThat(cli.everything()).doesNotContain(Servers.PASSWORD);
    }

    @Test
    void run_starts_the_broker_that_is_configured_as_embedded() {
        servers.source().execute(shop, TABLE, "INSERT INTO account VALUES (1, 'a', 1)");
        servers.target().execute(shop, TABLE);
        Path file = new TwinlogFile(directory, servers, shop)
                .with("kafka", "{ embedded: { dir: kafka, port: " + FreePort.find() + " } }")
                .path();

        for (int run = 1; run <= 2; run++) {
            try (JavaProcess process = start(file)) {
                process.awaitOutput("capture +PRIMARY", LIMIT);
                servers.source().execute(shop, "UPDATE account SET balance = balance + 1");
                waitUntilApplied(file);
                assertEqual();
                process.terminate();
                assertThat(process.awaitExit(LIMIT)).isZero();
            }
        }
    }

    @Test
    void the_first_failure_stops_both_parts_and_decides_the_exit_code() {
        servers.source().execute(shop, TABLE, "INSERT INTO account VALUES (1, 'a', 1)");
        servers.target().execute(shop, TABLE);
        Path file = new TwinlogFile(directory, servers, shop).path();
        try (JavaProcess run = start(file)) {
            waitUntilApplied(file);
            run.terminate();
            run.awaitExit(LIMIT);
        }
        servers.source()
                .execute(
                        shop,
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '" + shop
                                + "'",
                        "INSERT INTO account VALUES (2, 'b', 1)");

        try (JavaProcess run = start(file)) {
            assertThat(run.awaitExit(LIMIT)).as(run.output()).isEqualTo(3);
            assertThat(run.output()).contains("accept-loss");
        }
        Result wait = cli.run("wait", "-f", file, "--timeout", "20s");
        assertThat(wait.exitCode()).as(wait.all()).isEqualTo(3);

        Result accepted = cli.run("accept-loss", "-f", file, "--reason", "the test dropped the slot");
        assertThat(accepted.exitCode()).as(accepted.all()).isZero();
        try (JavaProcess run = start(file)) {
            servers.source().execute(shop, "INSERT INTO account VALUES (3, 'c', 1)");
            waitUntilApplied(file);
            assertThat(Servers.value(servers.target(), shop, "SELECT owner FROM account WHERE id = 3"))
                    .isEqualTo("c");
            run.terminate();
            assertThat(run.awaitExit(LIMIT)).isZero();
        }
    }

    private void itCanBeWatched(Path file, int port) throws Exception {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(get(port, "/metrics", 200))
                        .contains("twinlog_conflicts_open{replication=\"" + shop + "\"} 1.0"));
        assertThat(get(port, "/metrics", 200))
                .contains(counter("capture_events", "operation=\"snapshot\"", "1000.0"))
                .contains(counter("apply_events", "operation=\"snapshot\"", "1000.0"))
                .contains(counter("apply_events", "operation=\"update\"", "502.0"))
                .contains(counter("apply_events", "operation=\"delete\"", "100.0"))
                .containsPattern(
                        "twinlog_apply_latency_seconds_bucket\\{replication=\"" + shop + "\",le=\"60.0\"} [1-9]")
                .containsPattern(
                        "twinlog_apply_conflicts_total\\{kind=\"update_differs\",outcome=\"held\",policy=\"hold\","
                                + "replication=\"" + shop + "\",table=\"public.account\"} 1.0")
                .contains("twinlog_detection{replication=\"" + shop
                        + "\",strength=\"FULL\",table=\"public.account\"} 1.0")
                .contains("twinlog_member_state{replication=\"" + shop + "\",role=\"applier\",state=\"SECONDARY\"} 1.0")
                .contains("twinlog_held_keys{replication=\"" + shop + "\"} 1.0")
                .containsPattern("twinlog_source_retained_bytes\\{replication=\"" + shop + "\"} \\d")
                .contains("jvm_memory_used_bytes")
                .doesNotContain(MARKER, Servers.PASSWORD);
        assertThat(get(port, "/health", 200)).contains("\"healthy\" : true", "\"PRIMARY\"", "\"SECONDARY\"");
        assertThat(get(port, "/status", 200)).contains("\"conflicts\" : 1");
        assertThat(get(port, "/nothing", 404)).contains("/metrics");

        Result second = cli.run("run", "-f", file);
        assertThat(second.exitCode()).as(second.all()).isEqualTo(2);
        assertThat(second.err()).contains("metrics.listen: cannot listen at localhost:" + port);
    }

    private String counter(String name, String tag, String value) {
        return "twinlog_" + name + "_total{" + tag + ",replication=\"" + shop + "\",table=\"public.account\"} " + value;
    }

    private static String get(int port, String path, int code) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
        return response.body();
    }

    private void aConflictIsListedAndShown(Path file) throws Exception {
        servers.target().execute(shop, "UPDATE account SET balance = 1000000 WHERE id = 7");
        servers.source()
                .execute(
                        shop,
                        "UPDATE account SET balance = balance + 1 WHERE id = 7",
                        "UPDATE account SET balance = balance + 1 WHERE id = 8");
        waitUntilApplied(file);

        JsonNode list = new ObjectMapper()
                .readTree(cli.run("conflicts", "list", "-f", file, "--json").out());
        assertThat(list).hasSize(1);
        assertThat(list.get(0).at("/kind").asText()).isEqualTo("update_differs");
        assertThat(list.get(0).at("/table").asText()).isEqualTo("public.account");
        assertThat(list.get(0).at("/key/id").asText()).isEqualTo("7");
        String id = list.get(0).at("/id").asText();

        assertThat(cli.run("conflicts", "list", "-f", file).out()).contains(id, "update_differs", "1 conflict");
        Result shown = cli.run("conflicts", "show", id, "-f", file);
        assertThat(shown.exitCode()).isZero();
        assertThat(shown.out()).contains("EXPECTED", "8.00", "9.00", "1000000.00", "<- differs");
        JsonNode document = new ObjectMapper()
                .readTree(cli.run("conflicts", "show", id, "-f", file, "--json").out());
        assertThat(document.at("/current/balance").asText()).isEqualTo("1000000.00");
        assertThat(document.at("/differing/0").asText()).isEqualTo("balance");

        assertThat(Servers.value(servers.target(), shop, "SELECT balance FROM account WHERE id = 7"))
                .isEqualTo("1000000.00");
        assertThat(Servers.value(servers.target(), shop, "SELECT balance FROM account WHERE id = 8"))
                .isEqualTo("10.00");
        assertThat(status(file).at("/conflicts").asLong()).isEqualTo(1);

        Result unknown = cli.run("conflicts", "show", "1-999999-1", "-f", file);
        assertThat(unknown.exitCode()).isEqualTo(1);
    }

    private static JavaProcess start(Path file) {
        return JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start();
    }

    private void waitUntilApplied(Path file) {
        Result wait = cli.run("wait", "-f", file, "--timeout", "60s");
        assertThat(wait.exitCode()).as(wait.all()).isZero();
    }

    private JsonNode status(Path file) throws Exception {
        Result status = cli.run("status", "-f", file, "--json");
        assertThat(status.exitCode()).as(status.all()).isZero();
        return new ObjectMapper().readTree(status.out());
    }

    private void assertEqual() {
        assertThat(content(servers.target())).isEqualTo(content(servers.source()));
    }

    private String content(EmbeddedPostgres server) {
        return Servers.value(
                server,
                shop,
                "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(a::text, 0)::numeric), 0) FROM account a");
    }

    private void assertNothingExists() {
        assertThat(servers.topics(shop)).isEmpty();
        assertThat(Servers.value(
                        servers.source(),
                        shop,
                        "SELECT count(*) FROM pg_replication_slots WHERE database = '" + shop + "'"))
                .isEqualTo("0");
        assertThat(Servers.value(servers.source(), shop, "SELECT count(*) FROM pg_publication"))
                .isEqualTo("0");
        assertThat(Servers.value(servers.target(), shop, "SELECT count(*) FROM pg_namespace WHERE nspname = 'twinlog'"))
                .isEqualTo("0");
    }
}
