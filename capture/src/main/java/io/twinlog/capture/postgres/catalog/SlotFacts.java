package io.twinlog.capture.postgres.catalog;

import io.twinlog.schemas.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot as the source describes it. Immutable.
 *
 * @param walStatus reserved, extended, unreserved or lost
 * @param invalidationReason why it was invalidated (PostgreSQL 17 and later), or null
 * @param safeWalSize bytes that may be written before the slot is in danger of losing its log, or null for no limit
 * @param retainedBytes log kept for the slot
 * @param confirmed position that was confirmed last, or null
 * @param activePid process that uses the slot, or null
 */
public record SlotFacts(
        String name,
        @Nullable String plugin,
        @Nullable String database,
        @Nullable String walStatus,
        @Nullable String invalidationReason,
        @Nullable Long safeWalSize,
        long retainedBytes,
        @Nullable Long confirmed,
        @Nullable Integer activePid,
        @Nullable String application,
        @Nullable String client,
        @Nullable String since) {

    private static final int VERSION_WITH_REASON = 17;

    /** Reads the facts, or null if there is no such slot. */
    public static @Nullable SlotFacts find(Connection connection, String slot) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        String reason = version >= VERSION_WITH_REASON ? "s.invalidation_reason" : "NULL::text";
        String sql = "SELECT s.plugin, s.database, s.wal_status, " + reason + ", s.safe_wal_size,"
                + " pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery()"
                + " THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn)::int8,"
                + " s.confirmed_flush_lsn::text, s.active_pid, a.application_name, a.client_addr::text,"
                + " a.backend_start::text FROM pg_catalog.pg_replication_slots s"
                + " LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid WHERE s.slot_name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? read(slot, row) : null;
            }
        }
    }

    private static SlotFacts read(String slot, ResultSet row) throws SQLException {
        String confirmed = row.getString(7);
        long safe = row.getLong(5);
        Long safeWalSize = row.wasNull() ? null : safe;
        int pid = row.getInt(8);
        Integer activePid = row.wasNull() ? null : pid;
        return new SlotFacts(
                slot,
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                safeWalSize,
                row.getLong(6),
                confirmed == null ? null : Lsn.parse(confirmed),
                activePid,
                row.getString(9),
                row.getString(10),
                row.getString(11));
    }
}
