package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.applier.replay.ConflictCount;
import io.twinlog.applier.replay.ConflictEntry;
import io.twinlog.applier.replay.ReplayOrder;
import io.twinlog.applier.replay.Replays;
import io.twinlog.applier.replay.Selection;
import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Daemon;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.connect.convert.XlogConverter;
import io.twinlog.connect.settings.SinkSettings;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.status.MemberState;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.junit.jupiter.api.Test;

/** Both connectors in a real distributed worker, with the plugins as packaged. */
class ConnectorsIT {

    private static final String[] TABLES = {
        "CREATE TABLE orders(id bigint PRIMARY KEY, customer text, amount numeric(10,2), placed timestamptz, tags jsonb)",
        "ALTER TABLE orders REPLICA IDENTITY FULL",
        "CREATE TABLE lines(order_id bigint, line int, at date, weird interval, PRIMARY KEY (order_id, at))"
    };
    private static final String[] CHANGES = {
        "INSERT INTO orders VALUES (2, 'bob', 'NaN', 'infinity', NULL), (4, 'Übel', -0.01, '0044-03-15 BC', '[]')",
        "BEGIN; UPDATE orders SET customer = 'eve' WHERE id = 1; INSERT INTO lines VALUES (1, 1, 'infinity',"
                + " '1 mon 2 days'); UPDATE orders SET id = 3 WHERE id = 2; COMMIT",
        "DELETE FROM orders WHERE id = 1",
        "TRUNCATE lines",
        "INSERT INTO lines VALUES (9, 9, '2024-01-01', NULL)"
    };

    private final ConnectWorker worker = Servers.worker();

    @Test
    void the_worker_lists_the_packaged_plugins_with_their_version() {
        Map<String, String> versions = new HashMap<>();
        worker.get("/connector-plugins?connectorsOnly=false")
                .forEach(plugin -> versions.put(
                        plugin.path("class").asText(), plugin.path("version").asText()));

        for (String name :
                List.of("source.TwinlogSourceConnector", "sink.TwinlogSinkConnector", "convert.XlogConverter")) {
            assertThat(versions.get("io.twinlog.connect." + name)).isEqualTo(Version.text());
        }
    }

    @Test
    void changes_arrive_through_source_and_sink_also_after_pause_restart_and_stop() {
        Database source = Database.create("src").sql(TABLES);
        Database target = Database.create("dst").sql(TABLES);
        source.sql("INSERT INTO orders VALUES (1, 'ann', 10.50, '2024-02-03 04:05:06.789+00', '{\"a\": 1}')");
        String replication = Servers.name("conn");
        String capture = replication + "-source";
        String apply = replication + "-sink";

        worker.run(capture, Settings.source(replication, source));
        worker.run(apply, Settings.sink(replication, target));
        target.awaitRows("SELECT id, amount FROM orders ORDER BY id", "1|10.50");
        source.sql(CHANGES);
        target.awaitRows("SELECT order_id, at FROM lines", "9|2024-01-01");
        String all = "SELECT * FROM orders ORDER BY id";
        assertThat(target.query(all)).isEqualTo(source.query(all)).hasSize(2);
        assertThat(shown(capture, "capture-events", Map.of("table", "public.orders", "operation", "snapshot")))
                .containsExactly(1.0);
        assertThat(shown(apply, "apply-events", Map.of("table", "public.lines", "operation", "insert")))
                .allSatisfy(count -> assertThat(count).isPositive())
                .hasSize(1);
        assertThat(shown(apply, "apply-latency-count", Map.of("replication", replication)))
                .allSatisfy(count -> assertThat(count).isPositive())
                .hasSize(1);

        worker.pause(apply);
        worker.pause(capture);
        source.sql("INSERT INTO orders VALUES (10, 'paused', 1, now(), NULL)");
        worker.resume(capture);
        worker.resume(apply);
        target.awaitRows("SELECT customer FROM orders WHERE id = 10", "paused");

        source.sql("INSERT INTO orders SELECT i, 'before', i, now(), NULL FROM generate_series(100, 2099) i");
        worker.restart(capture);
        worker.restart(apply);
        source.sql("UPDATE orders SET customer = 'after' WHERE id BETWEEN 100 AND 2099");
        target.awaitRows("SELECT count(*) FROM orders WHERE customer = 'after'", "2000");

        worker.stopConnector(capture);
        assertThatThrownBy(() -> worker.call("DELETE", "/connectors/" + capture + "/offsets", null))
                .hasMessageContaining(replication + ".transactions exists");
        worker.put("/connectors/" + capture + "/resume", null);
        worker.awaitRunning(capture);
        source.sql("CREATE TABLE late(id int PRIMARY KEY)");
        target.sql("CREATE TABLE late(id int PRIMARY KEY)");
        worker.restart(capture);
        source.awaitRows("SELECT count(*) FROM pg_publication_tables WHERE tablename = 'late'", "1");
        source.sql("INSERT INTO late VALUES (1)");
        target.awaitRows("SELECT id FROM late", "1");
        assertThat(target.query(all)).isEqualTo(source.query(all));
        assertThat(Topics.read(replication + "\\.conflicts")).isEmpty();
        worker.delete(capture);
        worker.delete(apply);
        org.awaitility.Awaitility.await()
                .until(() -> shown(apply, "apply-latency-count", Map.of()).isEmpty());
    }

