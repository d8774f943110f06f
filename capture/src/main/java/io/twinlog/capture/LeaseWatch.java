package io.twinlog.capture;

import io.twinlog.capture.postgres.precondition.Lease;
import io.twinlog.capture.publish.Topics;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a lease is waited with: looks at the control log only if it comes to that. Owned by the waiting thread. */
final class LeaseWatch implements Lease.Waiting, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseWatch.class);

    private final XlogSide xlog;
    private final BooleanSupplier stopped;
    private final Consumer<String> messages;
    private final Consumer<String> reasons;
    private @Nullable Topics topics;

    /**
     * @param messages gets what humans are told
     * @param reasons gets why a wait lasts
     */
    LeaseWatch(XlogSide xlog, BooleanSupplier stopped, Consumer<String> messages, Consumer<String> reasons) {
        this.xlog = xlog;
        this.stopped = stopped;
        this.messages = messages;
        this.reasons = reasons;
    }

    @Override
    public boolean isStopped() {
        return stopped.getAsBoolean();
    }

    @Override
    public long controlLogEnd() {
        try {
            Topics opened = topics;
            if (opened == null) {
                opened = xlog.topics();
                topics = opened;
            }
            return opened.end(xlog.names().transactions());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("Kafka does not tell whether somebody writes; the source alone tells then who is alive", e);
            return -1;
        }
    }

    @Override
    public void message(String line) {
        messages.accept(line);
    }

    @Override
    public void lasts(String reason) {
        reasons.accept(reason);
    }

    @Override
    public void close() {
        Topics opened = topics;
        if (opened != null) {
            opened.close();
        }
    }
}
