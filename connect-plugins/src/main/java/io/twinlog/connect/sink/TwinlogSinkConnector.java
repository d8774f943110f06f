package io.twinlog.connect.sink;

import io.twinlog.applier.Applier;
import io.twinlog.applier.ApplierListener;
import io.twinlog.connect.Version;
import io.twinlog.connect.settings.CheckedConfig;
import io.twinlog.connect.settings.ConflictSettings;
import io.twinlog.connect.settings.JdbcDriver;
import io.twinlog.connect.settings.SharedSettings;
import io.twinlog.connect.settings.SinkSettings;
import io.twinlog.schemas.status.MemberStatus;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;

/** Applies the topics of a replication, or those of a Debezium connector, to a database. */
public final class TwinlogSinkConnector extends SinkConnector {

    private static final String TASKS = "tasks.max";

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public ConfigDef config() {
        return SinkSettings.DEFINITION;
    }

    /** Looks at every precondition too, once the settings by themselves are right. */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config config = super.validate(connectorConfigs);
        checkTogether(config, connectorConfigs);
        ConflictSettings.problems(connectorConfigs).forEach((setting, what) -> {
            ConfigValue value = new ConfigValue(setting);
            value.value(connectorConfigs.get(setting));
            value.addErrorMessage(setting + " " + what);
            config.configValues().add(value);
        });
        return CheckedConfig.of(
                config,
                () -> {
                    JdbcDriver.load();
                    try (Applier applier = new Applier(new SinkSettings(connectorConfigs).applier(), silent())) {
                        return applier.check();
                    }
                },
                SinkSettings.URL,
                SharedSettings.BOOTSTRAP);
    }

    private static void checkTogether(Config config, Map<String, String> given) {
        boolean keyOrder = "key".equals(given.get(SinkSettings.ORDER));
        boolean debezium = "debezium".equals(given.get(SinkSettings.FORMAT));
        for (ConfigValue value : config.configValues()) {
            if (value.name().equals(SinkSettings.ORDER) && !keyOrder && !"1".equals(given.getOrDefault(TASKS, "1"))) {
                value.addErrorMessage(
                        "apply.order=transaction has one task, since one transaction commits after the other: set tasks.max=1, or"
                                + " apply.order=key");
            }
            if (value.name().equals(SinkSettings.TRANSACTION_TOPIC)
                    && debezium
                    && !keyOrder
                    && given.getOrDefault(SinkSettings.TRANSACTION_TOPIC, "").isEmpty()) {
                value.addErrorMessage(
                        "apply.order=transaction needs the topic that Debezium's provide.transaction.metadata fills, usually"
                                + " <topic.prefix>.transaction; without it use apply.order=key");
            }
        }
    }

    private static ApplierListener silent() {
        return new ApplierListener() {
            @Override
            public void state(MemberStatus status) {}

            @Override
            public void message(String line) {}
        };
    }

    @Override
    public void start(Map<String, String> given) {
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return TwinlogSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        int tasks = new SinkSettings(properties).isKeyOrder() ? maxTasks : 1;
        return Collections.nCopies(tasks, properties);
    }

    @Override
    public void stop() {}

    /** The target, not Connect's offsets, says where the sink goes on; so offsets may only be removed, which changes nothing. */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        if (offsets.values().stream().anyMatch(offset -> offset != null)) {
            throw new ConnectException(
                    "The target says in schema twinlog what is applied, in the transaction of the rows:"
                            + " offsets cannot be altered. To give up what is behind, use `twinlog accept-loss`.");
        }
        return true;
    }
}
