package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.applier.replay.ConflictCount;
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
import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.status.MemberState;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Struct;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Both connectors with MariaDB, in a real distributed worker, with the plugins as packaged. */
class MariadbConnectorsIT {

    private static final String ITEMS =
            "CREATE TABLE items (id int unsigned PRIMARY KEY, tiny tinyint(1), big bigint unsigned,"
                    + " price decimal(12,2) NOT NULL, ratio double, f float, name varchar(40) CHARACTER SET latin1, note text,"
                    + " state enum('new','sold'), tags set('a','b'), day date, at datetime(6), moment timestamp(3) NULL,"
                    + " span time(6), flags bit(5), raw varbinary(20), uid uuid, addr inet6, born year, place point, doc json)";
    private static final String ROW =
            "(%d, 1, 18446744073709551615, 12.50, 0.1, 0.1, 'Zürich €', 'ü😀', 'sold', 'a,b', '2024-02-29',"
                    + " '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.987', '-838:59:59', b'00101', x'00ff',"
                    + " '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1', 2024, ST_GeomFromText('POINT(1 2)'), '{\"a\": 1}')";
    private static final String[] CHANGES = {
        "INSERT INTO items VALUES " + ROW.formatted(2),
        "UPDATE items SET note = NULL, price = price + 1, tags = '', day = '0000-00-00', born = 0 WHERE id = 1",
        "INSERT INTO items (id, price) VALUES (4294967295, -0.01), (4, 1)",
        "UPDATE items SET id = 3 WHERE id = 2",
        "DELETE FROM items WHERE id = 4"
    };
    private static final String STOCK = "CREATE TABLE stock (id int PRIMARY KEY, pieces int, note varchar(40))";

    private final ConnectWorker worker = Servers.worker();

    @Test
    void changes_arrive_in_postgresql_also_after_pause_restart_and_stop_and_conflicts_can_be_replayed() {
        String replication = Servers.name("mconn");
        Database source =
                Database.create(Servers.mariadb(), replication).sql(STOCK, "INSERT INTO stock VALUES (1, 10, 'ü')");
        Database target = Database.create("dst");
        target.sql(
                "CREATE SCHEMA " + replication,
                STOCK.replace("stock", replication + ".stock"),
                "ALTER DATABASE " + target.name() + " SET search_path = " + replication);
        String capture = replication + "-source";
        String apply = replication + "-sink";
        Map<String, String> sink = Settings.sink(replication, target);
        String all = "SELECT id, pieces, note FROM stock ORDER BY id";

        worker.run(capture, Settings.source(replication, source));
        worker.run(apply, sink);
        target.awaitRows(all, "1|10|ü");
        worker.pause(apply);
        worker.pause(capture);
        source.sql("INSERT INTO stock VALUES (2, 20, 'paused')");
        worker.resume(capture);
        worker.resume(apply);
        target.awaitRows(all, "1|10|ü", "2|20|paused");
        source.sql("INSERT INTO stock SELECT seq, seq, 'before' FROM seq_100_to_1099");
        worker.restart(capture);
        worker.restart(apply);
        source.sql("UPDATE stock SET note = 'after' WHERE id >= 100");
        target.awaitRows("SELECT count(*) FROM stock WHERE note = 'after'", "1000");

        worker.stopConnector(capture);
        assertThatThrownBy(() -> worker.call("DELETE", "/connectors/" + capture + "/offsets", null))
                .hasMessageContaining(replication + ".transactions exists");
        assertThatThrownBy(() -> worker.call("PATCH", "/connectors/" + capture + "/offsets", offset(replication)))
                .hasMessageContaining("offsets cannot be altered");
        // The daemon goes on where the connector stopped, and the connector where the daemon did.
        try (Daemon daemon = Daemon.capture(new SourceSettings(Settings.source(replication, source)).capture())
                .awaitState(MemberState.PRIMARY)) {
            source.sql("DELETE FROM stock WHERE id >= 100");
            target.awaitRows(all, "1|10|ü", "2|20|paused");
        }
        worker.put("/connectors/" + capture + "/resume", null);
        worker.awaitRunning(capture);
        target.sql("UPDATE stock SET pieces = 11 WHERE id = 1");
        source.sql("UPDATE stock SET pieces = 12 WHERE id = 1", "UPDATE stock SET pieces = 22 WHERE id = 2");
        target.awaitRows(all, "1|11|ü", "2|22|paused");
        assertThat(Topics.read(replication + "\\.conflicts"))
                .singleElement()
                .satisfies(record ->
                        assertThat(ConflictCodec.decode(record.value()).kind()).isEqualTo(ConflictKind.UPDATE_DIFFERS));
        Replays replays = new Replays(new SinkSettings(sink).applier());
        replays.replay(Selection.ALL, ReplayOrder.replay("test").policy(ConflictPolicy.OVERWRITE));
        target.awaitRows(all, "1|12|ü", "2|22|paused");

        // What was sent again after an interruption has the same identity; nothing was numbered twice or copied again.
        assertThat(identities(new Topics(replication).events())).hasSize(1 + 1 + 3 * 1000 + 2);
        worker.delete(capture);
        worker.delete(apply);
    }

    private static Set<String> identities(List<ConsumerRecord<byte[], byte[]>> events) {
        Set<String> identities = new HashSet<>();
        try (XlogConverter converter = new XlogConverter()) {
            converter.configure(Map.of("kafka.bootstrap.servers", Servers.kafka()), false);
            for (ConsumerRecord<byte[], byte[]> event : events) {
                Struct value = (Struct)
                        converter.toConnectData(event.topic(), event.value()).value();
                identities.add(value.get("epoch") + "-" + value.get("seq") + "-" + value.get("ordinal"));
            }
        }
        return identities;
    }

