package io.twinlog.connect.settings;

import io.twinlog.schemas.status.MemberStatus;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gauges that the worker shows in JMX, with the connector's and the task's name as tags. */
public final class PluginGauges {

    private static final Logger LOG = LoggerFactory.getLogger(PluginGauges.class);

    private final PluginMetrics metrics;

    private PluginGauges(PluginMetrics metrics) {
        this.metrics = metrics;
    }

    /** Registers gauges; workers before 4.1 have no place for them and go without. */
    public static void register(Supplier<PluginMetrics> metrics, Consumer<PluginGauges> gauges) {
        try {
            gauges.accept(new PluginGauges(metrics.get()));
        } catch (NoSuchMethodError | NoClassDefFoundError e) {
            LOG.info("This worker is older than 4.1: no metrics of the connector itself");
        }
    }

    /** Shows the state's name. */
    public void status(Supplier<MemberStatus> status) {
        metrics.addMetric(metrics.metricName("state", "State of the member", new LinkedHashMap<>()), (Gauge<String>)
                (config, now) -> status.get().state().name());
    }

    /** Shows a detail of the state; -1 while there is none. */
    public void detail(Supplier<MemberStatus> status, String detail, String description) {
        number(detail.replace('_', '-'), description, () -> {
            String text = status.get().details().get(detail);
            return text == null || text.isEmpty() ? -1 : Double.parseDouble(text);
        });
    }

    /** Shows a number. */
    public void number(String name, String description, DoubleSupplier value) {
        metrics.addMetric(metrics.metricName(name, description, new LinkedHashMap<>()), (Gauge<Double>)
                (config, now) -> value.getAsDouble());
    }
}
