package io.twinlog.cli.status;

import io.twinlog.applier.progress.ProgressView;
import io.twinlog.applier.replay.ConflictCount;
import io.twinlog.applier.replay.Replays;
import io.twinlog.cli.config.TargetConfiguration;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Parts;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Asks all witnesses of one replication. Used by one thread. */
public final class StatusCollector {

    private final TwinlogConfiguration configuration;
    private final Clock clock;

    public StatusCollector(TwinlogConfiguration configuration, Clock clock) {
        this.configuration = configuration;
        this.clock = clock;
    }

    /** Where the replication stands now. */
    public StatusReport collect() {
        Answer<SourceFacts> source = configuration.source() == null
                ? Answer.notConfigured()
                : Answer.to(() -> SourceWitness.facts(configuration));
        TargetConfiguration target = configuration.target();
        Answer<TargetFacts> progress = target == null ? Answer.notConfigured() : Answer.to(() -> targetFacts(target));
        try (Witness kafka = Witness.of(configuration)) {
            Answer<KafkaFacts> facts = Answer.to(() -> kafka.facts(progress.value() == null));
            return new Assessment(
                            configuration.replication().text(),
                            clock.instant(),
                            source,
                            facts,
                            progress,
                            facts.reachable() && progress.reachable() ? conflicts() : Answer.notConfigured(),
                            kafka::timestamps)
                    .report();
        }
    }

    private Answer<ConflictCount> conflicts() {
        return Answer.to(() -> new Replays(Parts.applierConfig(configuration)).count());
    }

    private TargetFacts targetFacts(TargetConfiguration target) throws Exception {
        try (ProgressView view = new ProgressView(
                configuration.replication().text(),
                target.url().jdbc(),
                target.user(),
                target.password().reveal())) {
            return new TargetFacts(view.progress().orElse(null), view.offsets(), view.pausedTables());
        }
    }

    /** Kafka, which may already refuse to be asked when its client is made. */
    private record Witness(
            @Nullable KafkaView view, @Nullable RuntimeException refusal) implements AutoCloseable {

        static Witness of(TwinlogConfiguration configuration) {
            try {
                return new Witness(
                        new KafkaView(
                                new TopicNames(configuration.replication().text()),
                                configuration.kafka().clientSettings()),
                        null);
            } catch (RuntimeException e) {
                return new Witness(null, e);
            }
        }

        KafkaFacts facts(boolean conflicts) throws Exception {
            if (view == null) {
                throw refusal == null ? new IllegalStateException("no client") : refusal;
            }
            return view.facts(conflicts);
        }

        Map<TopicPartition, Long> timestamps(Map<TopicPartition, Long> offsets) {
            return view == null ? Map.of() : view.timestamps(offsets);
        }

        @Override
        public void close() {
            if (view != null) {
                view.close();
            }
        }
    }
}
