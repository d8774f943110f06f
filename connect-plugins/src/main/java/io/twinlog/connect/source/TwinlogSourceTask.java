package io.twinlog.connect.source;

import io.micrometer.core.instrument.MeterRegistry;
import io.twinlog.capture.Capture;
import io.twinlog.capture.CaptureListener;
import io.twinlog.connect.Version;
import io.twinlog.connect.data.SpecialFloats;
import io.twinlog.connect.data.XlogMapping;
import io.twinlog.connect.settings.JdbcDriver;
import io.twinlog.connect.settings.PluginMeters;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.wire.SingleObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a capture in a thread of its own and gives its records to the worker. The control log is the only checkpoint, as in the
 * daemon: a restart, wherever it happens, continues behind what Kafka has stored. The offsets that Connect keeps are for those who
 * look at them.
 */
public final class TwinlogSourceTask extends SourceTask {

    private static final Logger LOG = LoggerFactory.getLogger(TwinlogSourceTask.class);
    private static final int MOST_RECORDS = 2_000;
    private static final long WAIT_MILLIS = 500;
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(4);

    private @Nullable Running running;

    /** What exists between start and stop. */
    private static final class Running {
        private final Capture capture;
        private final RecordQueue queue = new RecordQueue();
        private final Thread thread;
        private final String replication;
        private final boolean floatsAsTexts;
        private volatile @Nullable Throwable failure;

        Running(SourceSettings settings, MeterRegistry meters) {
            replication = settings.replication();
            floatsAsTexts = settings.mayLoseSpecialFloats();
            capture = new Capture(settings.capture(), new Listener(), meters, new ConnectOutlet(queue));
            thread = new Thread(this::work, "twinlog-capture-" + replication);
            thread.setDaemon(true);
        }

        private void work() {
            try {
                capture.run();
            } catch (Throwable e) {
                failure = e;
            }
        }
    }

    private static final class Listener implements CaptureListener {
        @Override
        public void state(MemberStatus status) {}

        // Capture logs it.
        @Override
        public void message(String line) {}
    }

    /** A record that remembers what it was. */
    private static final class XlogRecord extends SourceRecord {
        private static final long serialVersionUID = 1L;

        private final transient RecordQueue.Sent sent;

        XlogRecord(
                RecordQueue.Sent sent,
                String replication,
                @Nullable Schema keySchema,
                @Nullable Object key,
                Schema valueSchema,
                Object value,
                Map<String, ?> offset) {
            super(
                    Map.of("replication", replication),
                    offset,
                    sent.topic(),
                    sent.partition(),
                    keySchema,
                    key,
                    valueSchema,
                    value);
            this.sent = sent;
        }
    }

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public void start(Map<String, String> properties) {
        JdbcDriver.load();
        Running started = new Running(
                new SourceSettings(properties),
                // The worker takes them away with the task.
                new PluginMeters(context::pluginMetrics, Map.of()).registry());
        running = started;
        SourceMetrics.register(context, started.capture, started.queue);
        started.thread.start();
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        Running now = running;
        if (now == null) {
            return null;
        }
        List<RecordQueue.Sent> taken = now.queue.take(MOST_RECORDS, WAIT_MILLIS);
        if (taken.isEmpty()) {
            Throwable failure = now.failure;
            if (failure != null) {
                throw new ConnectException(failure.getMessage(), failure);
            }
            return null;
        }
        List<SourceRecord> records = new ArrayList<>(taken.size());
        for (RecordQueue.Sent sent : taken) {
            records.add(record(now, sent));
        }
        return records;
    }

    private static SourceRecord record(Running now, RecordQueue.Sent sent) {
        XlogMapping value = now.queue.mapping(sent.value());
        Struct read = value.read(sent.value(), SingleObject.HEADER_BYTES);
        byte[] key = sent.key();
        XlogMapping keyMapping = key == null ? null : now.queue.mapping(key);
        Map<String, ?> offset = Map.of(
                "control_log",
                now.replication + ".transactions",
                "stored_seq",
                now.capture.status().details().getOrDefault("stored_seq", "0"));
        return new XlogRecord(
                sent,
                now.replication,
                keyMapping == null ? null : keyMapping.connect(),
                keyMapping == null || key == null ? null : keyMapping.read(key, SingleObject.HEADER_BYTES),
                value.connect(),
                now.floatsAsTexts && XlogMapping.isEvent(value.connect()) ? SpecialFloats.toTexts(read) : read,
                offset);
    }

    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        Running now = running;
        // A transformation returns a record of its own class, which is found by what it was made from.
        if (now == null || !(record instanceof XlogRecord own)) {
            return;
        }
        if (metadata == null) {
            now.failure = new ConnectException("A transformation, or errors.tolerance=all, has dropped a record of "
                    + record.topic() + ". Nothing may be dropped: every record counts. Remove it.");
            now.queue.stop();
            return;
        }
        now.queue.stored(own.sent, metadata);
    }

    @Override
    public void stop() {
        Running now = running;
        running = null;
        if (now == null) {
            return;
        }
        now.capture.stop();
        now.queue.stop();
        try {
            now.thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (now.thread.isAlive()) {
            LOG.warn(
                    "Capture of replication {} has not ended yet; the next one waits for it at the source",
                    now.replication);
        }
    }
}
