package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureProcess;
import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.event.EnvelopeReader;
import io.twinlog.schemas.registry.SchemaId;
import io.twinlog.schemas.registry.SchemaTopicReader;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.SingleObject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A compressed transaction that is larger than capture's memory, packed and unpacked, by default 200 MB in a heap of 128 MB. Runs with
 * -Pmysql only; {@code -Dtwinlog.payload.rows=60000} makes it 1 GB, the largest that the server packs.
 */
class MysqlPayloadIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String HEAP = "128m";
    private static final int ROWS = Integer.getInteger("twinlog.payload.rows", 12_800);
    private static final int ROW_BYTES = 16 << 10;
    private static final int PARTITIONS = 3;

    private long repetitions;

    @Test
    void a_packed_transaction_above_our_memory_is_captured_whole_also_through_a_death_in_its_middle() throws Exception {
        try (EmbeddedMysql mysql = EmbeddedMysql.builder()
                .setting("max_allowed_packet", "1G")
                .setting("cte_max_recursion_depth", "1000000")
                .start()) {
            MariadbBed source = MariadbBed.create(mysql);
            source.sql("CREATE TABLE t (id int PRIMARY KEY, v longblob)", "CREATE TABLE u (id int PRIMARY KEY)");
            CaptureConfig config = source.config(SnapshotMode.NONE);
            CaptureRun.start(config).awaitStreaming().close();
            source.sql(
                    "SET binlog_transaction_compression = ON",
                    // What is random cannot be compressed.
                    "INSERT INTO t WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < " + ROWS
                            + ") SELECT n, CONCAT(" + "RANDOM_BYTES(1024), ".repeat(ROW_BYTES / 1024 - 1)
                            + "RANDOM_BYTES(1024)) FROM s",
                    "SET binlog_transaction_compression = OFF",
                    "INSERT INTO u VALUES (1)");
            assertThat(payloadBytes(source)).isGreaterThan((long) ROWS * ROW_BYTES);
            List<TopicPartition> data = IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> new TopicPartition(new TopicNames(source.name()).data(source.name(), "t"), i))
                    .toList();
            try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                try (JavaProcess process = CaptureProcess.start(config, HEAP)) {
                    Awaitility.await()
                            .atMost(PATIENCE)
                            .until(() -> consumer.listTopics()
                                            .containsKey(data.get(0).topic())
                                    && consumer.endOffsets(data).values().stream()
                                                    .mapToLong(end -> end)
                                                    .sum()
                                            > ROWS / 20);
                    process.kill();
                }
                long before = stored(consumer, data);
                assertThat(before).as("killed in its middle").isLessThan(ROWS);
                try (JavaProcess process = CaptureProcess.start(config, HEAP)) {
                    Awaitility.await().atMost(PATIENCE).until(() -> {
                        assertThat(process.isRunning()).as(process.output()).isTrue();
                        return stored(consumer, data) >= before + ROWS;
                    });
                    Xlog.awaitControl(source, ControlKind.END, 2);
                }
                BitSet ordinals = ordinals(consumer, source, data);
                assertThat(ordinals.cardinality()).isEqualTo(ROWS);
                assertThat(ordinals.nextClearBit(1)).isEqualTo(ROWS + 1);
                assertThat(repetitions).isEqualTo(before);
            }
        }
    }

    private static long payloadBytes(MariadbBed source) throws SQLException {
        String file = source.query("SHOW BINARY LOG STATUS").get(0);
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW BINLOG EVENTS IN '" + file + "'")) {
            long largest = 0;
            while (row.next()) {
                if (row.getString("Event_type").equals("Transaction_payload")) {
                    largest = Math.max(largest, row.getLong("End_log_pos") - row.getLong("Pos"));
                }
            }
            return largest;
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", Servers.kafka().bootstrapServers(), "auto.offset.reset", "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static long stored(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> data) {
        return consumer.endOffsets(data).values().stream().mapToLong(end -> end).sum();
    }

    /** Of the first transaction. The rows themselves would not fit. */
    private BitSet ordinals(KafkaConsumer<byte[], byte[]> consumer, MariadbBed source, List<TopicPartition> data) {
        BitSet found = new BitSet();
        consumer.assign(data);
        consumer.seekToBeginning(data);
        Map<TopicPartition, Long> ends = consumer.endOffsets(data);
        try (SchemaTopicReader schemas = new SchemaTopicReader(consumer(), new TopicNames(source.name()).schemas())) {
            EnvelopeReader reader = null;
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (reader == null) {
                        reader = new EnvelopeReader(
                                schemas.find(SchemaId.fingerprint(SingleObject.readFingerprint(record.value()))));
                    }
                    EventId id = reader.read(record.value()).id();
                    assertThat(id.seq()).isEqualTo(1);
                    repetitions += found.get((int) id.ordinal()) ? 1 : 0;
                    found.set((int) id.ordinal());
                }
            }
        }
        return found;
    }
}
