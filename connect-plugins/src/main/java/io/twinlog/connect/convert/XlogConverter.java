package io.twinlog.connect.convert;

import io.twinlog.connect.Version;
import io.twinlog.connect.data.XlogMapping;
import io.twinlog.connect.settings.SharedSettings;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryAddress;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.registry.SchemaId;
import io.twinlog.schemas.registry.SchemaTopicReader;
import io.twinlog.schemas.registry.Schemas;
import io.twinlog.schemas.registry.UnknownSchemaException;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts xlog records to and from the wire formats of docs/xlog-format.md: the bytes are those that the daemon writes. Safe for
 * many threads.
 *
 * <p>Writing puts schemas into the registry where one is configured; without one, the source connector has put them on the schema
 * topic before. Reading finds either.
 */
public final class XlogConverter implements Converter, Versioned {

    private static final Logger LOG = LoggerFactory.getLogger(XlogConverter.class);
    /** Tasks are cancelled when they do not answer for long, so a wait ends before; the worker then decides. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long PAUSE_MILLIS = 1_000;

    private static final ConfigDef DEFINITION = SharedSettings.schemas(new ConfigDef())
            .define(
                    SharedSettings.BOOTSTRAP,
                    Type.STRING,
                    null,
                    Importance.MEDIUM,
                    "Brokers to read the schema topic from; needed where records are read that name no registry. Any other"
                            + " setting with the prefix 'kafka.' goes to that consumer too.");

    private final Map<Schema, Written> written = new ConcurrentHashMap<>();
    private final Map<SchemaId, XlogMapping> read = new ConcurrentHashMap<>();
    private final Map<String, SchemaTopicReader> topics = new HashMap<>();
    private Map<String, Object> kafka = Map.of();
    private @Nullable RegistryClient registry;
    private boolean isKey;

    /** A mapping with the header that its records get, by topic. */
    private record Written(XlogMapping mapping, Map<String, byte[]> headers) {}

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean forKeys) {
        AbstractConfig config = new AbstractConfig(DEFINITION, configs, false);
        RegistryAddress address = SharedSettings.registry(config);
        registry = address == null ? null : new RegistryClient(address);
        kafka = SharedSettings.kafka(config);
        isKey = forKeys;
    }

    @Override
    public byte @Nullable [] fromConnectData(String topic, @Nullable Schema schema, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (!(value instanceof Struct struct)) {
            throw new DataException("XlogConverter converts Structs of xlog records, not "
                    + value.getClass().getSimpleName());
        }
        Written known = written.computeIfAbsent(
                struct.schema(), s -> new Written(XlogMapping.of(s), new ConcurrentHashMap<>()));
        byte[] header = known.headers.get(topic);
        if (header == null) {
            header = patiently(() -> header(topic, known.mapping));
            known.headers.put(topic, header);
        }
        return known.mapping.write(struct, header);
    }

    private byte[] header(String topic, XlogMapping mapping) {
        RegistryClient client = registry;
        if (client == null) {
            return RecordHeader.singleObject(SingleObject.fingerprint(mapping.avro()));
        }
        String subject = isKey ? RegistryClient.keySubject(topic) : RegistryClient.valueSubject(topic);
        return RecordHeader.registry(client.register(subject, mapping.avro()));
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte @Nullable [] value) {
        if (value == null) {
            return SchemaAndValue.NULL;
        }
        try {
            SchemaId id = SchemaId.of(value);
            XlogMapping mapping = read.get(id);
            if (mapping == null) {
                mapping = XlogMapping.of(patiently(
                        () -> new Schemas(wanted -> topic(topic).find(wanted), registry).find(id)));
                read.put(id, mapping);
            }
            return new SchemaAndValue(mapping.connect(), mapping.read(value, RecordHeader.length(value)));
        } catch (MalformedEventException | UnknownSchemaException e) {
            throw new DataException("A record of " + topic + " is no xlog record: " + e.getMessage(), e);
        }
    }

    /** The schema topic of the replication that a topic belongs to. */
    private SchemaTopicReader topic(String topic) {
        if (kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG) == null) {
            throw new ConfigException(
                    SharedSettings.BOOTSTRAP,
                    null,
                    "must be set for XlogConverter (as value.converter.kafka.bootstrap.servers and the same for key.converter):"
                            + " the schemas of " + topic + " stand on a topic");
        }
        String replication = topic.substring(0, Math.max(0, topic.indexOf('.')));
        synchronized (topics) {
            return topics.computeIfAbsent(
                    replication, name -> new SchemaTopicReader(consumer(), new TopicNames(name).schemas()));
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Waits for a registry or a broker that is away, and says so. */
    private static <T> T patiently(Supplier<T> call) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return call.get();
            } catch (TwinlogException e) {
                if (e.category() != Category.OUTAGE) {
                    throw new DataException(e.getMessage(), e);
                }
                pause(e, deadline);
            } catch (org.apache.kafka.common.errors.InterruptException e) {
                throw e;
            } catch (org.apache.kafka.common.errors.RetriableException e) {
                pause(e, deadline);
            }
        }
    }

    private static void pause(RuntimeException why, long deadline) {
        if (System.nanoTime() > deadline) {
            throw new RetriableException(why.getMessage(), why);
        }
        LOG.warn("{}. Tries again until it works.", why.getMessage());
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public void close() {
        synchronized (topics) {
            topics.values().forEach(SchemaTopicReader::close);
            topics.clear();
        }
    }
}
