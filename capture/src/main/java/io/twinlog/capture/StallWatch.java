package io.twinlog.capture;

import io.twinlog.capture.publish.Publisher;
import io.twinlog.schemas.status.MemberState;
import org.jspecify.annotations.Nullable;

/** Notices that Kafka has stopped acknowledging while the capturing thread may be blocked in a send. Called by the status thread. */
final class StallWatch {

    private static final int TICKS_UNTIL_STALLED = 3;

    private volatile @Nullable Publisher publisher;
    private long lastAcked = -1;
    private int quietTicks;
    private boolean stalled;
    private MemberState before = MemberState.STARTUP;

    void watch(@Nullable Publisher watched) {
        publisher = watched;
    }

    void tick(StatusBoard board) {
        Publisher watched = publisher;
        long acked = watched == null ? -1 : watched.ackedSends();
        boolean quiet = watched != null && watched.pendingSends() > 0 && acked == lastAcked;
        quietTicks = quiet ? quietTicks + 1 : 0;
        lastAcked = acked;
        if (quietTicks >= TICKS_UNTIL_STALLED && watched != null) {
            if (!stalled) {
                before = board.state();
                stalled = true;
            }
            board.transition(
                    MemberState.PAUSED,
                    "Kafka does not acknowledge; " + watched.pendingSends() + " records wait for it");
        } else if (stalled && !quiet) {
            stalled = false;
            if (watched != null && board.state() == MemberState.PAUSED) {
                board.transition(before, null);
            }
        }
    }
}
