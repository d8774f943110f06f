package io.twinlog.connect.sink;

import io.twinlog.applier.Applier;
import io.twinlog.applier.ApplierConfig;
import io.twinlog.applier.ApplierListener;
import io.twinlog.applier.Inlet;
import io.twinlog.connect.settings.PluginMeters;
import io.twinlog.schemas.status.MemberStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An applier in a thread of its own, and the tray that it reads from. Closing lets it finish its batch. */
final class Pipeline implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(20);

    private final String name;
    private final Tray tray;
    private final PluginMeters meters;
    private final Applier applier;
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    /**
     * @param only the one partition that it applies, or null for all
     * @param meters where it counts; it closes them
     */
    Pipeline(
            String name,
            @Nullable TopicPartition only,
            ApplierConfig config,
            PluginMeters meters,
            Function<Tray, Inlet> inlet) {
        this.meters = meters;
        this.name = name;
        this.tray = new Tray(only);
        this.applier = new Applier(
                config,
                new ApplierListener() {
                    @Override
                    public void state(MemberStatus status) {}

                    @Override
                    public void message(String line) {
                        LOG.info("{}", line);
                    }
                },
                meters.registry(),
                inlet.apply(tray));
        this.thread = new Thread(this::work, "twinlog-applier-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        try {
            applier.run();
        } catch (Throwable e) {
            failure = e;
        }
    }

    Tray tray() {
        return tray;
    }

    MemberStatus status() {
        return applier.status();
    }

    /** Throws if the applier has given up. */
    void check() {
        Throwable why = failure;
        if (why != null) {
            throw new ConnectException(why.getMessage(), why);
        }
    }

    /** Asks the applier to finish its batch and leave. */
    void stop() {
        applier.stop();
    }

    @Override
    public void close() {
        applier.stop();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("The applier of {} has not ended yet; the next one waits for its lock at the target", name);
        }
        meters.close();
    }
}
