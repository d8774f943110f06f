package io.twinlog.connect.settings;

import io.twinlog.schemas.database.DatabaseUrl;
import io.twinlog.schemas.registry.RegistryAddress;
import io.twinlog.schemas.topic.TopicNames;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Settings that the connectors and the converter have in common. Stateless. */
public final class SharedSettings {

    public static final String REPLICATION = "replication";
    public static final String BOOTSTRAP = "kafka.bootstrap.servers";
    public static final String KAFKA_PREFIX = "kafka.";
    public static final String REGISTRY = "schemas.registry";
    public static final String TOPIC = "topic";
    private static final String REGISTRY_USER = "schemas.user";
    private static final String REGISTRY_PASSWORD = "schemas.password";
    private static final String REGISTRY_TOKEN = "schemas.token";
    private static final String TRUST_STORE = "schemas.truststore.location";
    private static final String TRUST_STORE_PASSWORD = "schemas.truststore.password";
    private static final String KEY_STORE = "schemas.keystore.location";
    private static final String KEY_STORE_PASSWORD = "schemas.keystore.password";

    private static final String REPLICATION_GROUP = "Replication";
    private static final String KAFKA_GROUP = "Kafka";
    private static final String SCHEMAS_GROUP = "Schemas";

    private SharedSettings() {}

    /** Defines the name of the replication and where Kafka is. */
    static ConfigDef connector(ConfigDef definition) {
        return definition
                .define(
                        REPLICATION,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        ConfigDef.LambdaValidator.with(
                                SharedSettings::requireReplication, () -> "letters, digits, - and _"),
                        Importance.HIGH,
                        "Name of the replication. Topics, slot, publication and progress row are named after it.",
                        REPLICATION_GROUP,
                        1,
                        Width.MEDIUM,
                        "Replication")
                .define(
                        BOOTSTRAP,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new ConfigDef.NonEmptyString(),
                        Importance.HIGH,
                        "Brokers that the connector itself asks: to create topics, to read the control log, to store"
                                + " schemas, states and conflicts. Any other setting with the prefix 'kafka.' goes to these"
                                + " clients too, such as kafka.security.protocol.",
                        KAFKA_GROUP,
                        1,
                        Width.LONG,
                        "Bootstrap servers");
    }

    private static void requireReplication(String name, @Nullable Object value) {
        if (value != null && !TopicNames.isValidReplication(value.toString())) {
            throw new ConfigException(
                    name, value, "must be made of letters, digits, '-' and '_', 60 characters at most, without a dot");
        }
    }

    /** Defines where schemas live. */
    public static ConfigDef schemas(ConfigDef definition) {
        return definition
                .define(
                        REGISTRY,
                        Type.STRING,
                        TOPIC,
                        ConfigDef.LambdaValidator.with(SharedSettings::requireRegistry, () -> "topic or a URL"),
                        Importance.MEDIUM,
                        "'topic': schemas live in the compacted topic <replication>.schemas. Or the URL of a"
                                + " Confluent-compatible schema registry.",
                        SCHEMAS_GROUP,
                        1,
                        Width.LONG,
                        "Registry")
                .define(
                        REGISTRY_USER,
                        Type.STRING,
                        null,
                        Importance.LOW,
                        "User for the registry's basic authentication.",
                        SCHEMAS_GROUP,
                        2,
                        Width.MEDIUM,
                        "Registry user")
                .define(
                        REGISTRY_PASSWORD,
                        Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Password of schemas.user.",
                        SCHEMAS_GROUP,
                        3,
                        Width.MEDIUM,
                        "Registry password")
                .define(
                        REGISTRY_TOKEN,
                        Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Token for the registry's bearer authentication; stands in place of schemas.user.",
                        SCHEMAS_GROUP,
                        4,
                        Width.MEDIUM,
                        "Registry token")
                .define(
                        TRUST_STORE,
                        Type.STRING,
                        null,
                        Importance.LOW,
                        "Certificates that vouch for an https:// registry: PEM, PKCS12 or JKS.",
                        SCHEMAS_GROUP,
                        5,
                        Width.LONG,
                        "Trust store")
                .define(
                        TRUST_STORE_PASSWORD,
                        Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Password of a PKCS12 or JKS trust store.",
                        SCHEMAS_GROUP,
                        6,
                        Width.MEDIUM,
                        "Trust store password")
                .define(
                        KEY_STORE,
                        Type.STRING,
                        null,
                        Importance.LOW,
                        "Certificate and key for a registry that asks for one: PKCS12 or JKS.",
                        SCHEMAS_GROUP,
                        7,
                        Width.LONG,
                        "Key store")
                .define(
                        KEY_STORE_PASSWORD,
                        Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Password of the key store.",
                        SCHEMAS_GROUP,
                        8,
                        Width.MEDIUM,
                        "Key store password");
    }

    private static void requireRegistry(String name, @Nullable Object value) {
        String text = String.valueOf(value);
        if (text.equals(TOPIC)) {
            return;
        }
        try {
            URI url = URI.create(text);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, "is no URL: " + e.getMessage());
        }
        throw new ConfigException(name, value, "must be topic, or the http:// or https:// URL of a schema registry");
    }

    /** The registry, or null where schemas live on the schema topic alone. */
    public static @Nullable RegistryAddress registry(AbstractConfig config) {
        String url = config.getString(REGISTRY);
        if (url.equals(TOPIC)) {
            return null;
        }
        return new RegistryAddress(
                URI.create(url),
                config.getString(REGISTRY_USER),
                secret(config, REGISTRY_PASSWORD),
                secret(config, REGISTRY_TOKEN),
                path(config, TRUST_STORE),
                secret(config, TRUST_STORE_PASSWORD),
                path(config, KEY_STORE),
                secret(config, KEY_STORE_PASSWORD));
    }

    static @Nullable String secret(AbstractConfig config, String name) {
        Password password = config.getPassword(name);
        return password == null ? null : password.value();
    }

    private static @Nullable Path path(AbstractConfig config, String name) {
        String text = config.getString(name);
        return text == null ? null : Path.of(text);
    }

    /** Everything with the prefix {@code kafka.}, for clients of our own. */
    public static Map<String, Object> kafka(AbstractConfig config) {
        return new HashMap<>(config.originalsWithPrefix(KAFKA_PREFIX));
    }

    /** The address of a database that capture and applier know, as the daemon's file takes it. */
    static ConfigDef.Validator databaseUrl() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value == null) {
                        return;
                    }
                    try {
                        DatabaseUrl.parse(value.toString());
                    } catch (IllegalArgumentException e) {
                        // Without the value, which may hold a password.
                        throw new ConfigException(name + " " + e.getMessage());
                    }
                },
                () -> "jdbc:postgresql://host:port/database or jdbc:mariadb://host:port/database");
    }

    /** Recommends the members of an enum. */
    static ConfigDef.Recommender oneOf(List<String> values) {
        return new ConfigDef.Recommender() {
            @Override
            public List<Object> validValues(String name, Map<String, Object> parsedConfig) {
                return List.copyOf(values);
            }

            @Override
            public boolean visible(String name, Map<String, Object> parsedConfig) {
                return true;
            }
        };
    }
}
