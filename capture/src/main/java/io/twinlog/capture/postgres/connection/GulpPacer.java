package io.twinlog.capture.postgres.connection;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets a backlog be read in gulps. A walsender flushes every message; a reader that keeps up gets each in a segment of its
 * own, which costs both sides several times the work. When small reads follow one another at a high rate, pausing before the
 * next read closes the receive window and the kernel merges what is sent meanwhile. An idle or moderately loaded stream is
 * never paused: it does not produce so many reads in so little time. Not thread-safe.
 *
 * <p>Steered by bytes per read: 64 reads within 3.2 ms, small on average (20 000 messages per second) start it, a read after a pause that
 * brings little ends it. And by the age of what is read: of a transaction that was committed long ago nobody notices 20 ms more, in which
 * several windows gather at the source; all of it is read before the next pause. Else a pause is as short as it can be.
 */
final class GulpPacer {

    private static final int WINDOW_READS = 64;
    private static final long WINDOW_NANOS = WINDOW_READS * 50_000L;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final long LONG_PAUSE_NANOS = 20_000_000;
    private static final long OLD_MICROS = 250_000;
    private static final int SMALL_BYTES = 8 * 1024;
    private static final int FULL_BYTES = 48 * 1024;

    private boolean backlog;
    private boolean pause;
    private boolean old;
    private int reads;
    private long windowStart;
    private long windowBytes;
    private long pauses;

    /** Waits if the next read had better be larger. */
    void beforeRead() {
        if (pause) {
            pauses++;
            LockSupport.parkNanos(pauseNanos());
        }
    }

    /** How long a pause takes by now, in nanoseconds. */
    long pauseNanos() {
        return old ? LONG_PAUSE_NANOS : PAUSE_NANOS;
    }

    /** @param micros how long what is read now had been committed when the source sent it */
    void age(long micros) {
        old = micros >= OLD_MICROS;
    }

    /** Learns how many bytes a read brought, and when, in nanoseconds of a monotonic clock. */
    void afterRead(int bytes, long nanoTime) {
        if (backlog) {
            backlog = bytes >= SMALL_BYTES || !pause;
            pause = backlog && bytes < (pause && old ? SMALL_BYTES : FULL_BYTES);
            reads = 0;
            return;
        }
        if (reads++ == 0) {
            windowStart = nanoTime;
            windowBytes = 0;
        } else {
            windowBytes += bytes;
            if (reads > WINDOW_READS) {
                backlog = nanoTime - windowStart < WINDOW_NANOS && windowBytes < (long) WINDOW_READS * SMALL_BYTES;
                pause = backlog;
                reads = 0;
            }
        }
    }

    /** Whether the source sends faster than it is read, so that an empty socket says nothing before a pause. */
    boolean expectsMore() {
        return backlog && !pause;
    }

    /** The source had nothing to send. */
    void idle() {
        backlog = false;
        pause = false;
        reads = 0;
    }

    long pauses() {
        return pauses;
    }
}
