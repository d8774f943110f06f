package io.twinlog.capture.stream;

import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.postgres.value.RelationShape;
import io.twinlog.capture.postgres.value.RowEncoder;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.publish.DataTopic;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.table.FieldNames;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The version of each table that the log is at. A new version is announced, schemas first, before any event uses it; every
 * session announces the versions it meets. Not thread-safe.
 */
public final class TableDirectory {

    private final String replication;
    private final String productVersion;
    private final String database;
    private final Publisher publisher;
    private final Topics topics;
    private final TypeNames types;
    private final KeyColumns keys;
    private final Function<TableId, FieldNames> fieldNames;
    private final Map<Integer, TableVersion> byOid = new HashMap<>();
    private final Map<TableId, DataTopic> dataTopics = new HashMap<>();
    private final Map<TableId, Long> announced = new HashMap<>();

    public TableDirectory(
            String replication,
            String productVersion,
            String database,
            Publisher publisher,
            Topics topics,
            TypeNames types,
            KeyColumns keys,
            Function<TableId, FieldNames> fieldNames) {
        this.replication = replication;
        this.productVersion = productVersion;
        this.database = database;
        this.publisher = publisher;
        this.topics = topics;
        this.types = types;
        this.keys = keys;
        this.fieldNames = fieldNames;
    }

    /** The version that a Relation message brought last. */
    public TableVersion find(int oid) {
        TableVersion version = byOid.get(oid);
        if (version == null) {
            throw new TwinlogException(
                    Category.BUG,
                    "The log changes the table with oid " + Integer.toUnsignedString(oid)
                            + " without having described it");
        }
        return version;
    }

    public void type(int oid, String schema, String name) {
        types.put(oid, schema, name);
    }

    /** Takes a description and announces the version if it is not the one announced last. */
    public TableVersion describe(Relation relation) {
        TableVersion before = byOid.get(relation.oid());
        if (before != null && before.relation().equals(relation)) {
            Long fingerprint = announced.get(before.id());
            if (fingerprint != null && fingerprint == before.envelope().fingerprint()) {
                return before;
            }
        }
        TableShape shape = RelationShape.of(relation, keyOf(relation), types);
        DataTopic topic = dataTopics.computeIfAbsent(shape.id(), topics::data);
        FieldNames fields = fieldNames.apply(shape.id());
        EnvelopeWriter envelope = new EnvelopeWriter(replication, productVersion, database, shape, fields);
        fields.remember(envelope.schema());
        TableVersion version = new TableVersion(relation, shape, new RowEncoder(shape), envelope, topic);
        publish(envelope, topic);
        announce(version);
        byOid.put(relation.oid(), version);
        return version;
    }

    private boolean[] keyOf(Relation relation) {
        try {
            return keys.of(relation);
        } catch (SQLException e) {
            throw new TwinlogException(
                    Category.OUTAGE,
                    "The key of table " + relation.qualifiedName() + " could not be read from the source: "
                            + e.getMessage(),
                    e);
        }
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
