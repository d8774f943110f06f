package io.twinlog.capture.stream;

import io.twinlog.capture.publish.DataTopic;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.Topics;
import io.twinlog.capture.row.RowEncoder;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.table.FieldNames;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes versions of tables out of their shapes. A version is announced, schemas first, before any event uses it; every session
 * announces the versions it meets. Not thread-safe.
 */
public final class TableDirectory {

    private final String replication;
    private final String productVersion;
    private final @Nullable String database;
    private final Publisher publisher;
    private final Topics topics;
    private final Function<TableId, FieldNames> fieldNames;
    private final Map<TableId, DataTopic> dataTopics = new HashMap<>();
    private final Map<TableId, Long> announced = new HashMap<>();

    /**
     * @param database name of the source database, or null where it is that of each table
     * @param fieldNames the names that earlier versions of a table have used
     */
    public TableDirectory(
            String replication,
            String productVersion,
            @Nullable String database,
            Publisher publisher,
            Topics topics,
            Function<TableId, FieldNames> fieldNames) {
        this.replication = replication;
        this.productVersion = productVersion;
        this.database = database;
        this.publisher = publisher;
        this.topics = topics;
        this.fieldNames = fieldNames;
    }

    /** Whether this version is the one of its table that was announced last. */
    public boolean isCurrent(TableVersion version) {
        Long fingerprint = announced.get(version.id());
        return fingerprint != null && fingerprint == version.envelope().fingerprint();
    }

    /** Announces the version with this shape if it is not the one announced last. */
    public TableVersion describe(TableShape shape) {
        DataTopic topic = dataTopics.computeIfAbsent(shape.id(), topics::data);
        FieldNames fields = fieldNames.apply(shape.id());
        EnvelopeWriter envelope = new EnvelopeWriter(
                replication, productVersion, database == null ? shape.schema() : database, shape, fields);
        fields.remember(envelope.schema());
        TableVersion version = new TableVersion(shape, new RowEncoder(shape), envelope, topic);
        publish(envelope, topic);
        announce(version);
        return version;
    }

    private void publish(EnvelopeWriter envelope, DataTopic topic) {
        envelope.headers(
                publisher.publishSchema(RegistryClient.valueSubject(topic.name()), envelope.schema()),
                publisher.publishSchema(RegistryClient.keySubject(topic.name()), envelope.keySchema()));
    }

    private void announce(TableVersion version) {
        long fingerprint = version.envelope().fingerprint();
        Long last = announced.put(version.id(), fingerprint);
        if (last != null && last == fingerprint) {
            return;
        }
        publisher.control(
                ControlKind.SCHEMA,
                null,
                Map.of(
                        Detail.SCHEMA,
                        version.id().schema(),
                        Detail.TABLE,
                        version.id().table(),
                        Detail.TOPIC,
                        version.topic().name(),
                        Detail.PARTITIONS,
                        Integer.toString(version.topic().partitions()),
                        Detail.FINGERPRINT,
                        String.format("%016x", fingerprint)));
    }
}
