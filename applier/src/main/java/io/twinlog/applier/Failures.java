package io.twinlog.applier;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.target.CatalogException;
import io.twinlog.schemas.database.LoginRefusal;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.InputFailure;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** Gives every failure its category. Stateless. */
public final class Failures {

    private Failures() {}

    public static TwinlogException classify(Exception failure) {
        if (failure instanceof TwinlogException known) {
            return known;
        }
        if (failure instanceof SQLException sql) {
            return ofTarget(sql);
        }
        if (failure instanceof CatalogException catalog) {
            return ofTarget(catalog.failure());
        }
        if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
            return new TwinlogException(Category.CONFIG, "Kafka refuses the applier: " + failure.getMessage(), failure);
        }
        if (failure instanceof org.apache.kafka.common.config.ConfigException) {
            return new TwinlogException(
                    Category.CONFIG, "Kafka's clients refuse their settings: " + failure.getMessage(), failure);
        }
        if (failure instanceof KafkaException) {
            return new TwinlogException(
                    Category.OUTAGE, "Kafka cannot be reached or does not work: " + failure.getMessage(), failure);
        }
        RuntimeException shown = InputFailure.withoutInput(failure);
        return shown == null
                ? new TwinlogException(Category.BUG, "The applier met a state that cannot be: " + failure, failure)
                : new TwinlogException(Category.BUG, "The applier met a state that cannot be: " + shown, shown);
    }

    private static TwinlogException ofTarget(SQLException failure) {
        String words = SqlFailure.words(failure) + " (" + SqlFailure.code(failure) + ")";
        SQLException shown = SqlFailure.withoutValues(failure);
        return switch (SqlFailure.of(failure)) {
            case TRANSIENT -> new TwinlogException(Category.TRANSIENT, "The target asks to try again: " + words, shown);
            case OUTAGE ->
                new TwinlogException(
                        Category.OUTAGE,
                        "The target cannot be reached or cannot work: "
                                + (failure.getSQLState() == null
                                                || failure.getSQLState().startsWith("08")
                                        ? failure.getMessage()
                                        : words),
                        SqlFailure.isOfServer(failure) ? shown : failure);
            case SCHEMA ->
                new TwinlogException(
                        Category.SCHEMA,
                        "A table of the target has changed under the applier: " + words
                                + ". Make it fit the source, then start again.",
                        shown);
            case PRIVILEGE ->
                new TwinlogException(
                        Category.CONFIG,
                        "The target refuses the applier: " + words
                                + (LoginRefusal.plugin(failure) == null
                                        ? ""
                                        : ". " + LoginRefusal.remedy("target.user") + "."),
                        shown);
            case DATA, BUG ->
                new TwinlogException(Category.BUG, "The target refuses a statement of the applier: " + words, shown);
        };
    }
}