    /** What JMX shows of a connector's metric under these tags. */
    private static List<Double> shown(String connector, String metric, Map<String, String> tags) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        List<Double> found = new ArrayList<>();
        try {
            for (ObjectName name : beans.queryNames(new ObjectName("kafka.connect:type=plugins,*"), null)) {
                boolean tagged = tags.entrySet().stream()
                        .allMatch(tag -> tag.getValue().equals(name.getKeyProperty(tag.getKey())));
                if (tagged && connector.equals(name.getKeyProperty("connector"))) {
                    for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name).getAttributes()) {
                        if (attribute.getName().equals(metric)) {
                            found.add((Double) beans.getAttribute(name, metric));
                        }
                    }
                }
            }
        } catch (JMException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    @Test
    void what_goes_through_connect_has_the_bytes_of_the_daemon() {
        Database source = Database.create("src").sql(TABLES);
        source.sql("INSERT INTO orders VALUES (1, 'ann', 10.50, '2024-02-03 04:05:06.789+00', '{\"a\": 1}')");
        String replication = Servers.name("bytes");
        Topics topics = new Topics(replication);
        SourceSettings settings = new SourceSettings(Settings.source(replication, source));
        try (Daemon daemon = Daemon.capture(settings.capture()).awaitState(MemberState.PRIMARY)) {
            source.sql(CHANGES);
            source.sql("ALTER TABLE orders ALTER COLUMN customer TYPE bytea USING 'x'::bytea");
            source.sql("INSERT INTO orders VALUES (50, '\\x00ff', 1, now(), NULL)");
            org.awaitility.Awaitility.await()
                    .atMost(java.time.Duration.ofSeconds(60))
                    .until(() -> topics.events().size() >= 11);
        }

        List<ConsumerRecord<byte[], byte[]>> records = topics.xlog();
        assertThat(records).hasSizeGreaterThan(30);
        try (XlogConverter keys = converter(true);
                XlogConverter values = converter(false)) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                assertSame(keys, record.topic(), record.key());
                assertSame(values, record.topic(), record.value());
            }
        }
    }

    private static XlogConverter converter(boolean forKeys) {
        XlogConverter converter = new XlogConverter();
        converter.configure(Map.of("kafka.bootstrap.servers", Servers.kafka()), forKeys);
        return converter;
    }

    private static void assertSame(XlogConverter converter, String topic, byte[] bytes) {
        SchemaAndValue data = converter.toConnectData(topic, bytes);
        assertThat(converter.fromConnectData(topic, data.schema(), data.value()))
                .as(topic)
                .isEqualTo(bytes);
    }

    @Test
    void json_on_the_topics_serves_the_sink_and_the_next_start_of_the_source() {
        Database source = Database.create("src").sql(TABLES);
        Database target = Database.create("dst").sql(TABLES);
        String measured = "CREATE TABLE measured(id int PRIMARY KEY, r real, d double precision, day date)";
        source.sql(measured, "ALTER TABLE measured REPLICA IDENTITY FULL");
        target.sql(measured);
        source.sql("INSERT INTO orders VALUES (1, 'ann', 10.50, '2024-02-03 04:05:06.789+00', '{\"a\": 1}')");
        String replication = Servers.name("json");
        Map<String, String> capture = Settings.source(replication, source);
        capture.putAll(Settings.json());
        Map<String, String> apply = Settings.sink(replication, target);
        apply.putAll(Settings.json());

        worker.run(replication + "-source", capture);
        worker.run(replication + "-sink", apply);
        source.sql(CHANGES);
        target.awaitRows("SELECT order_id, at FROM lines", "9|2024-01-01");
        worker.restart(replication + "-source");
        // JSON has no such numbers.
        source.sql(
                "INSERT INTO measured VALUES (1, 'NaN', '-Infinity', 'infinity'), (2, 'Infinity', 'NaN', NULL)",
                "UPDATE measured SET r = 0.1, d = 'Infinity' WHERE id = 1",
                "UPDATE measured SET d = 0 WHERE id = 2",
                "INSERT INTO orders VALUES (7, 'again', 7, NULL, NULL)");
        target.awaitRows("SELECT customer FROM orders WHERE id = 7", "again");

        String all = "SELECT * FROM orders ORDER BY id";
        assertThat(target.query(all)).isEqualTo(source.query(all));
        target.awaitRows("SELECT * FROM measured ORDER BY id", "1|0.1|Infinity|infinity", "2|Infinity|0|null");
        assertThat(Topics.read(replication + "\\.conflicts")).isEmpty();
        assertThat(new String(new Topics(replication).events().get(0).value(), java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("{\"schema\"");
        worker.delete(replication + "-source");
        worker.delete(replication + "-sink");
    }

    @Test
    void key_order_uses_several_tasks_and_goes_on_where_each_partition_stands() {
        Database source = Database.create("src").sql(TABLES);
        Database target = Database.create("dst").sql(TABLES);
        String replication = Servers.name("keys");
        Map<String, String> apply = Settings.sink(replication, target);
        apply.put("apply.order", "key");
        apply.put("tasks.max", "2");
        SourceSettings settings = new SourceSettings(Settings.source(replication, source));
        try (Daemon daemon = Daemon.capture(settings.capture()).awaitState(MemberState.PRIMARY)) {
            source.sql("INSERT INTO orders SELECT i, 'first', i, NULL, NULL FROM generate_series(1, 500) i");
            worker.run(replication + "-sink", apply);
            target.awaitRows("SELECT count(*) FROM orders WHERE customer = 'first'", "500");
            worker.restart(replication + "-sink");
            source.sql("UPDATE orders SET customer = 'second'", "DELETE FROM orders WHERE id > 400");
            target.awaitRows("SELECT count(*), min(customer) FROM orders", "400|second");
        }
        assertThat(worker.get("/connectors/" + replication + "-sink/status").path("tasks"))
                .hasSize(2);
        assertThat(target.query("SELECT count(*) FROM twinlog.progress WHERE replication LIKE '" + replication + "/%'"))
                .containsExactly("6");
        assertThat(Topics.read(replication + "\\.conflicts")).isEmpty();
        worker.delete(replication + "-sink");
    }

    @Test
    void keys_held_in_key_order_are_seen_and_released_and_rules_decide_per_table() {
        String[] tables = {
            "CREATE TABLE orders(id int PRIMARY KEY, customer text)",
            "CREATE TABLE lines(id int PRIMARY KEY, item text)"
        };
        Database source = Database.create("src").sql(tables);
        Database target = Database.create("dst").sql(tables);
        target.sql(
                "INSERT INTO orders SELECT i, 'of the target' FROM generate_series(1, 8) i",
                "INSERT INTO lines VALUES (1, 'of the target')");
        String replication = Servers.name("held");
        Map<String, String> apply = Settings.sink(replication, target);
        apply.put("apply.order", "key");
        apply.put("tasks.max", "2");
        apply.put("conflicts.rules", "lines");
        apply.put("conflicts.rules.lines.tables", "public.lines");
        apply.put("conflicts.rules.lines.kinds", "insert_exists");
        apply.put("conflicts.rules.lines.policy", "overwrite");
        SourceSettings settings = new SourceSettings(Settings.source(replication, source));
        Replays replays = new Replays(new SinkSettings(apply).applier());
        try (Daemon daemon = Daemon.capture(settings.capture()).awaitState(MemberState.PRIMARY)) {
            source.sql(
                    "INSERT INTO orders SELECT i, 'of the source' FROM generate_series(1, 8) i",
                    "UPDATE orders SET customer = 'later' WHERE id > 4",
                    "INSERT INTO lines VALUES (1, 'of the source')");
            worker.run(replication + "-sink", apply);
            org.awaitility.Awaitility.await()
                    .atMost(java.time.Duration.ofSeconds(60))
                    .until(() -> replays.count().waiting() == 12);
            target.awaitRows("SELECT item FROM lines", "of the source");

            assertThat(replays.count().open()).isEqualTo(8);
            assertThat(target.query("SELECT count(DISTINCT replication) FROM twinlog.held_key")
                            .get(0))
                    .as("partitions with held keys")
                    .isNotIn("0", "1");
            List<ConflictEntry> waiting = replays.list(Selection.ALL).stream()
                    .filter(entry -> !entry.state().isFinal())
                    .toList();
            assertThat(waiting).hasSize(12);
            assertThat(replays.replay(
                            Selection.of(waiting.get(0).conflict().id()),
                            ReplayOrder.replay("test").policy(ConflictPolicy.OVERWRITE)))
                    .isNotEmpty();
            assertThat(replays.count().open()).isEqualTo(7);
            replays.replay(Selection.ALL, ReplayOrder.replay("test").policy(ConflictPolicy.OVERWRITE));

            assertThat(replays.count()).isEqualTo(new ConflictCount(0, 0, 0));
            String all = "SELECT * FROM orders ORDER BY id";
            assertThat(target.query(all)).isEqualTo(source.query(all));
            source.sql("UPDATE orders SET customer = 'free'");
            target.awaitRows("SELECT count(*) FROM orders WHERE customer = 'free'", "8");
        }
        worker.delete(replication + "-sink");
    }

    @Test
    void validation_names_every_problem() {
        Database target = Database.create("dst");
        String source = "io.twinlog.connect.source.TwinlogSourceConnector";
        String sink = "io.twinlog.connect.sink.TwinlogSinkConnector";

        assertThat(worker.problems(
                        source, Map.of("source.url", "jdbc:oracle:thin:@db:1521/shop", "capture.partitions", "0")))
                .containsOnlyKeys(
                        "replication",
                        "kafka.bootstrap.servers",
                        "source.url",
                        "source.user",
                        "source.tables",
                        "capture.partitions")
                .hasEntrySatisfying(
                        "source.url",
                        text -> assertThat(text)
                                .contains("must be a JDBC URL: jdbc:postgresql://HOST:PORT/DATABASE or jdbc:mariadb"));
        Map<String, String> noTables = Settings.source(Servers.name("valid"), target);
        assertThat(worker.problems(source, noTables))
                .hasEntrySatisfying("source.url", text -> assertThat(text).contains("public.*"));
        Map<String, String> nobody = Settings.source(Servers.name("valid"), target);
        nobody.put("source.url", "jdbc:postgresql://nobody.invalid:5432/shop");
        assertThat(worker.problems(source, nobody))
                .hasEntrySatisfying("source.url", text -> assertThat(text).contains("nobody.invalid"));
        Map<String, String> twoTasks = Settings.sink(Servers.name("valid"), target);
        twoTasks.put("tasks.max", "2");
        twoTasks.put("xlog.format", "debezium");
        assertThat(worker.problems(sink, twoTasks)).containsOnlyKeys("apply.order", "debezium.transaction.topic");
        Map<String, String> rules = Settings.sink(Servers.name("valid"), target);
        rules.put("conflicts.default", "maximum");
        rules.put("conflicts.rules", "stock,lines,nothing");
        rules.put("conflicts.rules.stock.policy", "maximum");
        rules.put("conflicts.rules.lines.policy", "overwrite");
        rules.put("conflicts.rules.lines.kinds", "constraint");
        rules.put("conflicts.rules.lines.table", "public.lines");
        rules.put("conflicts.rules.other.policy", "hold");
        assertThat(worker.problems(sink, rules))
                .containsOnlyKeys(
                        "conflicts.default",
                        "conflicts.rules.stock.column",
                        "conflicts.rules.lines.kinds",
                        "conflicts.rules.lines.table",
                        "conflicts.rules.nothing.policy",
                        "conflicts.rules.other.policy")
                .hasEntrySatisfying(
                        "conflicts.rules.stock.column",
                        text -> assertThat(text).contains("is missing: the policy maximum needs it"));
        assertThat(worker.problems(sink, Settings.sink(Servers.name("valid"), target)))
                .isEmpty();
        assertThat(new SinkSettings(Settings.sink("r", target)).applier().toString())
                .doesNotContain("assword");
    }
}
