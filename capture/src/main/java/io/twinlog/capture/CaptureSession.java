package io.twinlog.capture;

import io.twinlog.capture.publish.Checkpoint.Stage;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One life of a capture between two failures. Owned by the capturing thread. */
final class CaptureSession {

    private final Source source;
    private final XlogSide xlog;
    private final StatusBoard board;
    private final BooleanSupplier stopped;
    private final boolean first;
    private boolean passedPreconditions;
    private Source.@Nullable Session session;

    CaptureSession(Source source, XlogSide xlog, StatusBoard board, BooleanSupplier stopped, boolean first) {
        this.source = source;
        this.xlog = xlog;
        this.board = board;
        this.stopped = stopped;
        this.first = first;
    }

    boolean passedPreconditions() {
        return passedPreconditions;
    }

    /** Position from which the source was asked to stream, or null. */
    @Nullable
    String streamedFrom() {
        Source.Session current = session;
        return current == null ? null : current.streamedFrom();
    }

    /** Returns true when nothing is left to do, false when it was stopped. */
    boolean run() throws SQLException, IOException, InterruptedException {
        try (Topics topics = xlog.topics()) {
            Preconditions.Findings findings = examine(topics);
            try (Source.Session connected = source.connect(xlog, board, stopped)) {
                session = connected;
                // Read behind the lease: nobody else writes from here on.
                return connected.run(topics, xlog.withOriginFilter(topics, xlog.checkpoint(topics)), findings);
            }
        }
    }

    /** At the first session everything must be right; an established replication does not stop for a table that is new. */
    private Preconditions.@Nullable Findings examine(Topics topics) {
        if (!first) {
            passedPreconditions = true;
            return null;
        }
        boolean established = false;
        try {
            established = xlog.checkpoint(topics).stage() == Stage.ESTABLISHED;
        } catch (org.apache.kafka.common.KafkaException e) {
            board.message("Kafka does not answer: " + e.getMessage());
        }
        Preconditions.Findings findings = new Preconditions(xlog, source).examine();
        if (established && !isReachable(findings)) {
            // What was set up once is an outage, not a mistake.
            throw new TwinlogException(Category.OUTAGE, "The source or Kafka cannot be reached");
        }
        findings.require(!established);
        passedPreconditions = true;
        return findings;
    }

    private static boolean isReachable(Preconditions.Findings findings) {
        return findings.general().stream().noneMatch(check -> check.level() == Check.Level.OUTAGE);
    }
}
