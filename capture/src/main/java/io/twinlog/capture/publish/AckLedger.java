package io.twinlog.capture.publish;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Up to where Kafka has stored everything.
 *
 * <p>All sends of a transaction share one {@link Group}, which only counts; groups stand in the order in which they were opened.
 * The stored prefix ends before the first group that is open or not completely acknowledged, whatever was acknowledged behind
 * it (invariant 1). One thread opens, closes and advances; Kafka's thread counts.
 */
final class AckLedger {

    private static final AtomicLongFieldUpdater<AckLedger> SENT =
            AtomicLongFieldUpdater.newUpdater(AckLedger.class, "sent");
    private static final AtomicLongFieldUpdater<AckLedger> TOTAL_ACKED =
            AtomicLongFieldUpdater.newUpdater(AckLedger.class, "acked");

    private final ArrayDeque<Group> groups = new ArrayDeque<>();
    private volatile @Nullable Exception failure;
    private volatile long sent;
    private volatile long acked;
    private long storedSeq;
    private long storedPosition;
    private long confirmable;

    /**
     * @param storedSeq highest transaction that is known to be stored
     * @param storedPosition where reading goes on behind it
     */
    AckLedger(long storedSeq, long storedPosition) {
        this.storedSeq = storedSeq;
        this.storedPosition = storedPosition;
        this.confirmable = storedPosition;
    }

    Group open() {
        Group group = new Group(this);
        groups.add(group);
        return group;
    }

    /** Takes completed groups off the front. */
    void advance() {
        for (Group head = groups.peek(); head != null && head.isComplete(); head = groups.peek()) {
            groups.remove();
            storedSeq = Math.max(storedSeq, head.seq);
            storedPosition = later(storedPosition, head.position);
            confirmable = later(confirmable, head.carriedResume);
        }
    }

    private static long later(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    long storedSeq() {
        return storedSeq;
    }

    /** Where reading goes on behind the stored transactions. */
    long storedPosition() {
        return storedPosition;
    }

    /** The highest resume position that stands in an acknowledged control record. */
    long confirmable() {
        return confirmable;
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Number of sends so far. Any thread. */
    long sent() {
        return sent;
    }

    /** Number of acknowledgements so far. Any thread. */
    long acked() {
        return acked;
    }

    @Nullable
    Exception failure() {
        return failure;
    }

    /** Notes a failure that is nobody's send. Any thread. */
    void fail(Exception reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** The sends of one transaction or control record. It is the callback of each of them. */
    static final class Group implements Callback {

        private static final AtomicIntegerFieldUpdater<Group> ACKED =
                AtomicIntegerFieldUpdater.newUpdater(Group.class, "acked");

        private final AckLedger ledger;
        private long seq;
        private long position;
        private long carriedResume;
        private int sent;
        private boolean closed;
        private volatile int acked;

        private Group(AckLedger ledger) {
            this.ledger = ledger;
        }

        /** Counts a send; call before sending. */
        Callback sending() {
            sent++;
            SENT.lazySet(ledger, ledger.sent + 1);
            return this;
        }

        /**
         * No more sends.
         *
         * @param newSeq the transaction that is stored with this group
         * @param newPosition where reading goes on behind it
         * @param newCarriedResume resume position in the control record of this group, or 0
         */
        void close(long newSeq, long newPosition, long newCarriedResume) {
            seq = newSeq;
            position = newPosition;
            carriedResume = newCarriedResume;
            closed = true;
        }

        private boolean isComplete() {
            return closed && acked == sent;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
            if (exception == null) {
                // Kafka calls back from one thread, so this is an ordered write, not a contended one.
                ACKED.lazySet(this, acked + 1);
                TOTAL_ACKED.lazySet(ledger, ledger.acked + 1);
            } else {
                ledger.fail(exception);
            }
        }
    }
}
