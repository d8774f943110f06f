package io.twinlog.schemas.failure;

import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** Failures to read a text as a number or a time: their messages quote the text, which may be a row's. Stateless. */
public final class InputFailure {

    private InputFailure() {}

    /** What may be logged of such a failure, its place and its kind; null if it is none. */
    public static @Nullable RuntimeException withoutInput(Exception failure) {
        if (!(failure instanceof NumberFormatException) && !(failure instanceof DateTimeException)) {
            return null;
        }
        RuntimeException shown = new IllegalStateException(failure.getClass().getSimpleName() + " of a value");
        shown.setStackTrace(failure.getStackTrace());
        return shown;
    }
}
