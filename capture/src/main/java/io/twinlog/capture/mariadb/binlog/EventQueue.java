package io.twinlog.capture.mariadb.binlog;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Events on their way from the receiving thread to the capturing one, bounded by bytes. Safe for two threads. */
final class EventQueue {

    private final long limitBytes;
    private final ArrayDeque<LogEvent> events = new ArrayDeque<>();
    private long bytes;
    private boolean closed;
    private @Nullable Exception failure;

    EventQueue(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Waits for room; an event larger than the limit goes alone. Events after the end are dropped. */
    synchronized void put(LogEvent event) throws InterruptedException {
        while (bytes > 0 && bytes + event.heldBytes() > limitBytes && !closed) {
            wait();
        }
        if (!closed) {
            events.add(event);
            bytes += event.heldBytes();
            notifyAll();
        }
    }

    synchronized @Nullable LogEvent poll() {
        LogEvent event = events.poll();
        if (event != null) {
            bytes -= event.heldBytes();
            notifyAll();
        }
        return event;
    }

    /** Waits a moment for an event. */
    synchronized @Nullable LogEvent poll(long millis) throws InterruptedException {
        if (events.isEmpty() && failure == null) {
            wait(millis);
        }
        return poll();
    }

    /** Nothing follows; the first reason counts. */
    synchronized void fail(Exception why) {
        if (failure == null) {
            failure = why;
        }
        notifyAll();
    }

    /** Why nothing follows, once everything before it was taken; else null. */
    synchronized @Nullable Exception failure() {
        return events.isEmpty() ? failure : null;
    }

    synchronized void close() {
        closed = true;
        events.clear();
        notifyAll();
    }
}
