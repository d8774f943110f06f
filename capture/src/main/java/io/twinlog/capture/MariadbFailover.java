package io.twinlog.capture;

import io.twinlog.capture.mariadb.catalog.BinlogAnchor;
import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.CapturedGtids;
import io.twinlog.capture.mariadb.catalog.ServerKind;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.ControlLogTail;
import io.twinlog.capture.publish.ControlLogTail.Entry;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes over to another server, a replica that was promoted: what Kafka has stored is told by GTIDs, and the new server's log is read on
 * behind them, in an epoch of its own, since positions are of one server. Immutable.
 */
record MariadbFailover(String replication, XlogSide xlog) {

    private static final String FAILED_OVER = "failover";
    private static final long FIRST_STEP = 1_000;

    /**
     * Begins an epoch in the other server's log.
     *
     * @param facts what is remembered of the replication, without what is of one server
     * @return where capture stands now
     * @throws io.twinlog.schemas.failure.TwinlogException GAP naming what the server lacks
     */
    Checkpoint takeOver(
            BinlogFiles files, MariadbSource source, Topics topics, Checkpoint checkpoint, Map<String, String> facts)
            throws SQLException, IOException, InterruptedException {
        if (checkpoint.fact(Detail.SNAPSHOT_END) != null) {
            throw unfinished();
        }
        long stored = xlog.storedPrefix(checkpoint);
        if (!XlogSide.isSnapshotDone(checkpoint)
                && xlog.snapshotLog(checkpoint, stored, List.of()).done().stream()
                        .anyMatch(chunk -> chunk.at() != null)) {
            throw unfinished();
        }
        ServerKind kind = files.kind();
        ServerKind.Entrance entrance =
                kind.enter(replication, files, captured(kind, kind.name(files), checkpoint.epoch(), stored));
        Map<String, String> known = new LinkedHashMap<>(facts);
        known.remove(BinlogAnchor.FILE_BEGUN);
        known.remove(BinlogAnchor.AT);
        known.remove(kind.gtidsFact());
        known.putAll(MariadbSession.facts(source, files, entrance.position()));
        known.put(CapturedGtids.FACT, entrance.captured());
        long number = checkpoint.epoch() + 1;
        SnapshotMode mode = checkpoint.fact(Detail.SNAPSHOT) == null ? SnapshotMode.NONE : XlogSide.mode(checkpoint);
        xlog.store(xlog.epochRecord(number, stored + 1, entrance.position(), FAILED_OVER, known, mode));
        xlog.board()
                .message("The source is another server than before (" + kind.name(files) + ", formerly "
                        + String.valueOf(checkpoint.fact(Detail.SYSTEM_ID)).replaceFirst("@.*", "")
                        + "). It has everything that was captured, up to " + entrance.captured() + ": epoch " + number
                        + " begins behind seq " + stored);
        return xlog.checkpoint(topics);
    }

    /** Places in the log of the former server, which chunks of rows were read at, say nothing in that of another one. */
    private RuntimeException unfinished() {
        return BinlogAnchor.gap(
                replication,
                "The source is another server than before, while the stream is still behind the places at which an"
                        + " interrupted initial sync read rows of the former one");
    }

    /** Reads the control log back to where it tells all GTIDs before a transaction that is stored. */
    private List<String> captured(ServerKind kind, String name, long epoch, long stored) {
        try (ControlLogTail tail = new ControlLogTail(xlog.kafka(), xlog.names())) {
            long end = tail.end();
            for (long step = FIRST_STEP; ; step *= 4) {
                long from = Math.max(tail.begin(), end - step);
                List<String> found = captured(tail.records(from, end), kind.gtidsFact(), epoch, stored);
                if (found != null) {
                    return found;
                }
                if (from == tail.begin()) {
                    throw BinlogAnchor.gap(
                            replication,
                            "The source is another server than before (" + name
                                    + "), and the control log does not tell the GTIDs of what was captured (the former server had none, an earlier version wrote it, or its beginning was"
                                    + " deleted)");
                }
            }
        }
    }

    /**
     * The GTIDs of what is stored, in one or more texts; null if the records do not reach back to where all are told.
     *
     * @param fact which tells them all
     */
    static @Nullable List<String> captured(List<Entry> records, String fact, long epoch, long stored) {
        List<String> gtids = null;
        long before = -1;
        for (Entry entry : records) {
            ControlRecord record = entry.record();
            if (record.epoch() != epoch) {
                continue;
            }
            String all = isWhole(record) ? record.detail(fact) : null;
            long seq = record.kind() == ControlKind.EPOCH ? record.seq() - 1 : record.seq();
            if (all != null && seq <= stored && seq >= before) {
                gtids = new ArrayList<>();
                gtids.add(all);
                gtids.add(record.details().getOrDefault(CapturedGtids.FACT, ""));
                before = seq;
            } else if (gtids != null
                    && record.kind() == ControlKind.BEGIN
                    && seq <= stored
                    && record.detail(BinlogAnchor.GTIDS) != null) {
                gtids.add(String.valueOf(record.detail(BinlogAnchor.GTIDS)));
            }
        }
        return gtids;
    }

    /** What it remembers may be of another place than its own, where capture has gone back to resume. */
    private static boolean isWhole(ControlRecord record) {
        return (record.kind() == ControlKind.EPOCH || record.kind() == ControlKind.HEARTBEAT)
                && Objects.equals(record.detail(BinlogAnchor.AT), record.position());
    }
}
