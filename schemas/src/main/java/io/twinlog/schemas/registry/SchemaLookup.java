package io.twinlog.schemas.registry;

import org.apache.avro.Schema;

/** Finds the schema with which a record was written. Implementations are safe for many threads. */
public interface SchemaLookup {

    /**
     * The schema that a record's header names; may wait a while for the schema topic or the registry.
     *
     * @throws UnknownSchemaException if no such schema is published
     * @throws io.twinlog.schemas.failure.TwinlogException category OUTAGE if the registry does not answer
     */
    Schema find(SchemaId id);
}
