package io.twinlog.cli.config;

import java.time.Duration;

/** The section {@code apply}. Immutable. */
public record ApplyConfiguration(
        @Key(
                name = "order",
                text = "`transaction`: the source's commit order, whole transactions. (`key` is not supported yet.)",
                defaultValue = "transaction")
        Order order,

        @Key(
                name = "batch.events",
                text =
                        "Whole source transactions are applied together up to this many events, or a fiftieth of it for each table among them if that is more.",
                defaultValue = "5000",
                min = "1",
                max = "1000000")
        int batchEvents,

        @Key(
                name = "batch.linger",
                text = "How long a batch waits for more where a multiple of it is known to be on its way.",
                defaultValue = "5ms",
                min = "0ms",
                max = "10s")
        Duration batchLinger,

        @Key(
                name = "existing.rows",
                text = "What the initial sync does about rows that the target's tables have already:"
                        + " refuse to start, remove them, or write over those with the same key.",
                defaultValue = "fail-if-not-empty")
        ExistingRowsChoice existingRows) {

    /** In which order events are applied. */
    public enum Order {
        TRANSACTION
    }

    /** What the initial sync does about rows that are there before it. */
    public enum ExistingRowsChoice {
        FAIL_IF_NOT_EMPTY,
        TRUNCATE,
        UPSERT
    }
}
