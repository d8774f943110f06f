package io.twinlog.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real Prometheus scrapes the daemon's image and evaluates what dashboard and alerts ask. Grafana itself is not started. */
@ExtendWith(Engine.class)
@Timeout(600)
class MonitoringContainersIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Composition composition;
    private static int conflicts;

    @BeforeAll
    static void start() {
        composition = new Composition();
        composition.start("source", "target", "kafka", "registry", "daemon", "prometheus");
    }

    @AfterAll
    static void stop() {
        if (composition != null) {
            composition.close();
        }
    }

    @Test
    void every_expression_of_the_dashboard_returns_data() throws IOException {
        Set<String> silent = new TreeSet<>();
        JsonNode dashboard =
                JSON.readTree(Files.readString(Service.COMPOSE.resolve("grafana/dashboards/twinlog.json")));
        dashboard.findValues("expr").forEach(expression -> silent.add(expression.asText()));
        assertThat(silent).hasSizeGreaterThan(15);

        Awaitility.await("data for every expression")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(3))
                .untilAsserted(() -> {
                    work();
                    silent.removeIf(MonitoringContainersIT::returnsData);
                    assertThat(silent).isEmpty();
                });

        JsonNode variable = ask("/api/v1/label/replication/values?match[]=" + encoded("twinlog_stale"));
        assertThat(variable).extracting(JsonNode::asText).containsExactly("shop");
    }

    @Test
    void every_alert_is_loaded_and_can_be_evaluated() {
        Awaitility.await("a first evaluation")
                .atMost(Duration.ofMinutes(1))
                .until(() -> rules().stream()
                        .noneMatch(rule -> rule.path("health").asText().equals("unknown")));
        assertThat(rules())
                .hasSizeGreaterThanOrEqualTo(6)
                .allSatisfy(rule -> assertThat(rule.path("health").asText())
                        .as(rule.toString())
                        .isEqualTo("ok"));
    }

    /** Changes of every kind, and one conflict more. */
    private static void work() {
        conflicts++;
        composition.sql("target", "shop", "UPDATE account SET balance = 1000000 WHERE id = " + (9_000 + conflicts));
        composition.sql(
                "source",
                "shop",
                "UPDATE account SET balance = balance + 1 WHERE mod(id, 10) = 0 OR id = " + (9_000 + conflicts)
                        + "; INSERT INTO account VALUES (" + (200_000 + conflicts) + ", 'new', 1);"
                        + " DELETE FROM account WHERE id = " + conflicts);
    }

    private static boolean returnsData(String expression) {
        String query = expression.replace("$replication", ".*");
        return !ask("/api/v1/query?query=" + encoded(query)).path("result").isEmpty();
    }

    private static List<JsonNode> rules() {
        return ask("/api/v1/rules").findValues("rules").stream()
                .flatMap(rules -> java.util.stream.StreamSupport.stream(rules.spliterator(), false))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode ask(String path) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(
                                    URI.create(composition.service("prometheus").url()
                                            + path.replace("[", "%5B").replace("]", "%5D")))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            // A query that Prometheus cannot parse is a 400 with the reason.
            assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(200);
            return JSON.readTree(response.body()).path("data");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
