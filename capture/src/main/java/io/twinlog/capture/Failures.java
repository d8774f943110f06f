package io.twinlog.capture;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.InputFailure;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** What a failure of a library means for capture. Stateless. */
final class Failures {

    private Failures() {}

    /**
     * Gives a failure its category.
     *
     * @param bySql what a failure of the source means
     */
    static TwinlogException classify(Exception failure, Function<SQLException, TwinlogException> bySql) {
        if (failure instanceof TwinlogException known) {
            return known;
        }
        if (failure instanceof SQLException sql) {
            return bySql.apply(sql);
        }
        if (failure instanceof AuthenticationException
                || failure instanceof AuthorizationException
                || failure instanceof ConfigException
                || failure instanceof InvalidReplicationFactorException
                || failure instanceof UnsupportedVersionException) {
            return new TwinlogException(Category.CONFIG, "Kafka refuses: " + failure.getMessage(), failure);
        }
        if (failure instanceof KafkaException) {
            return new TwinlogException(Category.OUTAGE, "Kafka does not answer: " + failure.getMessage(), failure);
        }
        if (failure instanceof IOException) {
            return new TwinlogException(
                    Category.OUTAGE, "The connection to the source broke: " + failure.getMessage(), failure);
        }
        RuntimeException shown = InputFailure.withoutInput(failure);
        return shown == null
                ? new TwinlogException(Category.BUG, "Capture failed: " + failure, failure)
                : new TwinlogException(Category.BUG, "Capture failed: " + shown, shown);
    }

    /**
     * What is told of a failure of the source.
     *
     * @param streamedFrom position from which the source was asked to stream, or null if it was not
     */
    static String sentence(Category category, String message, @Nullable String streamedFrom) {
        return switch (category) {
            case GAP ->
                "GAP: the source cannot continue from " + streamedFrom + ": " + message
                        + ". Exits: `twinlog drop`, then a start with an initial sync; or `twinlog accept-loss`, which continues from now on and"
                        + " records the gap.";
            case CONFIG -> "The source refuses: " + message;
            case BUG -> "The source does not understand a statement: " + message;
            default -> "The source does not answer: " + message;
        };
    }
}
