package io.twinlog.applier.target.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who keeps a session of the target waiting for a lock. Uses, and never closes, the given connection; not thread-safe. */
final class BlockingSessions {

    // A prepared transaction holds locks without a session: pid 0.
    private static final String BLOCKING = "SELECT DISTINCT b.pid, a.application_name, a.state, pg_catalog.to_char("
            + "a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM"
            + " pg_catalog.unnest(pg_catalog.pg_blocking_pids(?)) AS b(pid) LEFT JOIN pg_catalog.pg_stat_activity a ON"
            + " a.pid = b.pid ORDER BY 1";

    private final Connection connection;

    BlockingSessions(Connection connection) {
        this.connection = connection;
    }

    /**
     * The sessions as words, without anything that changes while they stand still; null if there are none.
     *
     * @param pid server process of the session that waits
     */
    @Nullable
    String of(int pid) throws SQLException {
        List<String> sessions = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(BLOCKING)) {
            select.setInt(1, pid);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    sessions.add(
                            row.getInt(1) == 0
                                    ? "a prepared transaction (see pg_prepared_xacts)"
                                    : session(row.getInt(1), row.getString(2), row.getString(3), row.getString(4)));
                }
            }
        }
        return sessions.isEmpty() ? null : String.join(", ", sessions);
    }

    private static String session(
            int pid, @Nullable String application, @Nullable String state, @Nullable String begun) {
        return "session " + pid + " (application_name '" + (application == null ? "" : application) + "', "
                // Without pg_read_all_stats the server shows who, but not what.
                + (state == null ? "state not visible without pg_read_all_stats" : state)
                + (begun == null ? "" : ", in a transaction since " + begun) + ")";
    }
}
