package io.twinlog.connect.bed;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Everything that this JVM logs, that of the worker and of Twinlog also at DEBUG, with what is printed of exceptions. */
public final class WorkerLog implements AutoCloseable {

    private static final List<String> LOUD = List.of("io.twinlog", "org.apache.kafka.connect");

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Map<Logger, Level> levels = new HashMap<>();
    private final Lines appender = new Lines();

    private final class Lines extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            String trace =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage() + "\n" + trace);
        }
    }

    private WorkerLog() {
        appender.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        for (String name : LOUD) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            levels.put(logger, logger.getLevel());
            logger.setLevel(Level.DEBUG);
            // The console is for what the tests' configuration lets through.
            logger.setAdditive(false);
            logger.addAppender(appender);
        }
    }

    /** Reads along until it is closed. */
    public static WorkerLog open() {
        return new WorkerLog();
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(appender);
        levels.forEach((logger, level) -> {
            logger.setLevel(level);
            logger.setAdditive(true);
            logger.detachAppender(appender);
        });
    }
}
