package io.twinlog.cli.status;

import io.twinlog.cli.status.KafkaFacts.ControlTail;
import io.twinlog.cli.status.KafkaFacts.Extent;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionCodec;
import io.twinlog.schemas.conflict.ResolutionState;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.status.StatusCodec;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.MalformedEventException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads what Kafka knows about a replication; writes nothing and belongs to no group. Used by one thread. */
final class KafkaView implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Enough for a few heartbeats among the transactions of a busy source. */
    private static final long TAIL_RECORDS = 20_000;

    private final TopicNames topics;
    private final Map<String, Object> settings;
    private final Admin admin;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;

    KafkaView(TopicNames topics, Map<String, Object> clientSettings) {
        this.topics = topics;
        this.settings = new HashMap<>(clientSettings);
        settings.put("request.timeout.ms", (int) LIMIT.toMillis());
        settings.put("default.api.timeout.ms", (int) LIMIT.toMillis());
        // At the end of a topic a fetch waits this long, and closing waits for the fetch.
        settings.put("fetch.max.wait.ms", 50);
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "none");
        settings.put("allow.auto.create.topics", false);
        this.admin = Admin.create(settings);
    }

    /** @param conflicts whether open conflicts are to be counted, which reads a whole topic */
    KafkaFacts facts(boolean conflicts) throws ExecutionException, TimeoutException, InterruptedException {
        Set<String> existing = await(admin.listTopics().names());
        Set<String> read = existing.stream()
                .filter(name -> isData(name) || name.equals(topics.transactions()))
                .collect(Collectors.toCollection(TreeSet::new));
        return new KafkaFacts(
                members(existing),
                existing.contains(topics.transactions()) ? controlTail() : null,
                extents(read),
                !conflicts
                        ? null
                        : existing.contains(topics.resolutions()) ? Long.valueOf(openConflicts()) : Long.valueOf(0));
    }

    /**
     * The time stamps, in milliseconds, of the records at these offsets, or of the next ones behind them. All partitions are read
     * at once: with hundreds of tables, one after the other would take minutes. Those that have nothing, or do not answer
     * in time, are left out.
     */
    Map<TopicPartition, Long> timestamps(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, Long> found = new HashMap<>();
        KafkaConsumer<byte[], byte[]> reader = consumer();
        reader.assign(offsets.keySet());
        offsets.forEach(reader::seek);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (found.size() < offsets.size() && System.nanoTime() < deadline) {
            ConsumerRecords<byte[], byte[]> records = reader.poll(Duration.ofMillis(100));
            for (TopicPartition partition : records.partitions()) {
                found.putIfAbsent(partition, records.records(partition).get(0).timestamp());
            }
            reader.pause(records.partitions());
        }
        return found;
    }

    private boolean isData(String topic) {
        String prefix = topics.replication() + ".";
        // Data topics have two dots, the others one.
        return topic.startsWith(prefix) && topic.indexOf('.', prefix.length()) >= 0;
    }

    private Map<String, MemberStatus> members(Set<String> existing) {
        Map<String, MemberStatus> members = new LinkedHashMap<>();
        if (existing.contains(topics.status())) {
            TopicPartition partition = new TopicPartition(topics.status(), 0);
            read(partition, begin(partition), entry -> {
                if (entry.value() != null) {
                    MemberStatus status = StatusCodec.decode(entry.value());
                    members.put(status.role(), status);
                }
            });
        }
        return members;
    }

    private @Nullable ControlTail controlTail() {
        TopicPartition partition = new TopicPartition(topics.transactions(), 0);
        long end = end(partition);
        Tail tail = new Tail();
        read(partition, Math.max(begin(partition), end - TAIL_RECORDS), entry -> {
            if (entry.value() != null) {
                tail.take(ControlCodec.decode(entry.value()));
            }
        });
        return tail.result();
    }

    private long openConflicts() {
        TopicPartition partition = new TopicPartition(topics.resolutions(), 0);
        Set<String> open = new HashSet<>();
        read(partition, begin(partition), entry -> {
            if (entry.value() != null) {
                Resolution resolution = ResolutionCodec.decode(entry.value());
                if (resolution.state() == ResolutionState.OPEN) {
                    open.add(resolution.id());
                } else {
                    open.remove(resolution.id());
                }
            }
        });
        return open.size();
    }

    private Map<TopicPartition, Extent> extents(Set<String> names)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<String, TopicDescription> descriptions =
                await(admin.describeTopics(names).allTopicNames());
        Map<String, Long> retention = retention(names);
        List<TopicPartition> partitions = new ArrayList<>();
        descriptions
                .values()
                .forEach(topic -> topic.partitions()
                        .forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition()))));
        Map<TopicPartition, Long> begins = consumer().beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer().endOffsets(partitions);
        Map<TopicPartition, Extent> extents = new LinkedHashMap<>();
        for (TopicPartition partition : partitions) {
            extents.put(
                    partition,
                    new Extent(
                            begins.getOrDefault(partition, 0L),
                            ends.getOrDefault(partition, 0L),
                            retention.getOrDefault(partition.topic(), -1L)));
        }
        return extents;
    }

    private Map<String, Long> retention(Set<String> names)
            throws ExecutionException, TimeoutException, InterruptedException {
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Long> retention = new HashMap<>();
        for (Map.Entry<ConfigResource, Config> config :
                await(admin.describeConfigs(resources).all()).entrySet()) {
            ConfigEntry entry = config.getValue().get(TopicConfig.RETENTION_MS_CONFIG);
            if (entry != null && entry.value() != null) {
                retention.put(config.getKey().name(), Long.parseLong(entry.value()));
            }
        }
        return retention;
    }

    private void read(TopicPartition partition, long from, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        long end = end(partition);
        KafkaConsumer<byte[], byte[]> source = consumer();
        source.assign(List.of(partition));
        source.seek(partition, from);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (source.position(partition) < end && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> entry : source.poll(Duration.ofMillis(100))) {
                try {
                    reader.accept(entry);
                } catch (MalformedEventException e) {
                    // A newer version wrote it; what we understand is enough for a status.
                    continue;
                }
            }
        }
    }

    private long begin(TopicPartition partition) {
        return consumer().beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private long end(TopicPartition partition) {
        return consumer().endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }
        return consumer;
    }

    private static <T> T await(KafkaFuture<T> future)
            throws ExecutionException, TimeoutException, InterruptedException {
        return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
        admin.close(Duration.ofSeconds(1));
    }

    /** Gathers the end of the control log, record by record. */
    private static final class Tail {
        private boolean any;
        private long epoch;
        private long seq;
        private long stored;
        private @Nullable String position;
        private @Nullable Instant time;
        private @Nullable Instant writtenTime;
        private @Nullable ControlRecord firstHeartbeat;
        private @Nullable ControlRecord lastHeartbeat;

        void take(ControlRecord entry) {
            any = true;
            epoch = Math.max(epoch, entry.epoch());
            if (entry.kind() != ControlKind.BEGIN && entry.kind() != ControlKind.END) {
                // Those two carry the source's clock.
                writtenTime = instant(entry.timeMicros());
            }
            if (entry.kind() == ControlKind.END) {
                seq = Math.max(seq, entry.seq());
            } else if (entry.kind() == ControlKind.HEARTBEAT) {
                seq = Math.max(seq, entry.seq());
                if (firstHeartbeat == null) {
                    firstHeartbeat = entry;
                }
                lastHeartbeat = entry;
            } else {
                return;
            }
            stored = Math.max(stored, entry.storedSeq());
            position = entry.position() == null ? position : entry.position();
            time = instant(entry.timeMicros());
        }

        @Nullable
        ControlTail result() {
            return any ? new ControlTail(epoch, seq, stored, position, time, writtenTime, rate()) : null;
        }

        private @Nullable Double rate() {
            if (firstHeartbeat == null || lastHeartbeat == null) {
                return null;
            }
            String first = firstHeartbeat.detail(ControlRecord.Detail.SOURCE_END);
            String last = lastHeartbeat.detail(ControlRecord.Detail.SOURCE_END);
            double seconds = (lastHeartbeat.timeMicros() - firstHeartbeat.timeMicros()) / 1e6;
            if (first == null || last == null || seconds <= 0) {
                return null;
            }
            Long bytes = SourcePosition.bytesBetween(first, last);
            return bytes == null ? null : Double.valueOf(Math.max(0, bytes / seconds));
        }
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS);
    }
}
