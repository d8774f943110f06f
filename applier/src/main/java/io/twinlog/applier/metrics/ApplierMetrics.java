package io.twinlog.applier.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.table.TableId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** The applier's meters, all with the tag {@code replication}. Safe for all threads of the applier. */
public final class ApplierMetrics {

    private static final Duration[] LATENCIES = LongStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final String replication;
    private final Clock clock;
    private final Map<TableOperation, Counter> events = new ConcurrentHashMap<>();
    private final Map<Conflicted, Counter> conflicts = new ConcurrentHashMap<>();
    private final Counter transactions;
    private final DistributionSummary batches;
    private final Timer latency;
    private final Counter transientRetries;
    private final Counter outageRetries;
    private volatile long seq;
    private volatile long backlog;
    private volatile long fetchedAhead;

    private record TableOperation(TableId table, Operation operation) {}

    private record Conflicted(TableId table, ConflictKind kind, ConflictPolicy policy, ConflictOutcome outcome) {}

    public ApplierMetrics(MeterRegistry registry, String replication, Clock clock) {
        this.registry = registry;
        this.replication = replication;
        this.clock = clock;
        transactions = Counter.builder("twinlog.apply.transactions")
                .description("Source transactions committed at the target, chunks of an initial sync among them")
                .tag("replication", replication)
                .register(registry);
        batches = DistributionSummary.builder("twinlog.apply.batch.events")
                .description("Events per transaction of the target")
                .tag("replication", replication)
                .register(registry);
        latency = Timer.builder("twinlog.apply.latency")
                .description("From a transaction's commit at the source to its commit at the target, by their clocks")
                .tag("replication", replication)
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
        transientRetries = retries("lock");
        outageRetries = retries("outage");
        gauge("twinlog.apply.seq", "Last source transaction committed at the target", () -> seq);
        gauge("twinlog.apply.backlog.events", "Events that wait for the applier, in Kafka and fetched", () -> backlog);
        gauge(
                "twinlog.apply.fetched.events",
                "Events that are fetched and wait for others before them",
                () -> fetchedAhead);
    }

    private Counter retries(String reason) {
        return Counter.builder("twinlog.apply.retries")
                .description("Batches tried again, for locks, deadlocks and serialization failures, or for outages")
                .tag("replication", replication)
                .tag("reason", reason)
                .register(registry);
    }

    private void gauge(String name, String description, java.util.function.Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tag("replication", replication)
                .register(registry);
    }

    /** The target has committed this, up to transaction {@code upTo}. */
    public void committed(Tally tally, long upTo) {
        seq = upTo;
        transactions.increment(tally.transactions());
        if (tally.events() > 0) {
            batches.record(tally.events());
        }
        tally.byTable().forEach(this::count);
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        tally.commitMicros().forEach(committed -> latency.record(Math.max(0, now - committed), TimeUnit.MICROSECONDS));
    }

    private void count(TableId table, long[] byOperation) {
        for (Operation operation : Operation.values()) {
            long count = byOperation[operation.ordinal()];
            if (count > 0) {
                events.computeIfAbsent(new TableOperation(table, operation), this::counter)
                        .increment(count);
            }
        }
    }

    private Counter counter(TableOperation what) {
        return Counter.builder("twinlog.apply.events")
                .description("Events done with: applied, parked, or left out by a policy")
                .tag("replication", replication)
                .tag("table", what.table().toString())
                .tag("operation", what.operation().name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    /** A conflict that the target has committed the decision on. */
    public void conflict(ConflictRecord record) {
        conflicts
                .computeIfAbsent(
                        new Conflicted(
                                new TableId(record.schema(), record.table()),
                                record.kind(),
                                record.policy(),
                                record.outcome()),
                        this::counter)
                .increment();
    }

    private Counter counter(Conflicted what) {
        return Counter.builder("twinlog.apply.conflicts")
                .description("Conflicts found, and events that wait behind one (kind behind)")
                .tag("replication", replication)
                .tag("table", what.table().toString())
                .tag("kind", what.kind().label())
                .tag("policy", what.policy().label())
                .tag("outcome", what.outcome().label())
                .register(registry);
    }

    /** A batch is tried again because of a lock, a deadlock or a serialization failure. */
    public void retried() {
        transientRetries.increment();
    }

    /** An outage goes on; the target or Kafka is tried again. */
    public void outage() {
        outageRetries.increment();
    }

    /** Where the target stands when a session begins. */
    public void startAt(long upTo) {
        seq = upTo;
    }

    /** Events that wait, and those among them that are fetched. */
    public void waiting(long events, long fetched) {
        backlog = events;
        fetchedAhead = fetched;
    }
}
