package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.MysqlGtidEvent;
import io.twinlog.capture.mariadb.binlog.TransactionHead;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * By what the log of a MySQL is known again: the UUID of its server, when its file was begun, and the last GTID of each source that was
 * captured, which the server must still have. Owned by the capturing thread.
 */
final class MysqlIdentity implements LogIdentity {

    private final String replication;
    private final String ownUuid;
    private final long ownServer;
    private final Map<String, String> gtids = new TreeMap<>();
    private long file;
    private long begun;

    MysqlIdentity(String replication, String ownUuid, long ownServer, Map<String, String> remembered) {
        this.replication = replication;
        this.ownUuid = ownUuid;
        this.ownServer = ownServer;
        String list = remembered.get(BinlogAnchor.GTIDS);
        if (list != null && !list.isEmpty()) {
            for (String gtid : list.split(",", -1)) {
                remember(gtid);
            }
        }
        String fact = remembered.get(BinlogAnchor.FILE_BEGUN);
        if (fact != null) {
            file = Long.parseLong(fact.substring(0, fact.indexOf('@')));
            begun = Long.parseLong(fact.substring(fact.indexOf('@') + 1));
        }
    }

    private void remember(String gtid) {
        gtids.put(gtid.substring(0, gtid.lastIndexOf(':')), gtid);
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
    public void committed(TransactionHead head) {
        if (head.gtid() != null) {
            remember(head.gtid());
        }
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
        facts.put(BinlogAnchor.GTIDS, String.join(",", gtids.values()));
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
        String captured = facts.get(BinlogAnchor.GTIDS);
        if (captured != null && !captured.isEmpty() && !files.hasExecuted(captured)) {
            throw BinlogAnchor.gap(
                    replication,
                    "The source does not know what was captured from it, up to " + captured + " at " + resume
                            + ". RESET BINARY LOGS AND GTIDS was issued, or an older copy was restored");
        }
    }
}
