package io.twinlog.connect.bed;

import java.util.HashMap;
import java.util.Map;

/** Configurations of connectors. */
public final class Settings {

    private static final String XLOG = "io.twinlog.connect.convert.XlogConverter";

    private Settings() {}

    public static Map<String, String> source(String replication, Database database) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.twinlog.connect.source.TwinlogSourceConnector");
        config.put("tasks.max", "1");
        config.put("replication", replication);
        config.put("kafka.bootstrap.servers", Servers.kafka());
        config.put("source.url", database.url());
        config.put("source.user", database.user());
        config.put("source.tables", database.tables());
        config.putAll(xlog());
        return config;
    }

    public static Map<String, String> sink(String replication, Database database) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.twinlog.connect.sink.TwinlogSinkConnector");
        config.put("tasks.max", "1");
        config.put("replication", replication);
        config.put("topics.regex", replication + "\\.(transactions|[^.]+\\.[^.]+)");
        config.put("kafka.bootstrap.servers", Servers.kafka());
        config.put("target.url", database.url());
        config.put("target.user", database.user());
        config.putAll(xlog());
        return config;
    }

    public static Map<String, String> xlog() {
        return Map.of(
                "key.converter",
                XLOG,
                "key.converter.kafka.bootstrap.servers",
                Servers.kafka(),
                "value.converter",
                XLOG,
                "value.converter.kafka.bootstrap.servers",
                Servers.kafka());
    }

    public static Map<String, String> json() {
        return Map.of(
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "value.converter", "org.apache.kafka.connect.json.JsonConverter");
    }

    /** Applies the topics of {@link #debeziumSource} with the worker's converters. */
    public static Map<String, String> debeziumSink(String prefix, Database database) {
        Map<String, String> config = sink(prefix, database);
        config.keySet().removeIf(key -> key.startsWith("key.converter") || key.startsWith("value.converter"));
        config.put("topics.regex", prefix + "\\.(transaction|public\\..*)");
        config.put("xlog.format", "debezium");
        config.put("debezium.transaction.topic", prefix + ".transaction");
        return config;
    }

    public static Map<String, String> debeziumSource(String prefix, Database database) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        config.put("tasks.max", "1");
        config.put("topic.prefix", prefix);
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", prefix.toLowerCase(java.util.Locale.ROOT));
        config.put("publication.name", prefix + "_pub");
        config.put("database.hostname", "127.0.0.1");
        config.put("database.port", Integer.toString(Servers.postgres().port()));
        config.put("database.user", "postgres");
        config.put("database.password", "postgres");
        config.put("database.dbname", database.name());
        config.put("table.include.list", "public.*");
        config.put("provide.transaction.metadata", "true");
        config.put("poll.interval.ms", "20");
        config.put("topic.creation.default.replication.factor", "1");
        config.put("topic.creation.default.partitions", "2");
        config.put("topic.creation.groups", "transactions");
        config.put("topic.creation.transactions.include", prefix + "\\.transaction");
        config.put("topic.creation.transactions.replication.factor", "1");
        config.put("topic.creation.transactions.partitions", "1");
        return config;
    }
}
