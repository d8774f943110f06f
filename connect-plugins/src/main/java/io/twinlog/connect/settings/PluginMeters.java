package io.twinlog.connect.settings;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of capture and applier, which the worker shows in JMX: {@code twinlog.apply.events} as {@code apply-events}, with its
 * tags beside those of connector and task; of meters with several values each by itself, {@code -count}, {@code -total}, {@code -max}.
 * Workers before 4.1 have no place for them. Closing takes them away. Safe for many threads.
 */
public final class PluginMeters implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PluginMeters.class);
    private static final String PREFIX = "twinlog.";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Map<String, String> tags;
    private final @Nullable PluginMetrics metrics;
    private final List<MetricName> shown = new ArrayList<>();

    /** @param tags of all meters beside their own */
    public PluginMeters(Supplier<PluginMetrics> metrics, Map<String, String> tags) {
        this.tags = Map.copyOf(tags);
        this.metrics = ask(metrics);
        registry.config().onMeterAdded(this::show);
    }

    private static @Nullable PluginMetrics ask(Supplier<PluginMetrics> metrics) {
        try {
            return metrics.get();
        } catch (NoSuchMethodError | NoClassDefFoundError e) {
            LOG.debug("This worker is older than 4.1: no metrics of the connector itself");
            return null;
        }
    }

    /** Where capture or an applier counts. */
    public MeterRegistry registry() {
        return registry;
    }

    private synchronized void show(Meter meter) {
        PluginMetrics worker = metrics;
        if (worker == null) {
            return;
        }
        List<Measurement> measurements = new ArrayList<>();
        meter.measure().forEach(measurements::add);
        for (Measurement measurement : measurements) {
            String suffix = measurements.size() == 1 ? "" : "-" + statistic(measurement);
            String description = meter.getId().getDescription();
            MetricName name = worker.metricName(
                    meter.getId().getName().substring(PREFIX.length()).replace('.', '-') + suffix,
                    description == null ? "" : description,
                    tags(meter));
            worker.addMetric(name, (Gauge<Double>) (config, now) -> measurement.getValue());
            shown.add(name);
        }
    }

    private LinkedHashMap<String, String> tags(Meter meter) {
        LinkedHashMap<String, String> all = new LinkedHashMap<>(tags);
        for (Tag tag : meter.getId().getTags()) {
            all.put(tag.getKey(), tag.getValue());
        }
        return all;
    }

    private static String statistic(Measurement measurement) {
        return switch (measurement.getStatistic()) {
            case TOTAL_TIME -> "total";
            default -> measurement.getStatistic().name().toLowerCase(Locale.ROOT);
        };
    }

    @Override
    public synchronized void close() {
        registry.close();
        PluginMetrics worker = metrics;
        if (worker != null) {
            shown.forEach(worker::removeMetric);
        }
        shown.clear();
    }
}
