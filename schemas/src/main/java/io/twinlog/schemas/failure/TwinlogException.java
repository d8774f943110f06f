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
        super(named(category, message), cause);
        this.category = category;
    }

    // Invariant 2: a gap is called by its name, wherever it was found.
    private static String named(Category category, String message) {
        return category == Category.GAP && !message.contains("GAP") ? "GAP: " + message : message;
    }

    public Category category() {
        return category;
    }
}
