package io.twinlog.connect.settings;

import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;

/** Adds to the problems of single settings those that only a look at the servers shows. Stateless. */
public final class CheckedConfig {

    private CheckedConfig() {}

    /**
     * @param examination what {@code twinlog doctor} would look at; asked only if every setting by itself is right
     * @param database name of the setting that problems of the database are shown at
     * @param kafka name of the setting that problems of Kafka are shown at
     */
    public static Config of(Config config, Supplier<List<Check>> examination, String database, String kafka) {
        if (config.configValues().stream()
                .anyMatch(value -> !value.errorMessages().isEmpty())) {
            return config;
        }
        try {
            for (Check check : examination.get()) {
                // Nobody there: perhaps a wrong address, and only who asks can tell. Connectors that run wait for their
                // servers.
                if (check.hinders()) {
                    String subject = check.subject().toLowerCase(Locale.ROOT);
                    boolean ofKafka = subject.startsWith("kafka") || subject.startsWith("topic");
                    value(config, ofKafka ? kafka : database)
                            .addErrorMessage(check.subject() + ": " + check.message()
                                    + (check.remedy() == null ? "" : " -> " + check.remedy()));
                }
            }
        } catch (TwinlogException | KafkaException e) {
            value(config, database).addErrorMessage(String.valueOf(e.getMessage()));
        }
        return config;
    }

    private static ConfigValue value(Config config, String name) {
        for (ConfigValue value : config.configValues()) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw new IllegalStateException("No setting " + name);
    }
}
