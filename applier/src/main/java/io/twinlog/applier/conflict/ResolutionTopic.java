package io.twinlog.applier.conflict;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionCodec;
import io.twinlog.schemas.topic.TopicNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads what became of the conflicts of a replication. Changes nothing. Immutable. */
public final class ResolutionTopic {

    private final TopicScan scan;

    /**
     * @param kafka settings of Kafka's clients
     */
    public ResolutionTopic(String replication, Map<String, Object> kafka) {
        this.scan = new TopicScan(new KafkaClients(replication, kafka), new TopicNames(replication).resolutions());
    }

    /** The last resolution of each conflict, by its id. */
    public Map<String, Resolution> read() {
        Map<String, Resolution> last = new LinkedHashMap<>();
        scan.forEach(record -> {
            if (record.value() != null) {
                Resolution resolution = ResolutionCodec.decode(record.value());
                last.put(resolution.id(), resolution);
            }
        });
        return last;
    }
}
