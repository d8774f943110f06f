package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionCodec;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Stores conflicts and what became of them on their topics. Uses, and never closes, the producer; not thread-safe. */
public final class ConflictPublisher {

    private final Producer<byte[], byte[]> producer;
    private final String conflicts;
    private final String resolutions;
    private final byte[] header;

    /**
     * Registers the schema of conflict records where there is a registry.
     *
     * @param registry null: fingerprints say which schema it is
     * @throws TwinlogException if the registry does not answer (OUTAGE) or refuses the schema
     */
    public ConflictPublisher(Producer<byte[], byte[]> producer, TopicNames topics, @Nullable RegistryClient registry) {
        this.producer = producer;
        this.conflicts = topics.conflicts();
        this.resolutions = topics.resolutions();
        this.header = registry == null
                ? RecordHeader.singleObject(ConflictCodec.FINGERPRINT)
                : RecordHeader.registry(
                        registry.register(RegistryClient.valueSubject(conflicts), ConflictCodec.SCHEMA));
    }

    /**
     * Stores the records and returns when Kafka has acknowledged all of them.
     *
     * @throws TwinlogException category OUTAGE if it does not: then the target must not commit (invariant 8)
     */
    public void publish(List<ConflictRecord> found, List<Resolution> decided) {
        try {
            List<Future<?>> stored = new ArrayList<>();
            for (ConflictRecord conflict : found) {
                stored.add(producer.send(new ProducerRecord<>(
                        conflicts, 0, conflict.originalKey(), ConflictCodec.encode(conflict, header))));
            }
            for (Resolution resolution : decided) {
                stored.add(producer.send(new ProducerRecord<>(
                        resolutions,
                        0,
                        resolution.id().getBytes(StandardCharsets.US_ASCII),
                        ResolutionCodec.encode(resolution))));
            }
            for (Future<?> acknowledged : stored) {
                acknowledged.get();
            }
        } catch (ExecutionException e) {
            throw unwritable(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw unwritable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unwritable(e);
        }
    }

    private TwinlogException unwritable(Throwable cause) {
        return new TwinlogException(
                Category.OUTAGE,
                "Conflict topic " + conflicts + " or " + resolutions + " cannot be written (" + cause.getMessage()
                        + "): nothing is applied until it can, since a conflict must not be lost",
                cause);
    }
}
