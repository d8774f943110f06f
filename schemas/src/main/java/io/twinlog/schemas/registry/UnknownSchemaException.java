package io.twinlog.schemas.registry;

/** A record names a schema that cannot be found where it must be. */
public final class UnknownSchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnknownSchemaException(String message) {
        super(message);
    }
}
