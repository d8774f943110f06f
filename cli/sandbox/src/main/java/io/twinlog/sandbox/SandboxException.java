package io.twinlog.sandbox;

import org.jspecify.annotations.Nullable;

/** A server or process of the sandbox did not do what was asked; the message says which one, where, and what it said last. */
public final class SandboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SandboxException(String message) {
        super(message);
    }

    SandboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
