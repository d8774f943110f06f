package io.twinlog.applier.conflict;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.topic.TopicNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the conflicts of a replication, each once. Changes nothing; each call opens and closes its own consumers. Immutable.
 */
public final class ConflictTopic {

    private final TopicScan scan;

    /**
     * @param kafka settings of Kafka's clients
     */
    public ConflictTopic(String replication, Map<String, Object> kafka) {
        this.scan = new TopicScan(new KafkaClients(replication, kafka), new TopicNames(replication).conflicts());
    }

    /** All conflicts in the order in which they were stored. */
    public List<ConflictRecord> list() {
        List<ConflictRecord> conflicts = new ArrayList<>();
        forEach(conflicts::add);
        return conflicts;
    }

    /** The conflict with this id, if there is one. */
    public Optional<ConflictRecord> find(String id) {
        List<ConflictRecord> found = new ArrayList<>();
        forEach(conflict -> {
            if (conflict.id().equals(id)) {
                found.add(conflict);
            }
        });
        return found.stream().findFirst();
    }

    /** Gives every record, in the order in which they were stored: of several with one id the last one holds. */
    public void forEachRecord(Consumer<ConflictRecord> reader) {
        scan.forEach(record -> reader.accept(ConflictCodec.decode(record.value())));
    }

    /**
     * Gives every conflict that stands on the topic now, each once: where an id stands there several times, after a crash or a further
     * attempt, the last record. Nothing where the topic does not exist.
     */
    public void forEach(Consumer<ConflictRecord> reader) {
        // Two passes, so that ids and offsets have to fit into memory, but not the rows.
        Map<String, Long> last = new HashMap<>();
        scan.forEach(record -> last.put(ConflictCodec.decode(record.value()).id(), record.offset()));
        scan.forEach(record -> {
            ConflictRecord conflict = ConflictCodec.decode(record.value());
            Long offset = last.get(conflict.id());
            if (offset != null && offset == record.offset()) {
                reader.accept(conflict);
            }
        });
    }
}
