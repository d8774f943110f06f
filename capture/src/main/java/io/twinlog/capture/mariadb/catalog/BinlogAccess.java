package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.BinlogConnection;
import io.twinlog.capture.mariadb.binlog.BinlogConnection.Endpoint;
import io.twinlog.schemas.SourcePosition;
import java.io.IOException;
import java.sql.SQLException;

/**
 * How the binlog is read: one reader at a time, who holds the lease. Immutable.
 *
 * @param serverId as whom we ask; the server ends an older connection with the same one
 */
public record BinlogAccess(Endpoint endpoint, long serverId) {

    /**
     * Asks for the events behind a place.
     *
     * @param position such as {@code binlog.000003:1234}
     */
    public BinlogConnection from(String position) throws IOException, SQLException, InterruptedException {
        return open(position, true);
    }

    /** The same, without events that are packed in others: for who looks at heads of transactions alone. */
    BinlogConnection headsFrom(String position) throws IOException, SQLException, InterruptedException {
        return open(position, false);
    }

    private BinlogConnection open(String position, boolean unpacks)
            throws IOException, SQLException, InterruptedException {
        return BinlogConnection.open(
                endpoint,
                serverId,
                BinlogFiles.fileOf(position),
                SourcePosition.offset(SourcePosition.parse(position)),
                unpacks);
    }
}
