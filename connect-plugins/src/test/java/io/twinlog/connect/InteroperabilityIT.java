package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictKind;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Our topics under another's sink, and another's topics under ours, in one distributed worker. */
class InteroperabilityIT {

    private final ConnectWorker worker = Servers.worker();

    @Test
    void the_debezium_jdbc_sink_applies_our_topics() {
        String table = "CREATE TABLE goods(id bigint PRIMARY KEY, name text, price numeric(10,2), made date, sold"
                + " timestamptz, seen timestamp, open time, uid uuid, ok boolean, ratio double precision)";
        Database source = Database.create("src").sql(table, "ALTER TABLE goods REPLICA IDENTITY FULL");
        Database target = Database.create("dst").sql(table);
        source.sql(
                "INSERT INTO goods VALUES (1, 'Käse', 1.25, '2024-02-29', '2024-02-29 12:00:00.123456+02',"
                        + " '2024-02-29 12:00:00.123456', '23:59:59.999999', '0b7a5c3e-8f5d-4d6a-9f3b-111111111111', true, 0.1)");
        String replication = Servers.name("toDebezium");
        Map<String, String> registry = Map.of(
                "key.converter.schemas.registry", Servers.registry().url(),
                "value.converter.schemas.registry", Servers.registry().url());
        Map<String, String> capture = Settings.source(replication, source);
        capture.putAll(registry);
        Map<String, String> sink = new HashMap<>(Settings.xlog());
        sink.putAll(registry);
        sink.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
        sink.put("tasks.max", "1");
        sink.put("topics.regex", replication + "\\.public\\..*");
        sink.put("connection.url", target.url());
        sink.put("connection.username", "postgres");
        sink.put("connection.password", "postgres");
        sink.put("insert.mode", "upsert");
        sink.put("delete.enabled", "true");
        sink.put("primary.key.mode", "record_key");
        sink.put("schema.evolution", "none");
        sink.put("collection.name.format", "${source.table}");
        sink.put("consumer.override.auto.offset.reset", "earliest");

        worker.run(replication + "-source", capture);
        worker.run(replication + "-sink", sink);
        source.sql(
                "INSERT INTO goods(id, name) VALUES (2, 'two'), (3, 'three')",
                "UPDATE goods SET name = 'zwei', price = -0.05 WHERE id = 2",
                "DELETE FROM goods WHERE id = 3",
                "INSERT INTO goods(id, name) VALUES (4, 'last')");

        target.awaitRows("SELECT id, name FROM goods ORDER BY id", "1|Käse", "2|zwei", "4|last");
        String all = "SELECT * FROM goods ORDER BY id";
        assertThat(target.query(all)).isEqualTo(source.query(all));
        Topics topics = new Topics(replication);
        assertThat(topics.events()).isNotEmpty().allSatisfy(record -> {
            assertThat(record.value()[0]).isZero();
            assertThat(record.key()[0]).isZero();
        });
        worker.delete(replication + "-sink");
        worker.delete(replication + "-source");
    }

    @Test
    void our_sink_applies_the_transactions_of_a_debezium_source_and_detects_conflicts() {
        String[] tables = {
            "CREATE TABLE accounts(id int PRIMARY KEY, owner text, balance numeric(12,2), note jsonb, since timestamptz,"
                    + " tags text[], day date, at timestamp, clock time, raw bytea, uid uuid, huge numeric)",
            "ALTER TABLE accounts REPLICA IDENTITY FULL",
            "CREATE TABLE moves(id int PRIMARY KEY, what text, big text)"
        };
        Database source = Database.create("src").sql(tables);
        Database target = Database.create("dst").sql(tables);
        source.sql("INSERT INTO accounts VALUES (1, 'ann', 100, '{\"a\": [1]}', '2024-01-02 03:04:05.678901+00',"
                + " '{x,\"y \\\"z\\\"\",NULL}', '2024-02-29', '2024-02-29 01:02:03.456789', '12:34:56.789012', '\\x00ff',"
                + " '0b7a5c3e-8f5d-4d6a-9f3b-111111111111', 12345678901234567890.123)");
        String prefix = Servers.name("dbz");
        worker.run(prefix + "-source", Settings.debeziumSource(prefix, source));
        worker.run(prefix + "-sink", Settings.debeziumSink(prefix, target));
        target.awaitRows("SELECT owner FROM accounts", "ann");
        source.sql(
                "INSERT INTO accounts(id, owner, balance, at, day) VALUES (2, 'bob', 50, 'infinity', '2024-01-01')",
                "BEGIN; UPDATE accounts SET balance = balance - 30 WHERE id = 1; UPDATE accounts SET balance = balance + 30"
                        + " WHERE id = 2; INSERT INTO moves VALUES (1, '30', repeat('x', 10)); COMMIT");
        target.awaitRows("SELECT id, balance FROM accounts ORDER BY id", "1|70.00", "2|80.00");
        target.awaitRows("SELECT what FROM moves", "30");
        String all = "SELECT * FROM accounts ORDER BY id";
        assertThat(target.query(all)).isEqualTo(source.query(all));

        worker.restart(prefix + "-sink");
        target.sql("UPDATE accounts SET owner = 'changed here' WHERE id = 2");
        source.sql(
                "UPDATE accounts SET owner = 'changed there' WHERE id = 2",
                "UPDATE accounts SET owner = 'eve' WHERE id = 1",
                "UPDATE moves SET what = '31'",
                "DELETE FROM moves",
                "TRUNCATE moves",
                "INSERT INTO moves VALUES (7, 'end', NULL)");
        target.awaitRows("SELECT id, what FROM moves", "7|end");
        assertThat(target.query("SELECT id, owner FROM accounts ORDER BY id"))
                .containsExactly("1|eve", "2|changed here");
        assertThat(Topics.read(prefix + "\\.conflicts"))
                .singleElement()
                .satisfies(record ->
                        assertThat(ConflictCodec.decode(record.value()).kind()).isEqualTo(ConflictKind.UPDATE_DIFFERS));
        worker.delete(prefix + "-sink");
        worker.delete(prefix + "-source");
    }
}
