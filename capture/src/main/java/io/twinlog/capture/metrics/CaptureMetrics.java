package io.twinlog.capture.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.table.TableId;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Capture's meters, all with the tag {@code replication}. Safe for many threads. */
public final class CaptureMetrics {

    private static final LongSupplier NOTHING = () -> 0;

    private final MeterRegistry registry;
    private final String replication;
    private final Map<TableId, TableCounts> tables = new ConcurrentHashMap<>();
    private volatile LongSupplier unacknowledged = NOTHING;

    public CaptureMetrics(MeterRegistry registry, String replication) {
        this.registry = registry;
        this.replication = replication;
        Gauge.builder("twinlog.capture.unacknowledged.records", () -> unacknowledged.getAsLong())
                .description("Records that are sent and that Kafka has not acknowledged")
                .tag("replication", replication)
                .register(registry);
    }

    /** @param unacknowledgedRecords of the present session; asked by any thread */
    public void watch(LongSupplier unacknowledgedRecords) {
        unacknowledged = unacknowledgedRecords;
    }

    /** What counts a table's events; the same for all sessions of this process. */
    public TableCounts of(TableId table) {
        return tables.computeIfAbsent(table, this::register);
    }

    private TableCounts register(TableId table) {
        TableCounts counts = new TableCounts();
        for (Operation operation : Operation.values()) {
            FunctionCounter.builder("twinlog.capture.events", counts, all -> all.of(operation))
                    .description("Events handed to Kafka's producer; some again after an interruption")
                    .tag("replication", replication)
                    .tag("table", table.toString())
                    .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        return counts;
    }
}
