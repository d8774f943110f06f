package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.MysqlGtidEvent;
import io.twinlog.capture.mariadb.binlog.TransactionHead;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * By what the log of a MySQL is known again: the UUID of its server, when its file was begun, and the GTIDs before a place, which the
 * server must still have. Owned by the capturing thread.
 */
final class MysqlIdentity implements LogIdentity {

    private final String replication;
    private final SourcePosition.Format format;
    private final String ownUuid;
    private final long ownServer;
    private final CapturedGtidSet captured;
    private @Nullable GtidSet gtids;
    private long gtidsAt;
    private long file;
    private long begun;

    /**
     * @param gtids those before a place, or null where transactions have none
     * @param gtidsAt that place; it may be behind the one where reading begins
     */
    MysqlIdentity(
            String replication,
            SourcePosition.Format format,
            String ownUuid,
            long ownServer,
            CapturedGtidSet captured,
            @Nullable GtidSet gtids,
            long gtidsAt,
            Map<String, String> remembered) {
        this.replication = replication;
        this.format = format;
        this.ownUuid = ownUuid;
        this.ownServer = ownServer;
        this.captured = captured;
        this.gtids = gtids;
        this.gtidsAt = gtidsAt;
        String fact = remembered.get(BinlogAnchor.FILE_BEGUN);
        if (fact != null) {
            file = Long.parseLong(fact.substring(0, fact.indexOf('@')));
            begun = Long.parseLong(fact.substring(fact.indexOf('@') + 1));
        }
    }

    @Override
    public TransactionHead begin(LogEvent event) {
        MysqlGtidEvent gtid = MysqlGtidEvent.read(event);
        return new TransactionHead(
                gtid.anonymous() ? null : gtid.text(),
                gtid.sequence(),
                gtid.committedMicros() == 0 ? event.seconds() * 1_000_000 : gtid.committedMicros(),
                true,
                false,
                origin(event, gtid));
    }

    private @Nullable String origin(LogEvent event, MysqlGtidEvent gtid) {
        if (gtid.anonymous()) {
            return event.serverId() == ownServer ? null : String.valueOf(event.serverId());
        }
        // A tag says more than the server: through how many of them a transaction may have come.
        if (!gtid.tag().isEmpty()) {
            return gtid.tag();
        }
        return gtid.server().equals(ownUuid) ? null : gtid.server();
    }

    @Override
    public boolean isCaptured(TransactionHead head) {
        return head.gtid() != null && captured.contains(sourceOf(head.gtid()), head.number());
    }

    @Override
    public void requirePlace(TransactionHead head) {
        if (head.gtid() == null) {
            captured.requireNamed();
        } else {
            captured.requirePlace(sourceOf(head.gtid()), head.number());
        }
    }

    @Override
    public void committed(TransactionHead head) {
        if (head.gtid() == null) {
            // What has no name cannot be found again in another log.
            gtids = null;
        } else {
            String source = sourceOf(head.gtid());
            captured.passed(source, head.number());
            if (gtids != null) {
                gtids.add(source, head.number());
            }
        }
    }

    private static String sourceOf(String gtid) {
        return gtid.substring(0, gtid.lastIndexOf(':'));
    }

    @Override
    public void fileBegins(long number, long seconds) {
        if (number == file && seconds != begun) {
            throw BinlogAnchor.gap(
                    replication,
                    "The binlog file with number " + number + " was begun at second " + seconds
                            + ", the one that was captured at " + begun
                            + ": RESET BINARY LOGS AND GTIDS was issued, or this is another server");
        }
        file = number;
        begun = seconds;
    }

    @Override
    public void put(long position, Map<String, String> facts) {
        GtidSet known = gtids;
        if (known == null) {
            facts.remove(BinlogAnchor.GTID_SET);
            facts.remove(BinlogAnchor.AT);
        } else {
            if (Long.compareUnsigned(position, gtidsAt) > 0) {
                gtidsAt = position;
            }
            facts.put(BinlogAnchor.GTID_SET, known.toString());
            facts.put(BinlogAnchor.AT, format.format(gtidsAt));
        }
        if (begun != 0) {
            facts.put(BinlogAnchor.FILE_BEGUN, file + "@" + begun);
        }
    }

    /**
     * Looks for our place and for what was captured.
     *
     * @throws TwinlogException GAP naming both positions
     */
    static void check(String replication, BinlogFiles files, String resume, Map<String, String> facts)
            throws SQLException {
        String uuid = String.valueOf(files.variable("server_uuid"));
        String known = facts.get(Detail.SYSTEM_ID);
        if (known != null && !known.equals(uuid)) {
            throw BinlogAnchor.gap(
                    replication,
                    "The source is another server: its server_uuid is " + uuid + ", that of the captured one was "
                            + known + "; its log has other positions than " + resume);
        }
        BinlogAnchor.requirePlace(replication, files, resume);
        String captured = facts.get(BinlogAnchor.GTID_SET);
        GtidSet unknown =
                captured == null ? new GtidSet() : GtidSet.parse(captured).minus(files.gtidSet("gtid_executed"));
        if (!unknown.isEmpty()) {
            throw BinlogAnchor.gap(
                    replication,
                    "The source does not know what was captured from it: " + unknown + " before " + resume
                            + ". RESET BINARY LOGS AND GTIDS was issued, or an older copy was restored");
        }
    }
}
