package io.twinlog.schemas.registry;

import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Looks each schema up where its record says that it is: on the schema topic, or in the registry. */
public final class Schemas implements SchemaLookup {

    private final SchemaLookup topic;
    private final @Nullable RegistryClient registry;

    /** @param registry null where none is configured */
    public Schemas(SchemaLookup topic, @Nullable RegistryClient registry) {
        this.topic = topic;
        this.registry = registry;
    }

    @Override
    public Schema find(SchemaId id) {
        if (!id.inRegistry()) {
            return topic.find(id);
        }
        RegistryClient known = registry;
        if (known == null) {
            throw new UnknownSchemaException("It was written with a schema " + id
                    + " of a schema registry, but no registry is configured; set schemas.registry to its URL");
        }
        return known.find(id);
    }
}
