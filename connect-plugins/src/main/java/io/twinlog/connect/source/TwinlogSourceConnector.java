package io.twinlog.connect.source;

import io.twinlog.capture.Capture;
import io.twinlog.capture.CaptureListener;
import io.twinlog.connect.Version;
import io.twinlog.connect.settings.CheckedConfig;
import io.twinlog.connect.settings.JdbcDriver;
import io.twinlog.connect.settings.SharedSettings;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.topic.TopicNames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** Captures a database into the topics of a replication. Has one task: the source has one log. */
public final class TwinlogSourceConnector extends SourceConnector {

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public ConfigDef config() {
        return SourceSettings.DEFINITION;
    }

    /** Looks at every precondition too, once the settings by themselves are right. */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        return CheckedConfig.of(
                super.validate(connectorConfigs),
                () -> {
                    JdbcDriver.load();
                    try (Capture capture = new Capture(new SourceSettings(connectorConfigs).capture(), silent())) {
                        return capture.check();
                    }
                },
                SourceSettings.URL,
                SharedSettings.BOOTSTRAP);
    }

    private static CaptureListener silent() {
        return new CaptureListener() {
            @Override
            public void state(MemberStatus status) {}

            @Override
            public void message(String line) {}
        };
    }

    @Override
    public void start(Map<String, String> given) {
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return TwinlogSourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return List.of(properties);
    }

    @Override
    public void stop() {}

    /**
     * Events carry their identity, so whoever reads them drops repetitions; with a worker that writes in transactions there are
     * none to drop.
     */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    /**
     * The control log, not Connect's offsets, says where capture goes on. So offsets can only be removed, and only when the control
     * log is gone.
     */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        SourceSettings settings = new SourceSettings(connectorConfig);
        String controlLog = new TopicNames(settings.replication()).transactions();
        if (offsets.values().stream().anyMatch(offset -> offset != null)) {
            throw new ConnectException("The control log " + controlLog + " says where capture goes on, and numbers that"
                    + " readers know cannot be given twice: offsets cannot be altered. To give up what is behind, use"
                    + " `twinlog accept-loss`; to begin anew, `twinlog drop`, then reset the offsets.");
        }
        try (Admin admin = Admin.create(SharedSettings.kafka(settings))) {
            if (!offsets.isEmpty() && admin.listTopics().names().get().contains(controlLog)) {
                throw new ConnectException("The control log " + controlLog + " exists, and capture would go on where it"
                        + " says, whatever is reset here. To begin anew, use `twinlog drop` first.");
            }
            return true;
        } catch (ExecutionException e) {
            throw new ConnectException("Kafka does not say whether " + controlLog + " exists", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted", e);
        }
    }
}
