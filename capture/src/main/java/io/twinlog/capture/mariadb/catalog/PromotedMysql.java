package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Finds in the log of another MySQL the place behind what was captured, by GTIDs: its files and offsets are not those of the server that
 * was read before. Used once.
 *
 * <p>The place is the beginning of the newest file that began before anything that is not captured. From there reading passes over what
 * is captured ({@link CapturedGtidSet}).
 */
final class PromotedMysql {

    private final String replication;
    private final MysqlServer kind;
    private final BinlogFiles files;
    private final GtidSet captured;
    private final String name;

    PromotedMysql(String replication, MysqlServer kind, BinlogFiles files, GtidSet captured) throws SQLException {
        this.replication = replication;
        this.kind = kind;
        this.files = files;
        this.captured = captured;
        this.name = "the source is another server than before (" + kind.name(files) + ")";
    }

    /**
     * Where to read on.
     *
     * @throws TwinlogException GAP naming what this server lacks; OUTAGE while it still replicates and may get it
     */
    String position() throws SQLException {
        if (!MysqlServer.hasGtids(files)) {
            throw gap("without GTIDs (gtid_mode is " + files.variable("gtid_mode")
                    + ") it cannot be told which transactions it has");
        }
        GtidSet lacking = captured.minus(files.gtidSet("gtid_executed"));
        if (!lacking.isEmpty()) {
            throw lacking(lacking);
        }
        GtidSet lost = files.gtidSet("gtid_purged").minus(captured);
        if (!lost.isEmpty()) {
            throw gap("it has transactions that were not captured and are in no file of its binlog: " + lost
                    + ". They were purged (raise binlog_expire_logs_seconds), or applied without being logged (set"
                    + " log_replica_updates = ON at replicas that may be promoted)");
        }
        SourcePosition.Format format = SourcePosition.binlog(BinlogFiles.baseName(files.end()));
        for (long number : files.sizes().descendingKeySet()) {
            String position = format.format(SourcePosition.ofBinlog(number, BinlogFiles.FIRST_OFFSET));
            GtidSet before = LoggedGtids.atBeginOf(files.connection(), BinlogFiles.fileOf(position));
            if (before.minus(captured).isEmpty()) {
                return position;
            }
        }
        throw gap("its binlog was purged meanwhile");
    }

    private TwinlogException lacking(GtidSet lacking) throws SQLException {
        String what = name + " and lacks transactions that were captured: " + lacking + " of " + captured;
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
        try (PreparedStatement statement = files.connection().prepareStatement(kind.replicaStatus());
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                if (row.getString(kind.replicaApplies()).equalsIgnoreCase("Yes")) {
                    return true;
                }
            }
            return false;
        }
    }

    private TwinlogException gap(String what) {
        return BinlogAnchor.gap(replication, name + "; " + what);
    }
}
