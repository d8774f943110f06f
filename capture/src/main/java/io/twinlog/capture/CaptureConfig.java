package io.twinlog.capture;

import java.util.List;
import java.util.Map;

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
        short replicationFactor) {

    public CaptureConfig {
        kafka = Map.copyOf(kafka);
        tables = List.copyOf(tables);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "capture of " + replication + " from " + sourceUrl.replaceAll("(?i)(password=)[^&]*", "$1***");
    }
}
