package io.twinlog.schemas.wire;

/** Bytes on a topic are not what their schema says. The event is undecodable; the message names the offset in it. */
public final class MalformedEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedEventException(String message) {
        super(message);
    }

    public MalformedEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
