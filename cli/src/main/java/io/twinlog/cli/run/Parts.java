package io.twinlog.cli.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.twinlog.applier.Applier;
import io.twinlog.applier.ApplierConfig;
import io.twinlog.applier.ApplierListener;
import io.twinlog.applier.ExistingRows;
import io.twinlog.capture.Capture;
import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.CaptureListener;
import io.twinlog.capture.OriginFilter;
import io.twinlog.capture.SnapshotMode;
import io.twinlog.cli.config.SourceConfiguration;
import io.twinlog.cli.config.TargetConfiguration;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.schemas.status.MemberStatus;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the parts that a configuration describes. Making one connects to nothing. Stateless. */
public final class Parts {

    /** More readers than this keep a source busier than an initial sync is worth. */
    private static final int MOST_SNAPSHOT_READERS = 4;

    /** Lets the brokers decide: their {@code default.replication.factor}. */
    private static final short BROKER_DEFAULT = 0;

    private static final int HURRIED_MILLIS = 1_000;

    private Parts() {}

    public static Part capture(TwinlogConfiguration configuration, Progress progress, MeterRegistry meters) {
        CaptureListener listener = new CaptureListener() {
            @Override
            public void state(MemberStatus status) {
                progress.state(status);
            }

            @Override
            public void message(String line) {
                progress.message("capture", line);
            }
        };
        return new CapturePart(
                new Capture(captureConfig(configuration), listener, meters),
                new Capture(captureConfig(configuration, hurried(configuration)), listener),
                new BootstrapServers(configuration.kafka().servers()));
    }

    public static Part applier(TwinlogConfiguration configuration, Progress progress, MeterRegistry meters) {
        ApplierListener listener = new ApplierListener() {
            @Override
            public void state(MemberStatus status) {
                progress.state(status);
            }

            @Override
            public void message(String line) {
                progress.message("applier", line);
            }
        };
        return new ApplierPart(
                new Applier(applierConfig(configuration), listener, meters),
                new Applier(applierConfig(configuration, hurried(configuration)), listener),
                new BootstrapServers(configuration.kafka().servers()));
    }

    /** Those parts that the configuration has a section for; what they say is not shown. */
    public static List<Part> configured(TwinlogConfiguration configuration) {
        Progress silence = new Progress(new PrintWriter(Writer.nullWriter()));
        List<Part> parts = new ArrayList<>();
        if (configuration.source() != null) {
            parts.add(capture(configuration, silence, new CompositeMeterRegistry()));
        }
        if (configuration.target() != null) {
            parts.add(applier(configuration, silence, new CompositeMeterRegistry()));
        }
        return parts;
    }

    /** For checks where no broker listens. */
    private static Map<String, Object> hurried(TwinlogConfiguration configuration) {
        Map<String, Object> settings = new HashMap<>(configuration.kafka().clientSettings());
        settings.put("default.api.timeout.ms", HURRIED_MILLIS);
        settings.put("request.timeout.ms", HURRIED_MILLIS);
        return settings;
    }

    /** The configuration in capture's words. */
    public static CaptureConfig captureConfig(TwinlogConfiguration configuration) {
        return captureConfig(configuration, configuration.kafka().clientSettings());
    }

    private static CaptureConfig captureConfig(TwinlogConfiguration configuration, Map<String, Object> kafka) {
        SourceConfiguration source = configuration.requiredSource();
        return new CaptureConfig(
                configuration.replication().text(),
                kafka,
                source.url().jdbc(),
                source.user(),
                source.password().reveal(),
                source.tablePatterns(),
                switch (configuration.capture().snapshot()) {
                    case NONE -> SnapshotMode.NONE;
                    case INITIAL -> SnapshotMode.INITIAL;
                    case ONLY -> SnapshotMode.ONLY;
                },
                configuration.capture().partitions(),
                Math.max(1, Math.min(MOST_SNAPSHOT_READERS, Runtime.getRuntime().availableProcessors())),
                BROKER_DEFAULT,
                configuration.schemas().address(),
                switch (configuration.capture().origin()) {
                    case ANY -> OriginFilter.ANY;
                    case LOCAL -> OriginFilter.LOCAL;
                });
    }

    /** The configuration in the applier's words. */
    public static ApplierConfig applierConfig(TwinlogConfiguration configuration) {
        return applierConfig(configuration, configuration.kafka().clientSettings());
    }

    private static ApplierConfig applierConfig(TwinlogConfiguration configuration, Map<String, Object> kafka) {
        TargetConfiguration target = configuration.requiredTarget();
        return new ApplierConfig(
                configuration.replication().text(),
                kafka,
                target.url().jdbc(),
                target.user(),
                target.password().reveal(),
                configuration.apply().batchEvents(),
                configuration.apply().batchLinger(),
                switch (configuration.apply().existingRows()) {
                    case FAIL_IF_NOT_EMPTY -> ExistingRows.FAIL_IF_NOT_EMPTY;
                    case TRUNCATE -> ExistingRows.TRUNCATE;
                    case UPSERT -> ExistingRows.UPSERT;
                },
                configuration.schemas().address(),
                configuration.conflicts().rulesOfApplier());
    }
}
