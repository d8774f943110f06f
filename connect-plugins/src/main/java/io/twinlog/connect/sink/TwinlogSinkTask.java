package io.twinlog.connect.sink;

import io.twinlog.applier.ApplierConfig;
import io.twinlog.connect.Version;
import io.twinlog.connect.settings.JdbcDriver;
import io.twinlog.connect.settings.PluginMeters;
import io.twinlog.connect.settings.SinkSettings;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/**
 * Runs appliers over the records that the worker brings: one in transaction order, one per partition in key order. The target holds
 * the progress, in the transaction of the rows; the offsets that Connect commits are for lag tools, and a rebalance, a restart or
 * a crash goes on where the target says.
 */
public final class TwinlogSinkTask extends SinkTask {

    private @Nullable SinkSettings settings;
    private final Map<TopicPartition, Pipeline> byPartition = new HashMap<>();
    private final List<Pipeline> pipelines = new CopyOnWriteArrayList<>();
    private @Nullable Pipeline whole;

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public void start(Map<String, String> properties) {
        JdbcDriver.load();
        settings = new SinkSettings(properties);
        SinkMetrics.register(context, () -> List.copyOf(pipelines));
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        restart();
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        stopPipelines();
    }

    private void restart() {
        stopPipelines();
        SinkSettings known = settings;
        if (known == null || context.assignment().isEmpty()) {
            return;
        }
        ApplierConfig config = known.applier();
        Inlets inlets = new Inlets(known, context.assignment(), undecodable());
        if (!known.isKeyOrder()) {
            Pipeline pipeline =
                    new Pipeline(known.replication(), null, config, meters(Map.of()), inlets::transactionOrder);
            whole = pipeline;
            pipelines.add(pipeline);
            return;
        }
        for (TopicPartition partition : context.assignment()) {
            if (inlets.hasEvents(partition)) {
                Pipeline pipeline = new Pipeline(
                        partition.toString(),
                        partition,
                        config,
                        meters(Map.of("partition", partition.toString())),
                        tray -> inlets.keyOrder(tray, partition));
                byPartition.put(partition, pipeline);
                pipelines.add(pipeline);
            }
        }
    }

    private PluginMeters meters(Map<String, String> tags) {
        return new PluginMeters(context::pluginMetrics, tags);
    }

    private void stopPipelines() {
        // Ask all before waiting for the first.
        pipelines.forEach(Pipeline::stop);
        pipelines.forEach(Pipeline::close);
        pipelines.clear();
        byPartition.clear();
        whole = null;
    }

    // Errors of values are conflicts; only what is no event at all goes to the worker's dead letter queue.
    private BiConsumer<SinkRecord, DataException> undecodable() {
        ErrantRecordReporter reporter = context.errantRecordReporter();
        return (record, why) -> {
            String what = "The record at offset " + record.originalKafkaOffset() + " of " + Tray.partition(record)
                    + " is no event: " + why.getMessage();
            if (reporter == null) {
                throw new TwinlogException(Category.CONFIG, what, why);
            }
            reporter.report(record, new DataException(what, why));
        };
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        if (pipelines.isEmpty() && !context.assignment().isEmpty()) {
            restart();
        }
        pipelines.forEach(Pipeline::check);
        Pipeline one = whole;
        if (one != null) {
            one.tray().put(records, context);
        } else {
            Map<TopicPartition, List<SinkRecord>> sorted = new HashMap<>();
            for (SinkRecord record : records) {
                sorted.computeIfAbsent(Tray.partition(record), p -> new ArrayList<>())
                        .add(record);
            }
            byPartition.forEach(
                    (partition, pipeline) -> pipeline.tray().put(sorted.getOrDefault(partition, List.of()), context));
        }
        // An idle worker would call again only when offsets are due.
        context.timeout(Tray.CALL_AGAIN_MILLIS);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        Map<TopicPartition, OffsetAndMetadata> applied = new HashMap<>();
        for (Pipeline pipeline : pipelines) {
            pipeline.tray().applied().forEach((partition, next) -> {
                if (currentOffsets.containsKey(partition)) {
                    applied.put(partition, new OffsetAndMetadata(next));
                }
            });
        }
        return applied;
    }

    @Override
    public void stop() {
        stopPipelines();
    }
}
