package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/** The section {@code kafka}. Immutable. */
public record KafkaConfiguration(
        @Key(
                name = "bootstrap.servers",
                text = "Brokers to ask first, `host:port` separated by commas. This or `embedded`.",
                presence = Presence.OPTIONAL)
        @Nullable
        String bootstrapServers,

        @Key(
                name = "embedded",
                text = "A single-node broker that the command `run` starts in its own process, for trying out."
                        + " This or `bootstrap.servers`.",
                presence = Presence.OPTIONAL)
        @Nullable
        EmbeddedKafkaConfiguration embedded,

        @Key(
                name = Key.ANY_OTHER,
                text = "Any other setting of Kafka's clients goes to all of them, such as `security.protocol` or"
                        + " `sasl.jaas.config`. What exactly-once depends on is set by Twinlog and refused here.",
                presence = Presence.OPTIONAL)
        Map<String, String> further)
        implements Validated {

    /** The promises hang on these: a client with other values could lose, double or reorder events. */
    private static final Set<String> OURS = Set.of(
            "acks",
            "enable.idempotence",
            "max.in.flight.requests.per.connection",
            "retries",
            "delivery.timeout.ms",
            "transactional.id",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer",
            "partitioner.class",
            "group.id",
            "group.instance.id",
            "enable.auto.commit",
            "auto.offset.reset",
            "allow.auto.create.topics",
            "isolation.level");

    public KafkaConfiguration {
        further = Map.copyOf(further);
    }

    /** What the Kafka clients get. */
    public Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>(further);
        settings.put("bootstrap.servers", servers());
        return settings;
    }

    /** Brokers to ask first. */
    public String servers() {
        if (embedded != null) {
            return "127.0.0.1:" + embedded.port();
        }
        return bootstrapServers == null ? "" : bootstrapServers;
    }

    @Override
    public void validate(BiConsumer<String, String> problems) {
        if (bootstrapServers == null && embedded == null) {
            problems.accept("bootstrap.servers", "is missing (or embedded, for a broker in this process)");
        }
        if (bootstrapServers != null && embedded != null) {
            problems.accept("embedded", "cannot stand beside bootstrap.servers; remove one of them");
        }
        Set<String> known = knownNames();
        for (String name : new TreeSet<>(further.keySet())) {
            if (OURS.contains(name)) {
                problems.accept(name, "is set by Twinlog, because exactly-once depends on it; remove it");
            } else if (!known.contains(name)) {
                // Names that resemble none pass: they belong to the user's own interceptors and callback handlers.
                NearestName.of(name, known)
                        .ifPresent(nearest -> problems.accept(
                                name, "is not a setting of Kafka's clients; do you mean " + nearest + "?"));
            }
        }
    }

    private static Set<String> knownNames() {
        Set<String> names = new HashSet<>(ProducerConfig.configNames());
        names.addAll(ConsumerConfig.configNames());
        names.addAll(AdminClientConfig.configNames());
        names.add("embedded");
        return names;
    }

    /** Names the further settings and leaves out their values: any of them may be a secret. */
    @Override
    public String toString() {
        Map<String, String> hidden = new TreeMap<>();
        further.keySet().forEach(name -> hidden.put(name, "***"));
        return "KafkaConfiguration[bootstrapServers=" + bootstrapServers + ", embedded=" + embedded + ", further="
                + hidden + "]";
    }
}
