package io.twinlog.connect.settings;

import io.twinlog.applier.ApplierConfig;
import io.twinlog.applier.ExistingRows;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Settings of the sink connector. Immutable. */
public final class SinkSettings extends AbstractConfig {

    public static final String URL = "target.url";
    public static final String FORMAT = "xlog.format";
    public static final String ORDER = "apply.order";
    public static final String TRANSACTION_TOPIC = "debezium.transaction.topic";
    private static final String EXCLUDED_TABLES = "debezium.tables.exclude";
    private static final String USER = "target.user";
    private static final String PASSWORD = "target.password";
    private static final String BATCH_EVENTS = "apply.batch.events";
    private static final String BATCH_LINGER = "apply.batch.linger.ms";
    private static final String EXISTING_ROWS = "apply.existing.rows";

    private static final String TARGET = "Target";
    private static final String APPLY = "Apply";
    private static final List<String> ORDERS = List.of("transaction", "key");
    private static final List<String> FORMATS = List.of("twinlog", "debezium");
    private static final List<String> EXISTING = List.of("fail-if-not-empty", "truncate", "upsert");

    public static final ConfigDef DEFINITION =
            ConflictSettings.define(SharedSettings.schemas(SharedSettings.connector(new ConfigDef()))
                    .define(
                            URL,
                            Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            SharedSettings.databaseUrl(),
                            Importance.HIGH,
                            "JDBC URL of the database that the changes are applied to: jdbc:postgresql://host:port/database or jdbc:mariadb://host:port/, with parameters of the driver.",
                            TARGET,
                            1,
                            Width.LONG,
                            "URL")
                    .define(
                            USER,
                            Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            new ConfigDef.NonEmptyString(),
                            Importance.HIGH,
                            "User that owns or may write the target's tables.",
                            TARGET,
                            2,
                            Width.MEDIUM,
                            "User")
                    .define(
                            PASSWORD,
                            Type.PASSWORD,
                            "",
                            Importance.HIGH,
                            "Password of the user.",
                            TARGET,
                            3,
                            Width.MEDIUM,
                            "Password")
                    .define(
                            FORMAT,
                            Type.STRING,
                            "twinlog",
                            ConfigDef.ValidString.in(FORMATS.toArray(String[]::new)),
                            Importance.HIGH,
                            "Who wrote the topics: 'twinlog', or 'debezium' for those of a Debezium PostgreSQL connector.",
                            APPLY,
                            1,
                            Width.SHORT,
                            "Format",
                            SharedSettings.oneOf(FORMATS))
                    .define(
                            ORDER,
                            Type.STRING,
                            "transaction",
                            ConfigDef.ValidString.in(ORDERS.toArray(String[]::new)),
                            Importance.HIGH,
                            "'transaction': the source's commit order, whole transactions, one task. 'key': order per key only, any number of tasks.",
                            APPLY,
                            2,
                            Width.SHORT,
                            "Order",
                            SharedSettings.oneOf(ORDERS))
                    .define(
                            TRANSACTION_TOPIC,
                            Type.STRING,
                            "",
                            Importance.MEDIUM,
                            "With xlog.format=debezium and apply.order=transaction: the topic that Debezium's provide.transaction.metadata fills, usually <topic.prefix>.transaction.",
                            APPLY,
                            3,
                            Width.MEDIUM,
                            "Debezium's transaction topic")
                    .define(
                            EXCLUDED_TABLES,
                            Type.LIST,
                            List.of(),
                            Importance.LOW,
                            "With xlog.format=debezium: tables (schema.table, '*' for any text) that this sink leaves out. Their events are not applied, and no transaction waits for them.",
                            APPLY,
                            4,
                            Width.MEDIUM,
                            "Debezium's tables left out")
                    .define(
                            BATCH_EVENTS,
                            Type.INT,
                            5000,
                            ConfigDef.Range.between(1, 1_000_000),
                            Importance.LOW,
                            "Whole source transactions are applied together up to this many events, or a fiftieth of it for each table among them if that is more.",
                            APPLY,
                            5,
                            Width.SHORT,
                            "Batch")
                    .define(
                            BATCH_LINGER,
                            Type.LONG,
                            5L,
                            ConfigDef.Range.between(0, 10_000),
                            Importance.LOW,
                            "How long, in milliseconds, a batch waits for transactions that are known to be on their way.",
                            APPLY,
                            6,
                            Width.SHORT,
                            "Linger")
                    .define(
                            EXISTING_ROWS,
                            Type.STRING,
                            "fail-if-not-empty",
                            ConfigDef.ValidString.in(EXISTING.toArray(String[]::new)),
                            Importance.MEDIUM,
                            "What an initial sync does about rows that the target's tables have already.",
                            APPLY,
                            7,
                            Width.MEDIUM,
                            "Existing rows",
                            SharedSettings.oneOf(EXISTING)));

    public SinkSettings(Map<String, String> properties) {
        super(DEFINITION, properties, false);
    }

    public String replication() {
        return getString(SharedSettings.REPLICATION);
    }

    /** Whether events are applied in the order of their keys only. */
    public boolean isKeyOrder() {
        return getString(ORDER).equals("key");
    }

    /** Whether the topics are Debezium's. */
    public boolean isDebezium() {
        return getString(FORMAT).equals("debezium");
    }

    /** Debezium's transaction topic, or empty. */
    public String transactionTopic() {
        return getString(TRANSACTION_TOPIC);
    }

    /** Whether the worker brings a topic as soon as it exists. */
    public Predicate<String> subscription() {
        Map<String, String> all = originalsStrings();
        String regex = all.get("topics.regex");
        if (regex != null && !regex.isBlank()) {
            return Pattern.compile(regex).asMatchPredicate();
        }
        Set<String> topics = new HashSet<>();
        for (String topic : all.getOrDefault("topics", "").split(",")) {
            topics.add(topic.trim());
        }
        return topics::contains;
    }

    /** Which of Debezium's tables ({@code schema.table}) are left out. */
    public Predicate<String> leftOut() {
        List<Pattern> patterns = getList(EXCLUDED_TABLES).stream()
                .map(pattern -> Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), Pattern.DOTALL))
                .toList();
        return table ->
                patterns.stream().anyMatch(pattern -> pattern.matcher(table).matches());
    }

    /** The settings in the applier's words. */
    public ApplierConfig applier() {
        String password = SharedSettings.secret(this, PASSWORD);
        return new ApplierConfig(
                replication(),
                SharedSettings.kafka(this),
                getString(URL),
                getString(USER),
                password == null ? "" : password,
                getInt(BATCH_EVENTS),
                Duration.ofMillis(getLong(BATCH_LINGER)),
                ExistingRows.valueOf(
                        getString(EXISTING_ROWS).toUpperCase(Locale.ROOT).replace('-', '_')),
                SharedSettings.registry(this),
                ConflictSettings.rules(
                        originalsStrings(), getString(ConflictSettings.DEFAULT), getInt(ConflictSettings.MAX)));
    }
}
