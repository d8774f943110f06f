package io.twinlog.applier;

import io.twinlog.applier.target.LockedException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The wait for one session that has the replication's lock: does its applier live, or has the server not noticed yet that it is gone?
 * Used by one thread.
 *
 * <p>A server notices at once that the client of an idle session was killed, so an idle one that stays is another applier's. While it
 * executes a statement, or waits for a lock of a row, it does not look: that may be waited for without end, and visibly, unless another
 * applier says on the status topic that it lives.
 */
final class HolderWait {

    /** What is to be done about the holder. */
    enum Verdict {
        WAIT,
        /** The same; it lasts, and nobody has been told for a while. */
        TELL,
        /** Its applier lives. */
        REFUSE
    }

    private static final Duration GRACE = Duration.ofSeconds(4);
    private static final Duration VISIBLE = Duration.ofSeconds(1);
    private static final Duration NOTICE = Duration.ofSeconds(30);

    /** Between two statements that a client had sent before it was killed, a session seems idle as well. */
    private static final int IDLE_LOOKS = 2;

    private final long session;
    private final long start;
    private long nextNotice = VISIBLE.toNanos();
    private int idle;

    /** @param now nanoseconds of some clock */
    HolderWait(long session, long now) {
        this.session = session;
        this.start = now;
    }

    boolean isFor(LockedException holder) {
        return holder.session() == session;
    }

    /**
     * @param now by the same clock
     * @param anotherLives asked while the session is busy
     */
    Verdict look(LockedException holder, long now, BooleanSupplier anotherLives) {
        long waited = now - start;
        idle = holder.busy() ? 0 : idle + 1;
        boolean alive = holder.busy() ? anotherLives.getAsBoolean() : idle >= IDLE_LOOKS && waited > GRACE.toNanos();
        if (alive) {
            return Verdict.REFUSE;
        }
        if (holder.busy() && waited > nextNotice) {
            nextNotice = waited + NOTICE.toNanos();
            return Verdict.TELL;
        }
        return Verdict.WAIT;
    }
}
