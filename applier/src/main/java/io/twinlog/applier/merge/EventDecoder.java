package io.twinlog.applier.merge;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.EnvelopeReader;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.SchemaId;
import io.twinlog.schemas.registry.SchemaLookup;
import io.twinlog.schemas.registry.UnknownSchemaException;
import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.RecordHeader;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** From a data record to an {@link XlogEvent}; remembers the reader of each schema. Not thread-safe. */
public final class EventDecoder {

    private final SchemaLookup schemas;
    private final Map<SchemaId, EnvelopeReader> readers = new HashMap<>();
    private @Nullable EnvelopeReader lastReader;
    private boolean lastInRegistry;
    private long lastSchema;

    public EventDecoder(SchemaLookup schemas) {
        this.schemas = schemas;
    }

    /**
     * Locates the columns of an event. Where the images are damaged the event keeps its identity and says so; where not
     * even the identity can be read, replication stops, since the place of the event in the order is unknown.
     */
    public XlogEvent decode(TopicPartition partition, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null) {
            throw unreadable(partition, offset, new MalformedEventException("The record has no value"));
        }
        try {
            DataEvent data = reader(value).read(value);
            requireWhole(data, key);
            return new XlogEvent(data.id(), data, null, partition, offset, key, value);
        } catch (UnknownSchemaException e) {
            throw new TwinlogException(
                    Category.GAP,
                    "The event at offset " + offset + " of " + partition + " cannot be read. " + e.getMessage(),
                    e);
        } catch (MalformedEventException | IndexOutOfBoundsException e) {
            return new XlogEvent(
                    identity(partition, offset, value, e), null, e.getMessage(), partition, offset, key, value);
        }
    }

    private static void requireWhole(DataEvent data, byte @Nullable [] key) {
        boolean whole = switch (data.operation()) {
            case INSERT, SNAPSHOT, UPDATE -> data.after() != null;
            case DELETE -> data.before() != null;
            case TRUNCATE -> true;
        };
        if (!whole) {
            throw new MalformedEventException("The event lacks the image that its operation needs");
        }
        if (data.operation() != Operation.TRUNCATE) {
            if (key == null) {
                throw new MalformedEventException("The event of a row has no key");
            }
            int unused = RecordHeader.length(key);
        }
    }

    private EnvelopeReader reader(byte[] record) {
        boolean inRegistry = RecordHeader.isRegistry(record);
        long schema = RecordHeader.schema(record);
        EnvelopeReader last = lastReader;
        if (last != null && lastSchema == schema && lastInRegistry == inRegistry) {
            return last;
        }
        EnvelopeReader found =
                readers.computeIfAbsent(new SchemaId(inRegistry, schema), id -> new EnvelopeReader(schemas.find(id)));
        lastReader = found;
        lastSchema = schema;
        lastInRegistry = inRegistry;
        return found;
    }

    // The first fields of every envelope are op, epoch, seq, ordinal: docs/xlog-format.md.
    private static EventId identity(TopicPartition partition, long offset, byte[] value, RuntimeException cause) {
        try {
            AvroInput in = new AvroInput(value, RecordHeader.length(value), value.length);
            in.skipBytes();
            EventId id = new EventId(in.readLong(), in.readLong(), in.readLong());
            if (id.epoch() < 1 || id.seq() < 1 || id.ordinal() < 1) {
                throw unreadable(partition, offset, cause);
            }
            return id;
        } catch (MalformedEventException e) {
            throw unreadable(partition, offset, cause);
        }
    }

    private static TwinlogException unreadable(TopicPartition partition, long offset, RuntimeException cause) {
        return new TwinlogException(
                Category.BUG,
                "The record at offset " + offset + " of " + partition + " is no xlog event: " + cause.getMessage()
                        + ". Did another program write to the topic?",
                cause);
    }
}
