package io.twinlog.capture.postgres.precondition;

import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.ReplicationConnection.SystemIdentity;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the source's log goes on exactly where we stopped. Everything that contradicts it is a GAP with both positions
 * (invariant 2). Immutable.
 *
 * @param replication its name, for messages
 * @param slotName our slot
 * @param resume position to continue from
 * @param facts what the control log remembers about the source
 */
public record Continuity(String replication, String slotName, long resume, Map<String, String> facts) {

    private static final String EXITS = " Changes may be missing, so nothing is captured. Exits: `twinlog drop`,"
            + " then a start with an initial sync; or `twinlog accept-loss`, which continues from now on and"
            + " records the gap.";

    /** Throws GAP unless it is the same cluster, database and history. */
    public void checkIdentity(SystemIdentity identity, ReplicationConnection connection) throws SQLException {
        String systemId = facts.get(Detail.SYSTEM_ID);
        if (systemId != null && !systemId.equals(identity.systemId())) {
            throw gap("The source is another cluster: its system identifier is " + identity.systemId()
                    + ", the replication was captured from " + systemId);
        }
        String database = facts.get(Detail.DATABASE);
        if (database != null && !database.equals(identity.database())) {
            throw gap("The source is another database: '" + identity.database() + "' instead of '" + database + "'");
        }
        checkTimeline(identity, connection);
        if (Long.compareUnsigned(identity.walEnd(), resume) < 0) {
            throw gap("The source's log ends at " + Lsn.format(identity.walEnd())
                    + ", before the position captured last, " + Lsn.format(resume) + ": an older copy was restored");
        }
    }

    private void checkTimeline(SystemIdentity identity, ReplicationConnection connection) throws SQLException {
        String remembered = facts.get(Detail.TIMELINE);
        if (remembered == null || Integer.parseInt(remembered) == identity.timeline()) {
            return;
        }
        int timeline = Integer.parseInt(remembered);
        Long fork = timeline > identity.timeline()
                ? null
                : connection.timelineHistory(identity.timeline()).leftAt(timeline);
        if (fork == null) {
            throw gap("The source is on timeline " + identity.timeline() + ", which does not descend from timeline "
                    + timeline + " that was captured up to " + Lsn.format(resume));
        }
        if (Long.compareUnsigned(fork, resume) < 0) {
            throw gap("The source's timeline " + identity.timeline() + " left timeline " + timeline + " at "
                    + Lsn.format(fork) + ", before the position captured last, " + Lsn.format(resume)
                    + ": what was captured in between never happened there");
        }
    }

    /** Throws GAP unless the slot is ours, whole, and not ahead of us. */
    public void checkSlot(@Nullable SlotFacts slot) {
        if (slot == null) {
            throw gap("The replication slot '" + slotName
                    + "' does not exist any more; the first position that cannot be read" + " is "
                    + Lsn.format(resume));
        }
        if (!"pgoutput".equals(slot.plugin())) {
            throw gap("The replication slot '" + slotName + "' was re-created with the plugin '" + slot.plugin() + "'");
        }
        String database = facts.get(Detail.DATABASE);
        if (database != null && !database.equals(slot.database())) {
            throw gap("The replication slot '" + slotName + "' belongs to the database '" + slot.database()
                    + "' instead of '" + database + "'");
        }
        if ("lost".equals(slot.walStatus()) || slot.invalidationReason() != null) {
            throw gap("The source has removed log that replication slot '" + slotName + "' needs (wal_status "
                    + slot.walStatus() + ", invalidation_reason "
                    + (slot.invalidationReason() == null ? "not told by this version" : slot.invalidationReason())
                    + "); the first position lost is " + Lsn.format(resume)
                    + ". Drop the slot and raise max_slot_wal_keep_size or idle_replication_slot_timeout");
        }
        Long confirmed = slot.confirmed();
        if (confirmed == null || Long.compareUnsigned(confirmed, resume) > 0) {
            throw gap("The replication slot '" + slotName + "' stands at "
                    + (confirmed == null ? "no position" : Lsn.format(confirmed))
                    + ", ahead of the position captured last, "
                    + Lsn.format(resume) + ": somebody else has moved or re-created it");
        }
    }

    private TwinlogException gap(String what) {
        return new TwinlogException(Category.GAP, "GAP in replication " + replication + ": " + what + "." + EXITS);
    }
}
