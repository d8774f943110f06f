package io.twinlog.cli.command;

import io.twinlog.applier.conflict.ConflictTopic;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** The conflict topic of a configuration; a Kafka that does not answer becomes a failure with a category. Immutable. */
record DeadLetters(ConflictTopic topic, String servers) {

    static DeadLetters of(TwinlogConfiguration configuration) {
        return new DeadLetters(
                new ConflictTopic(
                        configuration.replication().text(),
                        configuration.kafka().clientSettings()),
                configuration.kafka().servers());
    }

    List<ConflictRecord> list() {
        return asking(topic::list);
    }

    Optional<ConflictRecord> find(String id) {
        return asking(() -> topic.find(id));
    }

    private <T> T asking(Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException e) {
            throw new TwinlogException(
                    Category.OUTAGE, "The conflict topic cannot be read at " + servers + ": " + e.getMessage(), e);
        }
    }
}
