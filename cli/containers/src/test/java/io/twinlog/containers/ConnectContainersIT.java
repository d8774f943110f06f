package io.twinlog.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The image of the Connect worker with the composition's connectors, while its surroundings are cut off. */
@ExtendWith(Engine.class)
@Timeout(900)
class ConnectContainersIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CONTENT = "SELECT count(*), sum(balance), sum(id) FROM account";

    private static Composition composition;

    @BeforeAll
    static void start() {
        composition = new Composition();
        composition.start("source", "target", "mariadb", "kafka", "connect");
    }

    @AfterAll
    static void stop() {
        if (composition != null) {
            composition.close();
        }
    }

    private static JsonNode call(String method, String path, JsonNode body) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(
                                    URI.create(composition.service("connect").url() + path))
                            .timeout(Duration.ofSeconds(100))
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
            return JSON.readTree(response.body().isEmpty() ? "null" : response.body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode file(String name) throws IOException {
        return (ObjectNode) JSON.readTree(
                Files.readString(Service.COMPOSE.resolve("connect").resolve(name)));
    }

    private static void run(String name, JsonNode config) {
        call("PUT", "/connectors/" + name + "/config", config);
        Awaitility.await(name)
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(call("GET", "/connectors/" + name + "/status", null)
                                .path("tasks")
                                .findValuesAsText("state"))
                        .containsExactly("RUNNING"));
    }

    @Test
    void the_connectors_of_the_walk_replicate_while_servers_come_and_go() throws IOException {
        assertThat(composition.service("connect").ask("id", "-u")).isEqualTo("1000");
        run("warehouse-source", file("warehouse-source.json"));
        run("warehouse-sink", file("warehouse-sink.json"));
        awaitWarehouse("initial sync");
        for (String server : List.of("target", "source", "kafka")) {
            composition.service(server).disconnect();
            composition.sql(
                    "source",
                    "shop",
                    "UPDATE account SET balance = balance + 1 WHERE id < 500; DELETE FROM account WHERE id ="
                            + " (SELECT max(id) FROM account)");
            composition.service(server).connect();
            awaitWarehouse(server + " is back");
        }
        composition.service("kafka").pause();
        composition.sql("source", "shop", "UPDATE account SET balance = balance + 1 WHERE id < 500");
        composition.service("kafka").unpause();
        awaitWarehouse("kafka is thawed");
        assertThat(call("GET", "/connectors?expand=status", null).findValuesAsText("state"))
                .containsOnly("RUNNING");
    }

    private static void awaitWarehouse(String when) {
        Composition.awaitSame(
                when,
                () -> composition.sql("source", "shop", CONTENT),
                () -> composition.sql("target", "warehouse", CONTENT));
    }

    @Test
    void a_mariadb_is_read_and_written_too() throws IOException {
        String stock = "CREATE TABLE stock (id int PRIMARY KEY, pieces int, note varchar(40));";
        composition.mariadb("shop", stock + " INSERT INTO stock VALUES (1, 1, 'ü')");
        composition.sql(
                "target",
                "warehouse",
                "CREATE SCHEMA shop AUTHORIZATION twinlog; SET ROLE twinlog; SET search_path = shop; " + stock);
        ObjectNode source = file("warehouse-source.json");
        source.put("replication", "frommaria");
        source.put("source.url", "jdbc:mariadb://mariadb:3306/");
        source.put("source.user", "root");
        source.put("source.password", "mariadb");
        source.put("source.tables", "shop.stock");
        ObjectNode sink = file("warehouse-sink.json");
        sink.put("replication", "frommaria");
        sink.put("topics.regex", "frommaria\\.(transactions|[^.]+\\.[^.]+)");

        run("maria-source", source);
        run("maria-sink", sink);
        composition.mariadb("shop", "INSERT INTO stock VALUES (2, 2, 'two'); UPDATE stock SET pieces = 9 WHERE id = 1");

        Composition.awaitSame(
                "from MariaDB",
                () -> composition.mariadb("shop", "SELECT concat_ws('|', id, pieces, note) FROM stock ORDER BY id"),
                () -> composition.sql("target", "warehouse", "SELECT id, pieces, note FROM shop.stock ORDER BY id"));
    }
}
