package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.target.ValueText;
import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Daemon;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.connect.sink.debezium.TwoReaders.Seen;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Debezium's reader and ours make the same events of the same log, or the difference is known and Debezium's (docs/connect.md). */
class SameLogIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** Type, then values as SQL expressions. */
    private static final String[][] TYPES = {
        {"boolean", "true", "false"},
        {"smallint", "-32768", "32767"},
        {"integer", "-2147483648", "2147483647"},
        {"bigint", "-9223372036854775808", "9223372036854775807"},
        {"numeric(12,2)", "1234567890.12", "-0.01", "0.00", "'NaN'"},
        {"numeric", "1.10", "12345678901234567890.123456789", "-0.000", "'NaN'", "'Infinity'"},
        {"real", "0.1", "3.4028235e38", "'NaN'", "'-Infinity'"},
        {"double precision", "0.1", "5e-324", "'NaN'", "'Infinity'"},
        {"money", "'0.01'", "'-92233720368547758.08'"},
        {"text", "'größe 😀'", "''", "E'\\\\N \\t\\n'"},
        {"varchar(10)", "' a '"},
        {"char(5)", "'ab'"},
        {"bytea", "'\\x00ff5c'", "''"},
        {"date", "'2024-02-29'", "'1582-10-10'", "'infinity'", "'-infinity'", "'0001-12-31 BC'", "'5874897-12-31'"},
        {"time", "'23:59:59.999999'", "'24:00:00'"},
        {"time(0)", "'12:34:56'"},
        {"timetz", "'12:34:56.789+05:30'", "'24:00:00-15:59'"},
        {
            "timestamp",
            "'2024-02-29 12:34:56.123456'",
            "'1582-10-10 01:02:03'",
            "'infinity'",
            "'-infinity'",
            "'0044-03-15 12:00 BC'"
        },
        {"timestamp(3)", "'2026-01-01 00:00:00.123'"},
        {
            "timestamptz",
            "'2026-03-29 02:30+01'",
            "'1883-11-18 12:03:57.5-04:56:02'",
            "'infinity'",
            "'-infinity'",
            "'0044-03-15 12:00+00 BC'"
        },
        {"interval", "'1 year 2 mons -3 days 04:05:06.000007'", "'0'", "'-1 mons +3 days -04:05:06.5'"},
        {"uuid", "'123e4567-e89b-12d3-a456-426655440000'"},
        {"json", "'{\"b\" : 1.00,  \"a\":[null], \"b\":2}'"},
        {"jsonb", "'{\"a\": [1, 2.50, 1e100]}'", "'null'"},
        {"xml", "'<a b=\"ü\">x &amp; y</a>'"},
        {"bit(3)", "B'101'"},
        {"bit(1)", "B'1'"},
        {"inet", "'10.1.2.3/8'", "'::1'"},
        {"cidr", "'10.0.0.0/8'"},
        {"macaddr", "'08:00:2b:01:02:03'"},
        {"tsvector", "'a:1A fat:2B,4C'"},
        {"oid", "4294967295"},
        {"int4range", "'[1,10)'", "'empty'"},
        {"tstzrange", "'[2026-01-01 00:00+00,infinity)'"},
        {"numrange", "'(1.10,2.200]'"},
        {"integer[]", "'{1,NULL,3}'", "'{}'", "'{{1,2},{3,4}}'", "'[2:3]={7,8}'"},
        {"text[]", "ARRAY['a,b', '\"', '', 'NULL', NULL]"},
        {"numeric(10,2)[]", "'{1.10,-0.01}'"},
        {"timestamptz[]", "'{2026-01-01 00:00+00}'"},
        {"uuid[]", "ARRAY['00000000-0000-0000-0000-000000000001'::uuid]"},
        {"mood", "'sad'", "'oh, \"happy\"'"},
        {"positive", "42"},
        {"hstore", "'\"a b\"=>\"1\", c=>NULL'"},
        {"ltree", "'Top.Science'"},
        {"citext", "'AbC'"},
    };

    /** Types of which Debezium changes some values; docs/connect.md says which and how. */
    private static final List<String> DEBEZIUMS =
            List.of("timetz", "bit(1)", "hstore", "numeric", "numeric(12,2)", "real", "double precision", "integer[]");

    private final ConnectWorker worker = Servers.worker();
    private final Map<String, String> canonical = new HashMap<>();
    private Database source;

    @Test
    void both_readers_make_the_same_events() throws IOException {
        source = Database.create("same")
                .sql("CREATE EXTENSION hstore", "CREATE EXTENSION ltree", "CREATE EXTENSION citext")
                .sql(
                        "CREATE TYPE mood AS ENUM ('sad', 'oh, \"happy\"')",
                        "CREATE DOMAIN positive AS int CHECK (value > 0)")
                .sql(every(), "ALTER TABLE every REPLICA IDENTITY FULL")
                .sql(
                        "CREATE TABLE keyed(a int, b text, note text, big text, PRIMARY KEY (b, a))",
                        "ALTER TABLE keyed ALTER big SET STORAGE EXTERNAL",
                        "CREATE TABLE fence(id int PRIMARY KEY)");
        String name = Servers.name("same");
        Map<String, String> debezium = Settings.debeziumSource(name + "d", source);
        debezium.putAll(Settings.json());
        debezium.put("snapshot.mode", "no_data");
        debezium.put("skipped.operations", "none");
        debezium.put("include.unknown.datatypes", "true");
        debezium.put("interval.handling.mode", "string");
        debezium.put("key.converter.replace.null.with.default", "false");
        debezium.put("value.converter.replace.null.with.default", "false");
        worker.run(name + "d-source", debezium);
        Map<String, String> own = new HashMap<>(Settings.source(name, source));
        own.put("capture.snapshot", "none");
        List<Seen> ours;
        List<Seen> theirs;
        try (Daemon capture = Daemon.capture(new SourceSettings(own).capture()).awaitState(MemberState.PRIMARY)) {
            source.awaitRows(
                    "SELECT count(*) FROM pg_replication_slots WHERE active AND database = current_database()", "2");
            changes();
            Awaitility.await().atMost(LIMIT).until(() -> fenced(name) && fenced(name + "d"));
            ours = TwoReaders.ours(name).stream()
                    .map(event -> seen(event.decoded()))
                    .toList();
            theirs = theirs(name + "d");
        }
        worker.delete(name + "d-source");

        TwoReaders.assertSame(ours, theirs, column -> column.startsWith("v") ? type(column) : column, DEBEZIUMS);
        TwoReaders.assertDocumented("connect.md", "## Metrics", DEBEZIUMS);
    }

    private static String column(int type) {
        return "v" + type + "_" + TYPES[type][0].replaceAll("\\W+", "_");
    }

    private static String type(String column) {
        return TYPES[Integer.parseInt(column.substring(1, column.indexOf('_')))][0];
    }

    private static String every() {
        StringBuilder columns = new StringBuilder("CREATE TABLE every(id bigint PRIMARY KEY, n int");
        for (int type = 0; type < TYPES.length; type++) {
            columns.append(", ").append(column(type)).append(' ').append(TYPES[type][0]);
        }
        return columns.append(')').toString();
    }

    private void changes() {
        for (int row = 1; row <= 6; row++) {
            StringBuilder names = new StringBuilder("id, n");
            StringBuilder values = new StringBuilder(row + ", 0");
            for (int type = 0; type < TYPES.length; type++) {
                if (row < TYPES[type].length) {
                    names.append(", ").append(column(type));
                    values.append(", (").append(TYPES[type][row]).append(")::").append(TYPES[type][0]);
                }
            }
            source.sql("INSERT INTO every(" + names + ") VALUES (" + values + ")");
        }
        source.sql(
                "UPDATE every SET n = n + 1",
                "UPDATE every SET id = -id WHERE id = 2",
                "DELETE FROM every WHERE id IN (1, 6)",
                "BEGIN; INSERT INTO keyed VALUES (1, 'x', 'n', repeat('toast', 2000)), (2, 'y', NULL, NULL);"
                        + " UPDATE keyed SET note = 'm' WHERE a = 1; SAVEPOINT s; DELETE FROM keyed; ROLLBACK TO s;"
                        + " INSERT INTO keyed VALUES (3, 'z', 'n', 'short'); COMMIT",
                "UPDATE keyed SET b = 'xx' WHERE a = 1",
                "UPDATE keyed SET note = 'later', big = NULL",
                "DELETE FROM keyed WHERE a = 2",
                "ALTER TABLE keyed ADD COLUMN added int DEFAULT 7",
                "INSERT INTO keyed VALUES (4, 'after', 'n', 'b', 8)",
                "TRUNCATE keyed",
                "INSERT INTO keyed VALUES (5, 'end', NULL, NULL, NULL)",
                "INSERT INTO fence VALUES (1)");
    }

    private static boolean fenced(String prefix) {
        return !Topics.read(prefix + "\\.public\\.fence").isEmpty();
    }

    private List<Seen> theirs(String prefix) {
        List<Seen> seen = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(Topics.read(prefix + "\\.public\\..*"));
        try (JsonConverter keys = new JsonConverter();
                JsonConverter values = new JsonConverter()) {
            keys.configure(Map.of("schemas.enable", "true"), true);
            values.configure(Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
            TransactionPrefix transaction = new TransactionPrefix(1, 1, 0, null, "0/0", 0L, null);
            TreeMap<String, Seen> ordered = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.value() == null) {
                    continue;
                }
                SchemaAndValue key = keys.toConnectData(record.topic(), record.key());
                SchemaAndValue value = values.toConnectData(record.topic(), record.value());
                SinkRecord given = new SinkRecord(
                        record.topic(),
                        record.partition(),
                        key.schema(),
                        key.value(),
                        value.schema(),
                        value.value(),
                        record.offset());
                Struct envelope = (Struct) value.value();
                if (DebeziumTable.operation(envelope) == null) {
                    continue;
                }
                ReplicaIdentity identity =
                        record.topic().endsWith(".every") ? ReplicaIdentity.FULL : ReplicaIdentity.KEY;
                DataEvent event = new DebeziumTable("r", given, identity)
                        .event(given, transaction, 1)
                        .decoded();
                Struct from = envelope.getStruct("transaction");
                // Two partitions: the order is the log's.
                String order = String.format(
                        "%020d/%020d",
                        envelope.getStruct("source").getInt64("lsn"), from == null ? 0 : from.getInt64("total_order"));
                ordered.put(order + "/" + record.partition() + "/" + record.offset(), seen(event));
            }
            seen.addAll(ordered.values());
        }
        return seen;
    }

    private Seen seen(DataEvent event) {
        return new Seen(
                event.shape().table(),
                event.operation(),
                row(event.before(), event.shape().identity() == ReplicaIdentity.KEY),
                row(event.after(), false),
                event.unchanged());
    }

    private Map<String, String> row(RowImage image, boolean keyOnly) {
        if (image == null) {
            return null;
        }
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < image.shape().columns().size(); i++) {
            if (!keyOnly || image.shape().columns().get(i).key()) {
                String column = image.shape().columns().get(i).name();
                row.put(column, canonical(column, ValueText.of(image, i)));
            }
        }
        return row;
    }

    /** As PostgreSQL prints the value after reading it as the column's type, which is how the applier would write it. */
    private String canonical(String column, String text) {
        if (text == null || !column.startsWith("v")) {
            return text;
        }
        String type = type(column);
        return canonical.computeIfAbsent(type + " " + text, same -> {
            try {
                return source.query("SELECT $t$" + text + "$t$::" + type + "::text")
                        .get(0);
            } catch (IllegalStateException e) {
                return "not readable as " + type + ": " + text;
            }
        });
    }
}
