package io.twinlog.capture;

import io.twinlog.capture.mariadb.catalog.BinlogAnchor;
import io.twinlog.capture.mariadb.catalog.CapturedGtids;
import io.twinlog.capture.mariadb.catalog.Gtid;
import io.twinlog.capture.mariadb.catalog.PromotedReplica;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.ControlLogTail;
import io.twinlog.capture.publish.ControlLogTail.Entry;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes over to another server, a replica that was promoted: what Kafka has stored is told by GTIDs, and the new server's log is read on
 * behind them, in an epoch of its own, since positions are of one server. Immutable.
 */
record MariadbFailover(String replication, XlogSide xlog) {

    private static final long FIRST_STEP = 1_000;

    /**
     * Where the new epoch begins.
     *
     * @param storedSeq the highest transaction that is complete in Kafka together with all before it
     * @param captured the last GTID of each domain up to there
     * @param position in the new server's log, from where reading passes over what is captured
     */
    record Place(long storedSeq, Map<Long, Gtid> captured, String position) {}

    /** @throws io.twinlog.schemas.failure.TwinlogException GAP naming what the server lacks */
    Place find(Connection server, Checkpoint checkpoint) throws SQLException {
        if (checkpoint.fact(Detail.SNAPSHOT_END) != null) {
            throw unfinished();
        }
        long stored = xlog.storedPrefix(checkpoint);
        if (!XlogSide.isSnapshotDone(checkpoint)
                && xlog.snapshotLog(checkpoint, stored, List.of()).done().stream()
                        .anyMatch(chunk -> chunk.at() != null)) {
            throw unfinished();
        }
        Map<Long, Gtid> captured = captured(checkpoint.epoch(), stored);
        return new Place(stored, captured, new PromotedReplica(replication, server, captured).position());
    }

    /** Places in the log of the former server, which chunks of rows were read at, say nothing in that of another one. */
    private RuntimeException unfinished() {
        return BinlogAnchor.gap(
                replication,
                "The source is another server than before, while the stream is still behind the places at which an"
                        + " interrupted initial sync read rows of the former one");
    }

    /** Reads the control log back to where it tells all GTIDs before a transaction that is stored. */
    private Map<Long, Gtid> captured(long epoch, long stored) {
        try (ControlLogTail tail = new ControlLogTail(xlog.kafka(), xlog.names())) {
            long end = tail.end();
            for (long step = FIRST_STEP; ; step *= 4) {
                long from = Math.max(tail.begin(), end - step);
                Map<Long, Gtid> found = captured(tail.records(from, end), epoch, stored);
                if (found != null) {
                    return found;
                }
                if (from == tail.begin()) {
                    throw BinlogAnchor.gap(
                            replication,
                            "The source is another server than before, and the control log does not tell the GTIDs of what was"
                                    + " captured (an earlier version wrote it, or its beginning was deleted)");
                }
            }
        }
    }

    static @Nullable Map<Long, Gtid> captured(List<Entry> records, long epoch, long stored) {
        List<Gtid> gtids = null;
        long before = -1;
        for (Entry entry : records) {
            ControlRecord record = entry.record();
            if (record.epoch() != epoch) {
                continue;
            }
            String all = record.detail(BinlogAnchor.GTIDS);
            long seq = record.kind() == ControlKind.EPOCH ? record.seq() - 1 : record.seq();
            if (all != null && seq <= stored && seq >= before && isWhole(record.kind())) {
                gtids = new ArrayList<>(Gtid.list(all));
                gtids.addAll(Gtid.list(record.details().getOrDefault(CapturedGtids.FACT, "")));
                before = seq;
            } else if (gtids != null
                    && record.kind() == ControlKind.BEGIN
                    && seq <= stored
                    && record.detail(BinlogAnchor.GTIDS) != null) {
                gtids.addAll(Gtid.list(String.valueOf(record.detail(BinlogAnchor.GTIDS))));
            }
        }
        return gtids == null ? null : Gtid.last(gtids);
    }

    private static boolean isWhole(ControlKind kind) {
        return kind == ControlKind.EPOCH || kind == ControlKind.HEARTBEAT;
    }
}
