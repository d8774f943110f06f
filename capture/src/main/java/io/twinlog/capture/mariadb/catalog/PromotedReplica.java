package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds in another server's binlog the place behind what was captured, by GTIDs: its files and offsets are not those of the server that
 * was read before. Used once.
 *
 * <p>The place is the beginning of the newest file that began before anything that is not captured. From there reading passes over what
 * is captured ({@link CapturedGtids}), which also proves what cannot be asked for: that the log holds the very transactions.
 */
final class PromotedReplica {

    private final String replication;
    private final BinlogFiles files;
    private final Map<Long, Gtid> captured;
    private final String name;

    /** @param captured the last GTID of each domain that is captured */
    PromotedReplica(String replication, BinlogFiles files, Map<Long, Gtid> captured) throws SQLException {
        this.replication = replication;
        this.files = files;
        this.captured = captured;
        this.name = "the source is another server than before (" + files.kind().name(files) + ")";
    }

    /**
     * Where to read on.
     *
     * @throws TwinlogException GAP naming what this server lacks; OUTAGE while it still replicates and may get it
     */
    String position() throws SQLException {
        checkCoverage();
        String end = files.end();
        SourcePosition.Format format = SourcePosition.binlog(BinlogFiles.baseName(end));
        NavigableMap<Long, Long> numbers = files.sizes().descendingMap();
        String oldest = end;
        Map<Long, String> before = Map.of();
        for (long number : numbers.keySet()) {
            oldest = format.format(SourcePosition.ofBinlog(number, BinlogFiles.FIRST_OFFSET));
            Map<Long, String> found = files.gtids(oldest);
            if (found == null) {
                throw gap("it does not tell the GTIDs before " + oldest);
            }
            before = found;
            if (firstMissing(before) == null) {
                return oldest;
            }
        }
        throw gap("its oldest binlog, at " + oldest + ", begins behind " + firstMissing(before) + ", captured are "
                + captured.values() + ": transactions between were purged. Raise binlog_expire_logs_seconds");
    }

    /** A GTID before a place that is not captured, or null if everything before it is. */
    private @Nullable Gtid firstMissing(Map<Long, String> before) {
        for (String text : before.values()) {
            Gtid gtid = Gtid.parse(text);
            Gtid known = captured.get(gtid.domain());
            if (known == null || gtid.isBehind(known)) {
                return gtid;
            }
        }
        return null;
    }

    private void checkCoverage() throws SQLException {
        // In this order: the server works on meanwhile, and logs before it commits.
        Map<Long, Gtid> applied = Gtid.last(Gtid.list(String.valueOf(files.variable("gtid_current_pos"))));
        List<Gtid> logged = Gtid.list(String.valueOf(files.variable("gtid_binlog_state")));
        Map<Long, Gtid> inLog = Gtid.last(logged);
        for (Gtid gtid : captured.values()) {
            Gtid log = inLog.get(gtid.domain());
            Gtid has = applied.get(gtid.domain());
            if ((log == null || gtid.isBehind(log)) && (has == null || gtid.isBehind(has))) {
                throw lacking(gtid, log == null ? has : log);
            }
            boolean sameWriter = logged.stream()
                    .anyMatch(other ->
                            other.domain() == gtid.domain() && other.server() == gtid.server() && gtid.isBehind(other));
            if (sameWriter) {
                throw lacking(gtid, log);
            }
            if (has != null && has.isBehind(gtid) && (log == null || has.isBehind(log))) {
                throw gap("it has applied " + has + " without logging it (log_slave_updates is off), and captured is "
                        + gtid + ". Set log_slave_updates = ON at replicas that may be promoted");
            }
        }
    }

    private TwinlogException lacking(Gtid gtid, @Nullable Gtid found) throws SQLException {
        String what = name + " and lacks transactions that were captured: captured are "
                + captured.values().stream().map(Gtid::toString).collect(Collectors.joining(", ")) + ", in domain "
                + gtid.domain() + " it has " + (found == null ? "nothing" : found);
        return isStillReplicating()
                ? new TwinlogException(
                        Category.OUTAGE, "Waiting for what it replicates: " + what + "; its replication runs")
                : BinlogAnchor.gap(
                        replication,
                        what
                                + ". The former source committed what no replica had; semi-synchronous replication prevents"
                                + " that. The target may have rows that this server does not have");
    }

    private boolean isStillReplicating() throws SQLException {
        try (PreparedStatement statement =
                        files.connection().prepareStatement("SHOW GLOBAL STATUS LIKE 'Slaves\\_running'");
                ResultSet row = statement.executeQuery()) {
            return row.next() && row.getLong(2) > 0;
        }
    }

    private TwinlogException gap(String what) {
        return BinlogAnchor.gap(replication, name + "; " + what);
    }
}
