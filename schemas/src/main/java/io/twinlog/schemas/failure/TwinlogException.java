package io.twinlog.schemas.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure with its category. The message says what happened, where (replication, table, position), and what to do; it
 * never holds row values or secrets.
 */
public final class TwinlogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Category category;

    public TwinlogException(Category category, String message) {
        this(category, message, null);
    }

    public TwinlogException(Category category, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
    }

    public Category category() {
        return category;
    }
}
