package io.twinlog.capture;

import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.snapshot.chunk.TableList;
import io.twinlog.capture.stream.ChangeStream;
import io.twinlog.capture.stream.TransactionWriter;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.status.MemberState;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log and publishes it until it is stopped; between transactions it sends heartbeats and confirms what is stored. Owned
 * by the capturing thread.
 */
final class StreamLoop {

    private static final Logger LOG = LoggerFactory.getLogger(StreamLoop.class);
    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(2).toNanos();
    /** A source that asks for a reply, as when it shuts down, need not wait for the next regular heartbeat. */
    private static final long HASTY_HEARTBEAT_NANOS = Duration.ofMillis(200).toNanos();

    private static final long DETAILS_NANOS = Duration.ofMillis(500).toNanos();
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final long FINISH_NANOS = Duration.ofSeconds(5).toNanos();

    private final ChangeStream stream;
    private final Publisher publisher;
    private final TransactionWriter writer;
    private final StatusBoard board;
    private final BooleanSupplier stopped;
    private final Runnable release = this::release;
    private long lastHeartbeat;
    private long lastDetails;
    private long eventsAtDetails;
    private long confirmed;
    private long sourceEnd;
    private boolean hasty;
    private boolean filterSpent;

    StreamLoop(
            ChangeStream stream,
            Publisher publisher,
            TransactionWriter writer,
            StatusBoard board,
            BooleanSupplier stopped) {
        this.stream = stream;
        this.publisher = publisher;
        this.writer = writer;
        this.board = board;
        this.stopped = stopped;
        this.sourceEnd = writer.position();
    }

    void run() throws IOException, SQLException {
        board.transition(MemberState.PRIMARY, null);
        heartbeat(System.nanoTime());
        while (!stopped.getAsBoolean()) {
            step();
        }
        finish();
    }

    private void step() throws IOException, SQLException {
        boolean moved = stream.next(release);
        if (!moved || !writer.isInTransaction()) {
            betweenTransactions();
        }
    }

    private void release() {
        // Half a transaction is of no use to a reader.
        if (!writer.isInTransaction()) {
            publisher.release();
        }
    }

    private void betweenTransactions() throws SQLException {
        sourceEnd = later(sourceEnd, stream.sourceEnd());
        hasty |= stream.takeHaste();
        publisher.advance();
        long confirmable = publisher.confirmable();
        if (confirmable != confirmed) {
            // Invariant 1: only what an acknowledged control record lets us resume behind.
            confirmed = confirmable;
            stream.confirm(confirmable);
        }
        long now = System.nanoTime();
        if (!writer.isInTransaction()) {
            boolean changed = writer.takeFilterChanged();
            if (changed || now - lastHeartbeat > (hasty ? HASTY_HEARTBEAT_NANOS : HEARTBEAT_NANOS)) {
                heartbeat(now);
            }
        }
        if (now - lastDetails > DETAILS_NANOS) {
            details(now);
        }
    }

    private void heartbeat(long now) {
        lastHeartbeat = now;
        hasty = false;
        sourceEnd = later(sourceEnd, writer.position());
        rememberFilter();
        stream.remember(publisher.facts());
        publisher.heartbeat(writer.position(), sourceEnd);
    }

    private void rememberFilter() {
        if (filterSpent) {
            return;
        }
        if (writer.filter().isSpent(publisher.storedPosition())) {
            filterSpent = true;
            publisher.facts().remove(Detail.SNAPSHOT_END);
            publisher.facts().remove(Detail.LIFTED);
        } else if (!writer.filter().lifted().isEmpty()) {
            publisher
                    .facts()
                    .put(Detail.LIFTED, TableList.toJson(writer.filter().lifted()));
        }
    }

    private void details(long now) {
        long events = publisher.eventsSent();
        double seconds = (now - lastDetails) / 1e9;
        long rate = lastDetails == 0 ? 0 : Math.round((events - eventsAtDetails) / seconds);
        lastDetails = now;
        eventsAtDetails = events;
        sourceEnd = later(sourceEnd, writer.position());
        board.detail("seq", Long.toString(publisher.seq()));
        board.detail("stored_seq", Long.toString(publisher.storedSeq()));
        board.detail("position", publisher.text(writer.position()));
        board.detail("resume_position", publisher.text(publisher.storedPosition()));
        board.detail("confirmed_position", publisher.text(confirmed));
        board.detail("source_end", publisher.text(sourceEnd));
        board.detail("events", Long.toString(events));
        board.detail("events_per_second", Long.toString(rate));
        board.detail("gulps", Long.toString(stream.pauses()));
    }

    /** Reads the open transaction to its end, if that does not take long, and leaves everything stored and confirmed. */
    private void finish() throws IOException, SQLException {
        long deadline = System.nanoTime() + FINISH_NANOS;
        while (writer.isInTransaction() && System.nanoTime() < deadline) {
            step();
        }
        if (!writer.isInTransaction()) {
            boolean stored = publisher.awaitStored(STOP_PATIENCE);
            heartbeat(System.nanoTime());
            stored &= publisher.awaitStored(STOP_PATIENCE);
            LOG.info("Stopped at {}, everything stored: {}", publisher.text(writer.position()), stored);
        }
        betweenTransactions();
    }

    private static long later(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }
}
