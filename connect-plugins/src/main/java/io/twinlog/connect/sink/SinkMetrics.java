package io.twinlog.connect.sink;

import io.twinlog.connect.settings.PluginGauges;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What the worker's JMX shows of a task's appliers, in group {@code plugins}. Stateless. */
final class SinkMetrics {

    private SinkMetrics() {}

    static void register(SinkTaskContext context, Supplier<List<Pipeline>> pipelines) {
        PluginGauges.register(context::pluginMetrics, gauges -> {
            gauges.number(
                    "appliers", "Appliers of this task", () -> pipelines.get().size());
            gauges.number("events", "Events applied since the appliers started", () -> sum(pipelines, "events"));
            gauges.number("conflicts", "Conflicts since the appliers started", () -> sum(pipelines, "conflicts"));
            gauges.number("lag-events", "Events that are known and not applied", () -> sum(pipelines, "lag_events"));
        });
    }

    private static double sum(Supplier<List<Pipeline>> pipelines, String detail) {
        double sum = 0;
        for (Pipeline pipeline : pipelines.get()) {
            MemberStatus status = pipeline.status();
            String text = status.details().get(detail);
            sum += text == null || text.isEmpty() ? 0 : Double.parseDouble(text);
        }
        return sum;
    }
}
