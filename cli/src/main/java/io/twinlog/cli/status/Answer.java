package io.twinlog.cli.status;

import org.jspecify.annotations.Nullable;

/**
 * What a witness said, or why it could not be asked. Immutable.
 *
 * @param value null if it could not be asked
 * @param error null if it could
 */
record Answer<T>(@Nullable T value, @Nullable String error) {

    /** A question to a server. */
    interface Question<T> {
        T ask() throws Exception;
    }

    static <T> Answer<T> to(Question<T> question) {
        try {
            return new Answer<>(question.ask(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer<>(null, "interrupted");
        } catch (Exception e) {
            return new Answer<>(null, reason(e));
        }
    }

    /** Nobody to ask: the configuration has no such section. */
    static <T> Answer<T> notConfigured() {
        return new Answer<>(null, "not configured");
    }

    boolean reachable() {
        return value != null;
    }

    /** The innermost message says most: "Connection refused" rather than "java.util.concurrent.ExecutionException". */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? failure.getMessage() : cause.getMessage();
        if (cause instanceof java.util.concurrent.TimeoutException
                || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return "no answer within 5 s";
        }
        String first = message == null ? "" : message.lines().findFirst().orElse("");
        return first.isEmpty() ? cause.getClass().getSimpleName() : first;
    }
}
