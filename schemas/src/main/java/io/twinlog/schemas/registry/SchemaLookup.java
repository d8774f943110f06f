package io.twinlog.schemas.registry;

import org.apache.avro.Schema;

/** Finds the schema with which a record was written. Implementations are safe for many threads. */
public interface SchemaLookup {

    /**
     * The schema of a fingerprint; may wait a while for the schema topic.
     *
     * @throws UnknownSchemaException if no such schema is published
     */
    Schema find(long fingerprint);
}
