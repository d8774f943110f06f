package io.twinlog.capture.postgres.precondition;

import io.twinlog.capture.postgres.catalog.SourceNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The server's process that holds the lease of a replication. Immutable.
 *
 * @param application what its client called itself
 * @param streams whether it reads the log for the replication's slot
 * @param replyTime when its client was heard of last, as the server prints it; null for one that does not stream
 */
record LeaseHolder(
        int pid,
        String application,
        String client,
        String since,
        boolean streams,
        @Nullable String replyTime) {

    /** Null if nobody has it, or has it no more. */
    static @Nullable LeaseHolder find(Connection connection, SourceNames names) throws SQLException {
        String sql = "SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local'),"
                + " coalesce(a.backend_start::text, 'unknown'), EXISTS (SELECT FROM pg_catalog.pg_replication_slots s"
                + " WHERE s.active_pid = l.pid AND s.slot_name = '" + names.slot() + "'), r.reply_time::text"
                + " FROM pg_catalog.pg_locks l"
                + " LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
                + " LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = l.pid"
                + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2"
                + " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
                + " AND l.classid = " + Integer.toUnsignedString(names.lockClass()) + "::pg_catalog.oid"
                + " AND l.objid = " + Integer.toUnsignedString(names.lockObject()) + "::pg_catalog.oid";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? new LeaseHolder(
                            row.getInt(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getBoolean(5),
                            row.getString(6))
                    : null;
        }
    }

    /** For people. */
    @Override
    public String toString() {
        return "pid " + pid + ", application '" + application + "', client " + client + ", since " + since;
    }
}
