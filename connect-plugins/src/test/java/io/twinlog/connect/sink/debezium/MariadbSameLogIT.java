package io.twinlog.connect.sink.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.target.ValueText;
import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Daemon;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.connect.sink.debezium.TwoReaders.Seen;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.status.MemberState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Debezium's reader of MariaDB's log and ours make the same events, or the difference is known and Debezium's (docs/types-mariadb.md). */
class MariadbSameLogIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** Type, then values as SQL expressions. */
    private static final String[][] TYPES = {
        {"tinyint", "-128", "127"},
        {"tinyint unsigned", "0", "255"},
        {"smallint unsigned", "65535"},
        {"mediumint", "-8388608", "8388607"},
        {"mediumint unsigned", "16777215"},
        {"int", "-2147483648", "2147483647"},
        {"int unsigned", "4294967295"},
        {"bigint", "-9223372036854775808", "9223372036854775807"},
        {"bigint unsigned", "18446744073709551615", "0"},
        {"decimal(12,2)", "1234567890.12", "-0.01", "0"},
        {"decimal(65,30)", "-12345678901234567890123456789012345.123456789012345678901234567890", "1e-30"},
        {"float", "0.1", "3.4028234e38", "-1e-37"},
        {"double", "0.1", "1.7976931348623157e308", "-2.2250738585072014e-308"},
        {"date", "'2024-02-29'", "'1000-01-01'", "'9999-12-31'", "'0000-00-00'", "'2024-00-15'"},
        {"datetime", "'2024-02-29 23:59:59'", "'0000-00-00 00:00:00'", "'2024-02-00 10:00:00'"},
        {"datetime(3)", "'2024-02-29 23:59:59.123'", "'1582-10-10 01:02:03'"},
        {"datetime(6)", "'2024-02-29 23:59:59.123456'", "'9999-12-31 23:59:59.999999'"},
        {"timestamp(6)", "'2024-02-29 23:59:59.123456'", "'1970-01-01 00:00:01'", "'0000-00-00 00:00:00'"},
        {"time(6)", "'-838:59:59.000001'", "'838:59:59'", "'00:00:00.5'"},
        {"time(0)", "'12:34:56'", "'-00:00:01'"},
        {"year", "1901", "2155", "0"},
        {"bit(1)", "b'1'", "b'0'"},
        {"bit(13)", "b'1000000000001'", "b'11'"},
        {"bit(64)", "b'1000000000000000000000000000000000000000000000000000000000000010'"},
        {"char(5)", "'ab '", "'größe'"},
        {"varchar(20)", "'größe 😀'", "''", "' a '"},
        {"varchar(30) CHARACTER SET latin1", "'Zürich € 1'"},
        {"varchar(31) CHARACTER SET ucs2", "'Zürich € 2'"},
        {"longtext", "repeat('ü', 3000)"},
        {"json", "'{\"b\": 1.00, \"a\":[null]}'"},
        {"enum('new','it''s sold')", "'it''s sold'", "'new'", "'bad'"},
        {"set('a','b','c')", "'a,c'", "''"},
        {"binary(4)", "x'00ff'", "x'01020304'"},
        {"varbinary(20)", "x'00ff5c00'", "''"},
        {"blob", "x'000102'"},
        {"uuid", "'123e4567-e89b-12d3-a456-426655440001'", "'123e4567-e89b-12d3-a456-426655440000'"},
        {"point", "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(-1.5 2.25)', 4326)"},
        {"geometry", "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')"},
    };

    /** Types of which Debezium changes some values; docs/types-mariadb.md says which and how. */
    private static final List<String> DEBEZIUMS = List.of("date", "datetime", "timestamp(6)", "uuid", "year");

    private final ConnectWorker worker = Servers.worker();

    @Test
    void both_readers_make_the_same_events() throws IOException {
        String name = Servers.name("msame");
        Database source = Database.create(Servers.mariadb(), name);
        source.sql(
                every(),
                "CREATE TABLE keyed (a int, b varchar(10), note text, PRIMARY KEY (b, a))",
                "CREATE TABLE fence (id int AUTO_INCREMENT PRIMARY KEY)");
        worker.run(name + "d-source", debezium(name, source));
        Map<String, String> own = new HashMap<>(Settings.source(name, source));
        own.put("capture.snapshot", "none");
        List<Seen> ours;
        List<Seen> theirs;
        try (Daemon capture = Daemon.capture(new SourceSettings(own).capture()).awaitState(MemberState.PRIMARY)) {
            Awaitility.await().atMost(LIMIT).until(() -> {
                source.sql("INSERT INTO fence VALUES ()");
                return fenced(theirs(name + "d"), false) && fenced(ours(name), false);
            });
            changes(source);
            Awaitility.await().atMost(LIMIT).until(() -> fenced(ours(name), true) && fenced(theirs(name + "d"), true));
            ours = ours(name).stream()
                    .filter(event -> !event.table().equals("fence"))
                    .toList();
            theirs = theirs(name + "d").stream()
                    .filter(event -> !event.table().equals("fence"))
                    .toList();
        }
        worker.delete(name + "d-source");

        assertThat(ours).extracting(Seen::table).contains("every", "keyed");
        TwoReaders.assertSame(ours, theirs, MariadbSameLogIT::type, DEBEZIUMS);
        TwoReaders.assertDocumented(
                "types-mariadb.md",
                "## Refused",
                DEBEZIUMS.stream().map(type -> type.replaceAll("\\(.*", "")).toList());
    }

    private static Map<String, String> debezium(String name, Database source) {
        Map<String, String> config = new HashMap<>(Settings.json());
        config.put("connector.class", "io.debezium.connector.mariadb.MariaDbConnector");
        config.put("tasks.max", "1");
        config.put("topic.prefix", name + "d");
        config.put("database.hostname", "127.0.0.1");
        config.put("database.port", Integer.toString(Servers.mariadb().port()));
        config.put("database.user", source.user());
        config.put("database.password", Servers.mariadb().password());
        config.put("database.server.id", "7654");
        config.put("database.ssl.mode", "disable");
        config.put("database.include.list", name);
        config.put("include.schema.changes", "false");
        config.put("snapshot.mode", "no_data");
        config.put("skipped.operations", "none");
        config.put("decimal.handling.mode", "precise");
        config.put("bigint.unsigned.handling.mode", "precise");
        config.put("time.precision.mode", "adaptive_time_microseconds");
        config.put("schema.history.internal.kafka.bootstrap.servers", Servers.kafka());
        config.put("schema.history.internal.kafka.topic", name + "d-history");
        config.put("schema.history.internal.store.only.captured.databases.ddl", "true");
        config.put("poll.interval.ms", "20");
        config.put("key.converter.replace.null.with.default", "false");
        config.put("value.converter.replace.null.with.default", "false");
        config.put("topic.creation.default.replication.factor", "1");
        config.put("topic.creation.default.partitions", "1");
        return config;
    }

    /** The type of a column of the table with every type; of others their name. */
    private static String type(String column) {
        return column.matches("v\\d+") ? TYPES[Integer.parseInt(column.substring(1))][0] : column;
    }

    private static String every() {
        StringBuilder columns = new StringBuilder("CREATE TABLE every (id bigint PRIMARY KEY, n int");
        for (int type = 0; type < TYPES.length; type++) {
            columns.append(", v")
                    .append(type)
                    .append(' ')
                    .append(TYPES[type][0])
                    .append(" NULL");
        }
        return columns.append(')').toString();
    }

    private static void changes(Database source) {
        List<String> statements = new ArrayList<>(List.of("SET sql_mode = ''", "SET time_zone = '+00:00'"));
        for (int row = 1; row <= 6; row++) {
            StringBuilder names = new StringBuilder("id, n");
            StringBuilder values = new StringBuilder(row + ", 0");
            for (int type = 0; type < TYPES.length; type++) {
                if (row < TYPES[type].length) {
                    names.append(", v").append(type);
                    values.append(", ").append(TYPES[type][row]);
                }
            }
            statements.add("INSERT INTO every (" + names + ") VALUES (" + values + ")");
        }
        statements.addAll(List.of(
                "UPDATE every SET n = n + 1",
                "UPDATE every SET id = -id WHERE id = 2",
                "DELETE FROM every WHERE id IN (1, 6)",
                "START TRANSACTION",
                "INSERT INTO keyed VALUES (1, 'x', repeat('n', 20000)), (2, 'y', NULL)",
                "UPDATE keyed SET note = 'm' WHERE a = 1",
                "SAVEPOINT s",
                "DELETE FROM keyed",
                "ROLLBACK TO s",
                "INSERT INTO keyed VALUES (3, 'z', 'n')",
                "COMMIT",
                "UPDATE keyed SET b = 'xx' WHERE a = 1",
                "REPLACE INTO keyed VALUES (3, 'z', 'replaced'), (5, 'new', NULL)",
                "INSERT INTO keyed VALUES (3, 'z', '-') ON DUPLICATE KEY UPDATE note = 'on duplicate'",
                "DELETE FROM keyed WHERE a = 2",
                "ALTER TABLE keyed ADD COLUMN added int DEFAULT 7 AFTER a",
                "INSERT INTO keyed VALUES (4, 8, 'after', 'n')",
                "FLUSH BINARY LOGS",
                "TRUNCATE keyed",
                "INSERT INTO keyed VALUES (5, NULL, 'end', NULL)",
                "INSERT INTO fence VALUES (-1)"));
        source.sql(statements.toArray(String[]::new));
    }

    private static boolean fenced(List<Seen> events, boolean last) {
        return events.stream()
                .filter(event -> event.table().equals("fence"))
                .anyMatch(event -> !last || "-1".equals(event.after().get("id")));
    }

    private static List<Seen> ours(String replication) {
        Map<String, String> gtids = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : Topics.read(replication + "\\.transactions")) {
            ControlRecord control = ControlCodec.decode(record.value());
            if (control.kind() == ControlKind.BEGIN) {
                gtids.put(control.epoch() + "-" + control.seq(), control.detail("gtid"));
            }
        }
        return TwoReaders.ours(replication).stream()
                .map(event -> new Seen(
                        event.decoded().shape().table(),
                        event.decoded().operation(),
                        row(event.decoded().before()),
                        row(event.decoded().after()),
                        gtids.get(event.id().epoch() + "-" + event.id().seq())))
                .toList();
    }

    private static Map<String, String> row(RowImage image) {
        if (image == null) {
            return null;
        }
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < image.shape().columns().size(); i++) {
            String column = image.shape().columns().get(i).name();
            row.put(column, MariadbText.ours(type(column), ValueText.of(image, i)));
        }
        return row;
    }

    private static List<Seen> theirs(String prefix) {
        List<Seen> seen = new ArrayList<>();
        try (JsonConverter values = new JsonConverter()) {
            values.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
            for (ConsumerRecord<byte[], byte[]> record : Topics.read(prefix + "\\.[^.]+\\.[^.]+")) {
                Struct envelope = record.value() == null
                        ? null
                        : (Struct) values.toConnectData(record.topic(), record.value())
                                .value();
                Operation operation = envelope == null ? null : DebeziumTable.operation(envelope);
                if (operation != null) {
                    Struct source = envelope.getStruct("source");
                    seen.add(new Seen(
                            source.getString("table"),
                            operation,
                            row(envelope.getStruct("before")),
                            row(envelope.getStruct("after")),
                            source.getString("gtid")));
                }
            }
        }
        return seen;
    }

    private static Map<String, String> row(Struct struct) {
        if (struct == null) {
            return null;
        }
        Map<String, String> row = new LinkedHashMap<>();
        for (Field field : struct.schema().fields()) {
            row.put(field.name(), MariadbText.of(field.schema(), struct.getWithoutDefault(field.name())));
        }
        return row;
    }
}
