package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.BinlogConnection;
import io.twinlog.capture.mariadb.binlog.LogBytes;
import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.MysqlGtidEvent;
import io.twinlog.schemas.SourcePosition;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Which of MySQL's GTIDs stand before a place of the log. The server cannot be asked: what it calls executed is neither more nor less than
 * that only while nothing is committed. So the log itself is read, from a place whose GTIDs are known: where capture was, or the beginning
 * of a file, which names all before it.
 */
final class LoggedGtids {

    private static final long LARGEST_OFFSET = 0xFFFF_FFFFL;
    private static final long POLL_MILLIS = 200;

    private final BinlogFiles files;
    private final BinlogAccess access;

    LoggedGtids(BinlogFiles files, BinlogAccess access) {
        this.files = files;
        this.access = access;
    }

    /** Those before a place. Reads at most the file of that place. */
    GtidSet before(String position) throws SQLException, IOException, InterruptedException {
        String file = BinlogFiles.fileOf(position);
        return read(atBeginOf(files.connection(), file), file + ":" + BinlogFiles.FIRST_OFFSET, position);
    }

    /**
     * The same, reading on from an earlier place, if its file is still there.
     *
     * @param known those before that place; taken over
     */
    GtidSet before(String position, GtidSet known, String earlier)
            throws SQLException, IOException, InterruptedException {
        return files.sizes().containsKey(SourcePosition.numberOf(BinlogFiles.fileOf(earlier)))
                ? read(known, earlier, position)
                : before(position);
    }

    /** Those before a file: the server writes them at its beginning. */
    static GtidSet atBeginOf(Connection connection, String file) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SHOW BINLOG EVENTS IN '" + file.replace("'", "''") + "' LIMIT 2")) {
            GtidSet found = null;
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found = row.getString("Event_type").equals("Previous_gtids")
                            ? GtidSet.parse(row.getString("Info"))
                            : found;
                }
            }
            if (found == null) {
                throw new SQLException("The binlog file " + file + " does not begin with the GTIDs before it");
            }
            return found;
        }
    }

    private GtidSet read(GtidSet set, String from, String to) throws SQLException, IOException, InterruptedException {
        long target = SourcePosition.parse(to);
        Place place = new Place(SourcePosition.parse(from));
        if (place.isAt(target)) {
            return set;
        }
        try (BinlogConnection log = access.headsFrom(from)) {
            while (!place.isAt(target)) {
                LogEvent event = log.next(POLL_MILLIS);
                if (event != null && event.type() == LogEvent.HEARTBEAT) {
                    throw new IOException("The binlog ends before " + to);
                }
                MysqlGtidEvent gtid = event == null ? null : place.take(event);
                if (gtid != null && !gtid.anonymous()) {
                    set.add(gtid.source(), gtid.sequence());
                }
            }
        }
        return set;
    }

    /** How far reading has come. */
    private static final class Place {
        private long file;
        private long offset;

        Place(long start) {
            file = SourcePosition.fileNumber(start);
            offset = SourcePosition.offset(start);
        }

        boolean isAt(long target) {
            long wanted = SourcePosition.fileNumber(target);
            return file > wanted || file == wanted && offset >= SourcePosition.offset(target);
        }

        /** The GTID that an event begins a transaction with, if it does. */
        @Nullable
        MysqlGtidEvent take(LogEvent event) {
            if (event.type() == LogEvent.ROTATE) {
                LogBytes bytes = event.bytes();
                offset = bytes.readLittle(8);
                file = SourcePosition.numberOf(bytes.readUtf8(bytes.remaining()));
                return null;
            }
            if (event.type() == LogEvent.FORMAT_DESCRIPTION) {
                return null;
            }
            // Past 4 GiB the log's own offsets begin again at 0.
            offset = offset + event.length() > LARGEST_OFFSET ? offset + event.length() : event.endOffset();
            return switch (event.type()) {
                case LogEvent.GTID_MYSQL, LogEvent.ANONYMOUS_GTID_MYSQL, LogEvent.GTID_TAGGED_MYSQL ->
                    MysqlGtidEvent.read(event);
                default -> null;
            };
        }
    }
}
