package io.twinlog.capture;

import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.sql.SQLException;
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
     * @param resume position from which the source was asked to stream, or null if it was not
     */
    static TwinlogException classify(Exception failure, @Nullable Long resume) {
        if (failure instanceof TwinlogException known) {
            return known;
        }
        if (failure instanceof SQLException sql) {
            return sql(sql, resume);
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
        return new TwinlogException(Category.BUG, "Capture failed: " + failure, failure);
    }

    private static TwinlogException sql(SQLException failure, @Nullable Long resume) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String message = failure.getMessage() + " (SQLSTATE " + state + ")";
        Category category = switch (state) {
            case "42501", "3D000" -> Category.CONFIG;
            // Slot invalidated, slot or publication gone, log segment removed: meant so only by a walsender.
            case "55000", "42704", "58P01" -> resume == null ? Category.OUTAGE : Category.GAP;
            // A table changed while it was read; the next attempt sees it as it is then.
            case "42P01", "42703", "3F000" -> Category.OUTAGE;
            default ->
                state.startsWith("28") ? Category.CONFIG : state.startsWith("42") ? Category.BUG : Category.OUTAGE;
        };
        String what = switch (category) {
            case GAP ->
                "GAP: the source cannot continue from " + Lsn.format(resume == null ? 0 : resume) + ": " + message
                        + ". Exits: `twinlog drop`, then a start with an initial sync; or `twinlog accept-loss`, which continues from now on and"
                        + " records the gap.";
            case CONFIG -> "The source refuses: " + message;
            case BUG -> "The source does not understand a statement: " + message;
            default -> "The source does not answer: " + message;
        };
        return new TwinlogException(category, what, failure);
    }
}