    private static JsonNode offset(String replication) {
        return new ObjectMapper()
                .valueToTree(Map.of(
                        "offsets",
                        List.of(Map.of(
                                "partition",
                                Map.of("replication", replication),
                                "offset",
                                Map.of("stored_seq", "7")))));
    }

    @Test
    void every_type_arrives_in_mariadb_as_json_and_in_key_order() {
        String replication = Servers.name("mjson");
        Database source = Database.create(Servers.mariadb(), replication)
                .sql(ITEMS, "SET sql_mode = ''", "INSERT INTO items VALUES " + ROW.formatted(1));
        Database target = Database.create(Servers.otherMariadb(), replication)
                .sql(ITEMS, "SET sql_mode = ''", "INSERT INTO items (id, price, note) VALUES (3, 9, 'of the target')");
        Map<String, String> capture = Settings.source(replication, source);
        capture.putAll(Settings.json());
        Map<String, String> apply = Settings.sink(replication, target);
        apply.putAll(Settings.json());
        apply.put("apply.order", "key");
        apply.put("tasks.max", "2");
        apply.put("apply.existing.rows", "upsert");

        worker.run(replication + "-source", capture);
        worker.run(replication + "-sink", apply);
        target.awaitRows("SELECT price FROM items WHERE id = 1", "12.50");
        source.sql(sloppy(CHANGES));
        worker.restart(replication + "-sink");
        source.sql("INSERT INTO items (id, price) VALUES (5, 5)");
        Replays replays = new Replays(new SinkSettings(apply).applier());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(replays.count().open()).isEqualTo(1));
        target.awaitRows(
                "SELECT id, note FROM items ORDER BY id", "1|null", "3|of the target", "5|null", "4294967295|null");
        replays.replay(Selection.ALL, ReplayOrder.replay("test").policy(ConflictPolicy.OVERWRITE));

        assertThat(replays.count()).isEqualTo(new ConflictCount(0, 0, 0));
        String all = "SELECT *, hex(raw), hex(flags), ST_AsText(place), concat(day) FROM items ORDER BY id";
        assertThat(target.query(all)).isEqualTo(source.query(all)).hasSize(4);
        worker.delete(replication + "-source");
        worker.delete(replication + "-sink");
    }

    private static String[] sloppy(String... statements) {
        return Stream.concat(Stream.of("SET sql_mode = ''"), Arrays.stream(statements))
                .toArray(String[]::new);
    }

    @Test
    void what_goes_through_connect_has_the_bytes_of_the_daemon() {
        String replication = Servers.name("mbytes");
        Database source = Database.create(Servers.mariadb(), replication)
                .sql(sloppy(ITEMS, "INSERT INTO items VALUES " + ROW.formatted(1)));
        Topics topics = new Topics(replication);
        SourceSettings settings = new SourceSettings(Settings.source(replication, source));
        try (Daemon daemon = Daemon.capture(settings.capture()).awaitState(MemberState.PRIMARY)) {
            source.sql(sloppy(CHANGES));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> topics.events().size() >= 8);
        }

        List<ConsumerRecord<byte[], byte[]>> records = topics.xlog();
        assertThat(records).hasSizeGreaterThan(15);
        for (boolean keys : new boolean[] {true, false}) {
            try (XlogConverter converter = new XlogConverter()) {
                converter.configure(Map.of("kafka.bootstrap.servers", Servers.kafka()), keys);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    byte[] bytes = keys ? record.key() : record.value();
                    var data = converter.toConnectData(record.topic(), bytes);
                    assertThat(converter.fromConnectData(record.topic(), data.schema(), data.value()))
                            .isEqualTo(bytes);
                }
            }
        }
    }

    @Test
    void validation_names_every_problem() {
        String sourceClass = "io.twinlog.connect.source.TwinlogSourceConnector";
        String sinkClass = "io.twinlog.connect.sink.TwinlogSinkConnector";
        Database database =
                Database.create(Servers.mariadb(), Servers.name("mvalid")).sql(STOCK);
        Map<String, String> capture = Settings.source(database.name(), database);
        Map<String, String> apply = Settings.sink(database.name(), database);

        assertThat(worker.problems(sourceClass, capture)).isEmpty();
        assertThat(worker.problems(sinkClass, apply)).isEmpty();
        capture.put("source.tables", "nothing.*");
        assertThat(worker.problems(sourceClass, capture))
                .hasEntrySatisfying("source.url", text -> assertThat(text).contains("nothing.*"));
        capture.put("source.url", Servers.otherMariadb().jdbcUrl(""));
        assertThat(worker.problems(sourceClass, capture))
                .hasEntrySatisfying("source.url", text -> assertThat(text).contains("log_bin"));
        capture.put("source.url", "jdbc:mariadb://a,b/");
        assertThat(worker.problems(sourceClass, capture))
                .containsOnlyKeys("source.url")
                .hasEntrySatisfying("source.url", text -> assertThat(text).contains("with one server"));
        apply.put("target.url", database.url() + "?rewriteBatchedStatements=true");
        assertThat(worker.problems(sinkClass, apply))
                .hasEntrySatisfying(
                        "target.url", text -> assertThat(text).contains("must not set rewriteBatchedStatements"));
        apply.put("target.url", "jdbc:mariadb://u:hush@h/");
        assertThat(worker.problems(sinkClass, apply))
                .hasEntrySatisfying(
                        "target.url",
                        text -> assertThat(text)
                                .contains("must not hold user or password")
                                .doesNotContain("hush"));
    }
}
