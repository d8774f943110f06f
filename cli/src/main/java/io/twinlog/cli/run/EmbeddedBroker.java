package io.twinlog.cli.run;

import io.twinlog.cli.config.EmbeddedKafkaConfiguration;
import io.twinlog.cli.config.KafkaConfiguration;
import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.FreePort;
import io.twinlog.sandbox.SandboxException;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import org.jspecify.annotations.Nullable;

/** The broker of {@code kafka.embedded} while this process needs it; nothing where none is configured. */
public final class EmbeddedBroker implements AutoCloseable {

    private final @Nullable EmbeddedKafka broker;

    private EmbeddedBroker(@Nullable EmbeddedKafka broker) {
        this.broker = broker;
    }

    /** Starts the broker, if one is configured. */
    public static EmbeddedBroker of(KafkaConfiguration kafka) {
        EmbeddedKafkaConfiguration embedded = kafka.embedded();
        return new EmbeddedBroker(embedded == null ? null : start(embedded));
    }

    /** Starts the broker, if one is configured and nobody listens at its port: else it is at work in another process. */
    public static EmbeddedBroker unlessRunning(KafkaConfiguration kafka) {
        EmbeddedKafkaConfiguration embedded = kafka.embedded();
        boolean needed = embedded != null && FreePort.isFree(embedded.port());
        return needed ? of(kafka) : new EmbeddedBroker(null);
    }

    private static EmbeddedKafka start(EmbeddedKafkaConfiguration embedded) {
        try {
            return EmbeddedKafka.builder()
                    .directory(embedded.dir())
                    .port(embedded.port())
                    .withoutShutdownHook()
                    .start();
        } catch (SandboxException e) {
            throw new TwinlogException(Category.CONFIG, "kafka.embedded cannot start. " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (broker != null) {
            broker.close();
        }
    }
}
