package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** What docs/connect.md shows is what a worker takes. */
class DocumentedExamplesIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ConnectWorker worker = Servers.worker();

    @Test
    void source_and_sink_of_the_page_replicate() throws IOException {
        Database source = Database.create("src")
                .sql("CREATE TABLE stock(id int PRIMARY KEY, pieces int)", "ALTER TABLE stock REPLICA IDENTITY FULL");
        Database target = Database.create("dst").sql("CREATE TABLE stock(id int PRIMARY KEY, pieces int)");
        String page = Files.readString(Path.of("..", "docs", "connect.md"));
        Map<String, String> capture = settings(between(page, "-d '{", "}'"), source, target);
        Map<String, String> apply = settings(between(page, "    {\n", "\n    }\n"), source, target);
        apply.putAll(
                settings(between(page, "    \"conflicts.default\"", "\n\n", "\"conflicts.default\""), source, target));

        assertThat(worker.problems("TwinlogSourceConnector", capture)).isEmpty();
        worker.run("shop-source", capture);
        source.sql("INSERT INTO stock VALUES (1, 10)");
        assertThat(worker.problems("TwinlogSinkConnector", apply)).isEmpty();
        worker.run("shop-sink", apply);
        target.awaitRows("SELECT pieces FROM stock", "10");
        target.sql("UPDATE stock SET pieces = 7");
        source.sql("UPDATE stock SET pieces = 15");

        // Both the five that came and the three that went.
        target.awaitRows("SELECT pieces FROM stock", "12");
        worker.delete("shop-sink");
        worker.delete("shop-source");
    }

    @Test
    void debeziums_topics_are_applied_with_the_fragments_of_the_page() throws IOException {
        String table = "CREATE TABLE stock(id int PRIMARY KEY, pieces int)";
        Database source = Database.create("src").sql(table, "INSERT INTO stock VALUES (1, 10)");
        Database target = Database.create("dst").sql(table);
        String page = Files.readString(Path.of("..", "docs", "connect.md"));
        Map<String, String> capture = Settings.debeziumSource("replaced", source);
        capture.keySet().removeIf(key -> key.startsWith("topic.") || key.startsWith("provide."));
        capture.putAll(settings(between(page, "    \"topic.prefix\"", "\n\n", "\"topic.prefix\""), source, target));
        Map<String, String> apply = Settings.sink("fromDebezium", target);
        apply.putAll(settings(between(page, "    \"xlog.format\"", "\n\n", "\"xlog.format\""), source, target));

        worker.run("dbserver-source", capture);
        worker.run("dbserver-sink", apply);
        target.awaitRows("SELECT pieces FROM stock", "10");
        source.sql("BEGIN; UPDATE stock SET pieces = 11; INSERT INTO stock VALUES (2, 20); COMMIT");

        target.awaitRows("SELECT * FROM stock ORDER BY id", "1|11", "2|20");
        worker.delete("dbserver-sink");
        worker.delete("dbserver-source");
    }

    @Test
    void source_and_sink_of_the_composition_replicate() throws IOException {
        Database source = Database.create("src").sql("CREATE TABLE account(id int PRIMARY KEY, balance int)");
        Database target = Database.create("dst").sql("CREATE TABLE account(id int PRIMARY KEY, balance int)");
        Path files = Path.of("..", "compose", "connect");

        worker.run(
                "warehouse-source", settings(Files.readString(files.resolve("warehouse-source.json")), source, target));
        source.sql("INSERT INTO account VALUES (1, 10)");
        worker.run("warehouse-sink", settings(Files.readString(files.resolve("warehouse-sink.json")), source, target));

        target.awaitRows("SELECT balance FROM account", "10");
        worker.delete("warehouse-sink");
        worker.delete("warehouse-source");
    }

    private static String between(String page, String from, String to) {
        return between(page, from, to, "");
    }

    private static String between(String page, String from, String to, String keep) {
        int begin = page.indexOf(from);
        assertThat(begin).as(from).isNotNegative();
        int end = page.indexOf(to, begin + from.length());
        return "{" + keep + page.substring(begin + from.length(), end) + "}";
    }

    private static Map<String, String> settings(String json, Database source, Database target) throws IOException {
        Map<String, String> settings = JSON.readValue(json, new TypeReference<>() {});
        settings.replaceAll((key, value) -> value.replace("jdbc:postgresql://source:5432/shop", source.url())
                .replaceFirst("^jdbc:postgresql://target:5432/\\w+$", Matcher.quoteReplacement(target.url()))
                .replace("kafka:9092", Servers.kafka())
                .replaceFirst("^\\$\\{env:\\w+}$", "postgres"));
        settings.replaceAll((key, value) -> key.endsWith(".user") ? "postgres" : value);
        return settings;
    }
}
