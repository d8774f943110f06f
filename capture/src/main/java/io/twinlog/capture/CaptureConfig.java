package io.twinlog.capture;

import io.twinlog.schemas.registry.RegistryAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a capture needs to know. Immutable.
 *
 * @param replication name of the replication
 * @param kafka properties of all Kafka clients, {@code bootstrap.servers} among them
 * @param sourceUrl {@code jdbc:postgresql://...}
 * @param tables patterns {@code schema.table} with {@code *} or {@code %} for any run of characters; {@code !} excludes
 * @param partitions of data topics
 * @param snapshotReaders connections that read existing rows in parallel
 * @param replicationFactor of new topics; 0 for the broker's default
 * @param registry where schemas are registered; null: on the schema topic alone
 * @param origin what is captured of what others have written to the source
 */
public record CaptureConfig(
        String replication,
        Map<String, Object> kafka,
        String sourceUrl,
        String sourceUser,
        String sourcePassword,
        List<String> tables,
        SnapshotMode snapshot,
        int partitions,
        int snapshotReaders,
        short replicationFactor,
        @Nullable RegistryAddress registry,
        OriginFilter origin) {

    public CaptureConfig {
        kafka = Map.copyOf(kafka);
        tables = List.copyOf(tables);
    }

    /** Without a schema registry, from any origin. */
    public CaptureConfig(
            String replication,
            Map<String, Object> kafka,
            String sourceUrl,
            String sourceUser,
            String sourcePassword,
            List<String> tables,
            SnapshotMode snapshot,
            int partitions,
            int snapshotReaders,
            short replicationFactor) {
        this(
                replication,
                kafka,
                sourceUrl,
                sourceUser,
                sourcePassword,
                tables,
                snapshot,
                partitions,
                snapshotReaders,
                replicationFactor,
                null,
                OriginFilter.ANY);
    }

    public CaptureConfig withOrigin(OriginFilter filter) {
        return new CaptureConfig(
                replication,
                kafka,
                sourceUrl,
                sourceUser,
                sourcePassword,
                tables,
                snapshot,
                partitions,
                snapshotReaders,
                replicationFactor,
                registry,
                filter);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "capture of " + replication + " from " + sourceUrl.replaceAll("(?i)(password=)[^&]*", "$1***");
    }
}
