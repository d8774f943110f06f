package io.twinlog.schemas.registry;

/** A record names a schema that the schema topic does not have. */
public final class UnknownSchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnknownSchemaException(String topic, long fingerprint) {
        super("The schema topic " + topic + " has no schema " + String.format("%016x", fingerprint)
                + "; was the topic deleted or is its cleanup.policy not 'compact'?");
    }
}
