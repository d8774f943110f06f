package io.twinlog.applier;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.schemas.registry.RegistryAddress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an applier needs to know. Immutable.
 *
 * @param replication name of the replication
 * @param kafka settings of Kafka's clients, {@code bootstrap.servers} among them
 * @param targetUrl JDBC URL of the target
 * @param targetUser its user
 * @param targetPassword the user's password
 * @param batchEvents most events of one target transaction, apart from source transactions that are larger
 * @param batchLinger how long a free target waits for a larger batch where more is known to be on its way
 * @param existingRows what an initial sync does with rows that the target has already
 * @param registry where schemas are registered; null: on the schema topic alone
 * @param conflicts what to do about conflicts
 */
public record ApplierConfig(
        String replication,
        Map<String, Object> kafka,
        String targetUrl,
        String targetUser,
        String targetPassword,
        int batchEvents,
        Duration batchLinger,
        ExistingRows existingRows,
        @Nullable RegistryAddress registry,
        ConflictRules conflicts) {

    public ApplierConfig {
        kafka = Map.copyOf(kafka);
        if (batchEvents < 1) {
            throw new IllegalArgumentException("batchEvents must be at least 1, not " + batchEvents);
        }
    }

    /** Without a schema registry; every conflict is held. */
    public ApplierConfig(
            String replication,
            Map<String, Object> kafka,
            String targetUrl,
            String targetUser,
            String targetPassword,
            int batchEvents,
            Duration batchLinger,
            ExistingRows existingRows) {
        this(
                replication,
                kafka,
                targetUrl,
                targetUser,
                targetPassword,
                batchEvents,
                batchLinger,
                existingRows,
                null,
                ConflictRules.HOLD);
    }

    /** Names the replication and the target; never the password. */
    @Override
    public String toString() {
        return "ApplierConfig[replication=" + replication + ", targetUrl=" + targetUrl + "]";
    }
}
