package io.twinlog.capture.postgres.connection;

import io.twinlog.schemas.Lsn;
import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the source how far we are: at least every second, at once when it asks or when much more is confirmed. A thread of its
 * own, so that keep-alives are answered also while the reader waits for Kafka.
 *
 * <p>Invariant 1: the confirmed position is whatever the owner passed to {@link #confirm}, and never moves back.
 */
final class Feedback implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Feedback.class);
    private static final long INTERVAL_MILLIS = 1000;
    /** A WAL segment: as soon as that much more is confirmed the source may recycle it. */
    private static final long MUCH_BYTES = 16L << 20;

    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

    private final OutputStream out;
    private final Thread thread;
    private final byte[] message = new byte[39];
    private long received;
    private long confirmed;
    private long sentConfirmed;
    private boolean due;
    private boolean asking;
    private boolean closed;

    Feedback(OutputStream out, long position, String name) {
        this.out = out;
        this.received = position;
        this.confirmed = position;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Everything before {@code lsn} was received. */
    synchronized void received(long lsn) {
        if (Long.compareUnsigned(lsn, received) > 0) {
            received = lsn;
        }
    }

    /** The source may forget everything before {@code lsn}. */
    synchronized void confirm(long lsn) {
        if (Long.compareUnsigned(lsn, confirmed) > 0) {
            confirmed = lsn;
            if (confirmed - sentConfirmed > MUCH_BYTES) {
                due = true;
                notifyAll();
            }
        }
    }

    synchronized void replyNow() {
        due = true;
        notifyAll();
    }

    /** Asks the source for a keep-alive with the next regular feedback. */
    synchronized void ask() {
        asking = true;
    }

    private void run() {
        try {
            while (waitUntilDue()) {
                send();
            }
        } catch (IOException e) {
            // The reader of the same socket meets the same trouble and reports it.
            LOG.debug("Feedback ends", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean waitUntilDue() throws InterruptedException {
        long deadline = System.nanoTime() + INTERVAL_MILLIS * 1_000_000;
        while (!due && !closed) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        due = false;
        return !closed;
    }

    private void send() throws IOException {
        long written;
        long flushed;
        boolean reply;
        synchronized (this) {
            written = Long.compareUnsigned(received, confirmed) > 0 ? received : confirmed;
            flushed = confirmed;
            sentConfirmed = confirmed;
            reply = asking;
            asking = false;
        }
        synchronized (message) {
            int at = 0;
            message[at++] = 'd';
            at = putInt(message, at, 38);
            message[at++] = 'r';
            at = putLong(message, at, written);
            at = putLong(message, at, flushed);
            at = putLong(message, at, flushed);
            at = putLong(message, at, System.currentTimeMillis() * 1000 - POSTGRES_EPOCH_MICROS);
            message[at] = (byte) (reply ? 1 : 0);
            out.write(message);
            out.flush();
        }
    }

    private static int putInt(byte[] b, int at, int value) {
        b[at] = (byte) (value >>> 24);
        b[at + 1] = (byte) (value >>> 16);
        b[at + 2] = (byte) (value >>> 8);
        b[at + 3] = (byte) value;
        return at + 4;
    }

    private static int putLong(byte[] b, int at, long value) {
        return putInt(b, putInt(b, at, (int) (value >>> 32)), (int) value);
    }

    /** Ends the thread; an orderly end sends the last position first. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
        }
        try {
            thread.join(1000);
            if (!thread.isAlive()) {
                send();
            }
        } catch (IOException e) {
            LOG.debug("The last position {} could not be sent", Lsn.format(confirmed), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
