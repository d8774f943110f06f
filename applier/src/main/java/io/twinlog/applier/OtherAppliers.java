package io.twinlog.applier;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.kafka.OwnTopics;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.status.StatusCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Whether an applier in another process speaks on the status topic, from the first look on. Used by one thread. Fails with a
 * KafkaException while Kafka does not answer.
 */
final class OtherAppliers implements AutoCloseable {

    // Records of one that was killed just now may still be on their way, but were written at once.
    private static final long SPAN_OF_A_LIVING_MICROS = Duration.ofSeconds(1).toNanos() / 1000;
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaClients clients;
    private final String topic;
    private final String self;
    private final Map<String, Long> firstHeard = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /** @param self the member that is not another one */
    OtherAppliers(KafkaClients clients, String topic, String self) {
        this.clients = clients;
        this.topic = topic;
        this.self = self;
    }

    /** Whether one of them lives. */
    boolean live() {
        Consumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open = listen();
            if (open == null) {
                return false;
            }
            consumer = open;
        }
        boolean lives = false;
        for (ConsumerRecord<byte[], byte[]> record : open.poll(POLL)) {
            lives |= record.value() != null && showsLife(StatusCodec.decode(record.value()));
        }
        return lives;
    }

    private boolean showsLife(MemberStatus status) {
        if (!status.role().equals(StatusReporter.ROLE)
                || status.member().equals(self)
                || status.state() == MemberState.REMOVED) {
            return false;
        }
        Long first = firstHeard.putIfAbsent(status.member(), status.timeMicros());
        return first != null && status.timeMicros() - first >= SPAN_OF_A_LIVING_MICROS;
    }

    private @Nullable Consumer<byte[], byte[]> listen() {
        try (Admin admin = clients.admin()) {
            if (!OwnTopics.exists(admin, topic)) {
                return null;
            }
        }
        TopicPartition partition = new TopicPartition(topic, 0);
        Consumer<byte[], byte[]> opened = clients.consumer();
        try {
            opened.assign(List.of(partition));
            opened.seek(partition, opened.endOffsets(List.of(partition)).getOrDefault(partition, 0L));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
