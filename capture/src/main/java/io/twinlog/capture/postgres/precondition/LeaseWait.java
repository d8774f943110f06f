package io.twinlog.capture.postgres.precondition;

import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.time.Duration;
import java.util.Objects;

/**
 * The wait for one holder of a lease: is it a capture that lives, or only a process of the server that has not noticed yet that its
 * capture is gone? Used by one thread.
 *
 * <p>It lives if the server hears of its client, or if somebody writes to the control log. A process that reads the log for a client
 * that is gone notices it when it has something to send, which may take as long as a transaction of millions of rows in tables that
 * are not captured: it is waited for without end, and visibly. Any other silent holder may be a capture that only has nothing to say,
 * such as one that reads an initial sync: it is told from a dead one by the server's own limit of 30 s.
 */
final class LeaseWait {

    /**
     * How long is waited for what.
     *
     * @param life before signs of life count
     * @param silence after which a silent holder is taken for a living one, unless it streams
     * @param look between two looks at the control log
     * @param notice between two messages about a wait that lasts
     */
    record Patience(Duration life, Duration silence, Duration look, Duration notice) {
        // A walsender notices a dead client within its wal_sender_timeout, which our sessions set to 30 s.
        static final Patience USUAL = new Patience(
                Duration.ofMillis(2_500), Duration.ofSeconds(40), Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    /** Records of a capture that was killed just now may still be on their way; who lives writes every two seconds. */
    private static final int RECORDS_OF_A_LIVING = 2;

    private final SourceNames names;
    private final LeaseHolder first;
    private final Lease.Waiting waiting;
    private final Patience patience;
    private final long start = System.nanoTime();
    private long nextLook;
    private long nextNotice;
    private long controlLogEnd = -1;
    private int written;

    LeaseWait(SourceNames names, LeaseHolder first, Lease.Waiting waiting, Patience patience) {
        this.names = names;
        this.first = first;
        this.waiting = waiting;
        this.patience = patience;
        this.nextLook = patience.life().toNanos();
        this.nextNotice = patience.silence().toNanos();
        waiting.message("Another session holds replication " + names.replication() + ": " + first
                + ". Waiting to see whether it is alive.");
    }

    boolean isFor(LeaseHolder holder) {
        return holder.pid() == first.pid() && holder.since().equals(first.since());
    }

    /** @throws TwinlogException CONFIG if the holder is to be taken for a capture that lives */
    void look(LeaseHolder holder) {
        long waited = System.nanoTime() - start;
        boolean replies = holder.replyTime() != null && !Objects.equals(holder.replyTime(), first.replyTime());
        boolean alive = waited > patience.life().toNanos() && replies || writes(waited);
        boolean mayBeOver = holder.streams() && holder.application().equals(names.application());
        if (alive || waited > patience.silence().toNanos() && !mayBeOver) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Replication " + names.replication() + " is captured already: " + holder
                            + ". Only one capture may run; stop the other one, or end its session with SELECT"
                            + " pg_terminate_backend(" + holder.pid() + ").");
        }
        if (waited > nextNotice) {
            nextNotice = waited + patience.notice().toNanos();
            String reason =
                    "Waiting for the source to let go of slot '" + names.slot() + "', which is used by " + holder;
            waiting.lasts(reason);
            waiting.message(reason + "; for " + Duration.ofNanos(waited).toSeconds()
                    + " s its client has given no sign of life. The server notices that a client is gone when it has something"
                    + " to send, not while it decodes what is not captured. To end that at once: SELECT pg_terminate_backend("
                    + holder.pid() + ").");
        }
    }

    private boolean writes(long waited) {
        if (waited < nextLook) {
            return false;
        }
        nextLook = waited + patience.look().toNanos();
        long end = waiting.controlLogEnd();
        if (end > controlLogEnd && controlLogEnd >= 0) {
            written++;
        }
        controlLogEnd = end;
        return written >= RECORDS_OF_A_LIVING;
    }
}
