package io.twinlog.schemas.registry;

import io.twinlog.schemas.wire.RecordHeader;

/**
 * How a record names its schema.
 *
 * @param inRegistry whether {@code value} is an id that a schema registry gave; else it is a CRC-64-AVRO fingerprint
 */
public record SchemaId(boolean inRegistry, long value) {

    /** Reads a record's header; throws {@link io.twinlog.schemas.wire.MalformedEventException} if it has none. */
    public static SchemaId of(byte[] record) {
        return new SchemaId(RecordHeader.isRegistry(record), RecordHeader.schema(record));
    }

    /** The id of a schema on the schema topic. */
    public static SchemaId fingerprint(long fingerprint) {
        return new SchemaId(false, fingerprint);
    }

    @Override
    public String toString() {
        return inRegistry ? "with id " + value : String.format("%016x", value);
    }
}
