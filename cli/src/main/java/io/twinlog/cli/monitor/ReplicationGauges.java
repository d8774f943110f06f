package io.twinlog.cli.monitor;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.twinlog.cli.status.StatusReport;
import io.twinlog.cli.status.StatusReport.Detection;
import io.twinlog.cli.status.StatusReport.Slot;
import io.twinlog.schemas.status.MemberState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gauges of what {@code twinlog status} says. What is not known is NaN. One thread updates, any may read. */
final class ReplicationGauges {

    private final MeterRegistry registry;
    private final String replication;
    private final MultiGauge states;
    private final MultiGauge detection;
    private volatile @Nullable StatusReport report;
    private volatile long takenNanos;

    ReplicationGauges(MeterRegistry registry, String replication) {
        this.registry = registry;
        this.replication = replication;
        states = MultiGauge.builder("twinlog.member.state")
                .description("1 for the state that a member is in, 0 for the others")
                .tag("replication", replication)
                .register(registry);
        detection = MultiGauge.builder("twinlog.detection")
                .description("1 for how much of a conflict the source's log lets the target see of a table")
                .tag("replication", replication)
                .register(registry);
        registerLag();
        registerStaleness();
        registerConflicts();
        gauge("twinlog.reachable", "1 if it answered", now -> flag(now.source().reachable()), "server", "source");
        gauge("twinlog.reachable", "1 if it answered", now -> flag(now.kafka().reachable()), "server", "kafka");
        gauge("twinlog.reachable", "1 if it answered", now -> flag(now.target().reachable()), "server", "target");
        gauge(
                "twinlog.status.age.seconds",
                "Age of what the gauges without _apply_ and _capture_ say",
                now -> (System.nanoTime() - takenNanos) / 1e9);
    }

    private void registerLag() {
        String bytes = "Bytes of the source's log that are yet to be brought along, other writes included";
        gauge("twinlog.lag.bytes", bytes, now -> number(now.lag().capture().bytes()), "hop", "capture");
        gauge("twinlog.lag.bytes", bytes, now -> number(now.lag().apply().bytes()), "hop", "apply");
        gauge("twinlog.lag.bytes", bytes, now -> number(now.lag().bytes()), "hop", "total");
        String seconds = "For how long the far end has not seen what the near end has";
        gauge("twinlog.lag.seconds", seconds, now -> number(now.lag().capture().seconds()), "hop", "capture");
        gauge("twinlog.lag.seconds", seconds, now -> number(now.lag().apply().seconds()), "hop", "apply");
        gauge("twinlog.lag.seconds", seconds, now -> number(now.lag().seconds()), "hop", "total");
        gauge(
                "twinlog.lag.transactions",
                "Transactions captured and not applied",
                now -> number(now.lag().transactions()));
        gauge(
                "twinlog.lag.events",
                "Events on Kafka and not applied, about",
                now -> number(now.lag().events()));
    }

    private void registerStaleness() {
        String left = "Until changes that are needed are gone if nobody reads them; +Inf: no end in sight";
        gauge(
                "twinlog.until.stale.seconds",
                left,
                now -> orNever(now.staleness().source()),
                "at",
                "source");
        gauge(
                "twinlog.until.stale.seconds",
                left,
                now -> orNever(now.staleness().kafka()),
                "at",
                "kafka");
        gauge(
                "twinlog.stale",
                "1 if changes are lost",
                now -> flag(now.staleness().stale()));
        gauge("twinlog.source.retained.bytes", "Log that the source keeps for us", now -> {
            Slot slot = now.source().slot();
            return slot == null ? Double.NaN : number(slot.retainedBytes());
        });
        gauge("twinlog.source.safe.bytes", "Log that the source may still write before it drops what we need", now -> {
            Slot slot = now.source().slot();
            return slot == null ? Double.NaN : orNever(slot.safeWalBytes());
        });
    }

    private void registerConflicts() {
        gauge("twinlog.conflicts.open", "Conflicts that wait for a decision", now -> number(now.conflicts()));
        gauge("twinlog.held.keys", "Keys that wait for a decision", now -> number(now.heldKeys()));
        gauge("twinlog.waiting.events", "Events that wait for a decision", now -> number(now.waitingEvents()));
        gauge("twinlog.paused.tables", "Tables of which every event waits", now -> {
            List<?> paused = now.target().pausedTables();
            return paused == null ? Double.NaN : paused.size();
        });
    }

    private void gauge(String name, String description, Function<StatusReport, Double> value, String... tags) {
        Gauge.builder(name, () -> {
                    StatusReport now = report;
                    return now == null ? Double.NaN : value.apply(now);
                })
                .description(description)
                .tag("replication", replication)
                .tags(tags)
                .register(registry);
    }

    private static double flag(boolean value) {
        return value ? 1 : 0;
    }

    private static double number(@Nullable Number value) {
        return value == null ? Double.NaN : value.doubleValue();
    }

    private static double orNever(@Nullable Number value) {
        return value == null ? Double.POSITIVE_INFINITY : value.doubleValue();
    }

    /**
     * Shows this report from now on.
     *
     * @param own states of the members that run in this process, by role: they are known also when Kafka does not answer
     */
    void update(StatusReport now, Map<String, MemberState> own) {
        takenNanos = System.nanoTime();
        report = now;
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        addStates("capture", own.getOrDefault("capture", now.capture().state()), rows);
        addStates("applier", own.getOrDefault("applier", now.applier().state()), rows);
        states.register(rows, true);
        List<Detection> tables = now.source().detection();
        if (tables != null) {
            detection.register(
                    tables.stream()
                            .<MultiGauge.Row<?>>map(table -> MultiGauge.Row.of(
                                    Tags.of(
                                            "table",
                                            table.table(),
                                            "strength",
                                            table.strength().name()),
                                    1))
                            .toList(),
                    true);
        }
    }

    private static void addStates(String role, MemberState present, List<MultiGauge.Row<?>> rows) {
        for (MemberState state : MemberState.values()) {
            rows.add(MultiGauge.Row.of(Tags.of("role", role, "state", state.name()), flag(present == state)));
        }
    }
}
