package io.twinlog.connect.source;

import io.twinlog.capture.Capture;
import io.twinlog.connect.settings.PluginGauges;
import org.apache.kafka.connect.source.SourceTaskContext;

/** What the worker's JMX shows of a capture, in group {@code plugins}. Stateless. */
final class SourceMetrics {

    private SourceMetrics() {}

    static void register(SourceTaskContext context, Capture capture, RecordQueue queue) {
        PluginGauges.register(context::pluginMetrics, gauges -> {
            gauges.status(capture::status);
            gauges.detail(capture::status, "seq", "Last transaction begun");
            gauges.detail(capture::status, "stored_seq", "Highest transaction that is stored with all before it");
            gauges.detail(capture::status, "events", "Events sent since the session began");
            gauges.detail(capture::status, "events_per_second", "Events sent per second of late");
            gauges.number("records-not-stored", "Records sent to the worker and not stored yet", queue::size);
        });
    }
}
