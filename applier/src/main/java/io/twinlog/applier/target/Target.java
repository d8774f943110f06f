package io.twinlog.applier.target;

import io.twinlog.applier.conflict.ConflictRate;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.held.HeldKeys;
import io.twinlog.applier.held.HeldStore;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One session of the applier at its target: executes batches and moves the progress in the same transaction
 * (invariant 5). {@link #plan} may be called by any thread, everything else by the writing thread alone.
 */
public final class Target implements AutoCloseable {

    private final TargetDatabase database;
    private final TargetSession session;
    private final ProgressStore store;
    private final String replication;
    private final boolean upsertSnapshot;
    private final ConflictRules rules;
    private final ConflictDraft drafts;
    private final Ledger ledger;
    private final ConflictRate rate;
    private final RunLength runs = new RunLength();
    private final SegmentWriter writer;
    private long epoch;
    private long seq;

    private Target(
            TargetDatabase database,
            TargetSession session,
            String replication,
            boolean upsertSnapshot,
            ConflictRules rules,
            Clock clock) {
        this.database = database;
        this.session = session;
        this.replication = replication;
        this.upsertSnapshot = upsertSnapshot;
        this.rules = rules;
        this.store = new ProgressStore(session.connection(), replication);
        this.drafts = new ConflictDraft(clock);
        this.rate = new ConflictRate(rules.maxPerMinute(), clock);
        this.ledger = new Ledger(new HeldKeys(new HeldStore(session.connection(), replication)), drafts);
        Statements statements = statements();
        ConflictSettler settler =
                new ConflictSettler(session, statements, database.rows(session), rules, drafts, ledger, replication);
        RowWriter rows = new RowWriter(session, statements, new RowLocks(session, statements), settler, ledger);
        this.writer = new SegmentWriter(database, session, statements, rows, ledger, runs);
    }

    /**
     * Connects and takes the replication's lock.
     *
     * @param upsertSnapshot whether rows of an initial sync may meet existing rows
     * @param rules what to do about conflicts
     * @throws LockedException if another applier has the lock
     */
    public static Target open(
            TargetDatabase database, String replication, boolean upsertSnapshot, ConflictRules rules, Clock clock)
            throws SQLException {
        return new Target(database, database.open(), replication, upsertSnapshot, rules, clock);
    }

    private Statements statements() {
        return new Statements(database.statements(), upsertSnapshot, rules);
    }

    public ProgressStore store() {
        return store;
    }

    /** The server's number of the session that holds the replication's lock. */
    public long sessionNumber() {
        return session.number();
    }

    /** Cuts the session off, from any thread: what it waits for fails as an outage. What it had not committed is undone. */
    public void abort() throws SQLException {
        session.connection().abort(Runnable::run);
    }

    /** Whether this session's writes are marked as ours. */
    public boolean hasOrigin() {
        return session.hasOrigin();
    }

    /** Says what the progress row holds; commits what reading it has begun. */
    public void at(long nowEpoch, long nowSeq) throws SQLException {
        session.commit();
        epoch = nowEpoch;
        seq = nowSeq;
    }

    /** Makes events ready for execution. */
    public BatchPlan plan(List<XlogEvent> events) {
        return BatchPlan.of(events, statements(), runs.limit());
    }

    /**
     * Executes a plan within the present transaction.
     *
     * @param transactions finds the BEGIN of a seq of the plan
     */
    public Applied execute(BatchPlan plan, LongFunction<@Nullable ControlRecord> transactions) throws SQLException {
        drafts.transactions(transactions);
        try {
            if (ledger.begin(plan, rate.overrun())) {
                session.touch();
            }
            writer.apply(plan);
            if (ledger.flush()) {
                session.touch();
            }
        } catch (CatalogException e) {
            throw e.failure();
        } catch (PolicyStopException e) {
            List<Resolution> open =
                    e.records().stream().map(Resolution::atDetection).toList();
            return new Applied(e.records(), open, e.failure());
        }
        // What is refused for its own sake is known before its turn.
        List<ConflictRecord> conflicts = ledger.conflicts().stream()
                .sorted(Comparator.comparing(conflict -> EventId.parse(conflict.id())))
                .toList();
        rate.count(conflicts);
        return new Applied(conflicts, ledger.resolutions(), null);
    }

    /**
     * What a batch leaves behind beside rows; to be published before the commit.
     *
     * @param stop set where a policy stops the replication: then there must be no commit
     */
    public record Applied(
            List<ConflictRecord> conflicts,
            List<Resolution> resolutions,
            @Nullable TwinlogException stop) {}

    /**
     * Writes progress and commits.
     *
     * @param last BEGIN of the last transaction applied, or null
     * @param marker the last HEARTBEAT or BARRIER behind it, or null
     * @param offsets to be stored as well, or null
     */
    public void commit(
            @Nullable ControlRecord last,
            @Nullable ControlRecord marker,
            @Nullable Map<TopicPartition, StoredOffset> offsets)
            throws SQLException {
        if (offsets != null) {
            session.touch();
            store.writeOffsets(offsets);
        }
        long newEpoch = last == null ? epoch : last.epoch();
        long newSeq = last == null ? seq : last.seq();
        TargetDatabase.Advance advance = new TargetDatabase.Advance(newEpoch, newSeq, last, marker, epoch, seq);
        if (!database.advance(session, advance)) {
            throw fenced();
        }
        session.committed();
        epoch = newEpoch;
        seq = newSeq;
    }

    private TwinlogException fenced() {
        return new TwinlogException(
                Category.HALT,
                "The progress row of replication " + replication + " is no longer at " + epoch + "-" + seq
                        + " where this applier left it: somebody else has changed it. Nothing was applied on top.");
    }

    /** Begins an epoch: the next transaction is its first. Commits. */
    public void beginEpoch(ControlRecord record, @Nullable Map<TopicPartition, StoredOffset> offsets)
            throws SQLException {
        session.touch();
        try (PreparedStatement update = session.connection()
                // Positions are of one server; MariaDB sees the assignments before this one.
                .prepareStatement("UPDATE twinlog.progress SET epoch = ?, seq = ?,"
                        + " position = CASE WHEN coalesce(?, system_id) = system_id THEN position END,"
                        + " heartbeat_position = CASE WHEN coalesce(?, system_id) = system_id THEN heartbeat_position END,"
                        + " system_id = coalesce(?, system_id), \"database\" = coalesce(?, \"database\"), syncing = syncing OR ?, updated_at ="
                        + " CURRENT_TIMESTAMP(6) WHERE replication = ? AND epoch = ? AND seq = ?")) {
            update.setLong(1, record.epoch());
            update.setLong(2, record.seq() - 1);
            update.setString(3, record.detail(ControlRecord.Detail.SYSTEM_ID));
            update.setString(4, record.detail(ControlRecord.Detail.SYSTEM_ID));
            update.setString(5, record.detail(ControlRecord.Detail.SYSTEM_ID));
            update.setString(6, record.detail(ControlRecord.Detail.DATABASE));
            update.setBoolean(7, beginsWithSnapshot(record));
            update.setString(8, replication);
            update.setLong(9, epoch);
            update.setLong(10, seq);
            if (update.executeUpdate() != 1) {
                throw fenced();
            }
        }
        if (offsets != null) {
            store.writeOffsets(offsets);
        }
        session.commit();
        epoch = record.epoch();
        seq = record.seq() - 1;
    }

    private static boolean beginsWithSnapshot(ControlRecord epoch) {
        String snapshot = epoch.detail(ControlRecord.Detail.SNAPSHOT);
        return snapshot != null
                && !snapshot.equals("none")
                && !"true".equals(epoch.detail(ControlRecord.Detail.SNAPSHOT_DONE))
                && !"accepted-loss".equals(epoch.detail(ControlRecord.Detail.REASON));
    }

    /** The initial sync is complete: from here on the rows are a state of the source. Commits. */
    public void endSnapshot() throws SQLException {
        session.touch();
        try (PreparedStatement update = session.connection()
                .prepareStatement(
                        "UPDATE twinlog.progress SET syncing = false, updated_at = CURRENT_TIMESTAMP(6) WHERE replication = ?")) {
            update.setString(1, replication);
            update.executeUpdate();
        }
        session.commit();
    }

    /** Records an accepted loss at the source. Commits. */
    public void auditGap(ControlRecord record) throws SQLException {
        session.touch();
        String actor = record.detail(ControlRecord.Detail.ACTOR);
        String reason = record.detail(ControlRecord.Detail.REASON);
        store.audit(
                actor == null ? "unknown" : actor,
                "source-gap",
                reason == null ? "" : reason,
                record.detail(ControlRecord.Detail.FROM) + " to " + record.detail(ControlRecord.Detail.TO));
        session.commit();
    }

    /**
     * Refuses to work if the conflict policies lack what they need for these tables.
     *
     * @param images what the source logs of a row before its change, so far as that is known
     * @throws TwinlogException category CONFIG, with all problems
     */
    public void requirePolicies(Collection<TableId> tables, Map<TableId, ReplicaIdentity> images) throws SQLException {
        List<String> problems = database.policyProblems(session.connection(), rules, tables, images);
        session.commit();
        if (!problems.isEmpty()) {
            throw new TwinlogException(
                    Category.CONFIG, "Conflict policies cannot be applied: " + String.join(". ", problems) + ".");
        }
    }

    /** Those of the tables that exist and hold rows. */
    public List<TableId> notEmpty(List<TableId> tables) throws SQLException {
        session.touch();
        List<TableId> found = new ArrayList<>();
        for (TableId table : database.existing(session.connection(), tables)) {
            if (database.hasRows(session.connection(), table)) {
                found.add(table);
            }
        }
        session.commit();
        return found;
    }

    /** Empties those of the tables that exist. Commits. */
    public void empty(List<TableId> tables) throws SQLException {
        session.touch();
        List<TableId> found = database.existing(session.connection(), tables);
        if (!found.isEmpty()) {
            database.truncate(session, found.stream().map(Identifier::quote).toList());
        }
        session.commit();
    }

    /** Commits what was written through {@link #store()}. */
    public void commitJump() throws SQLException {
        session.commit();
    }

    public void rollback() throws SQLException {
        ledger.rolledBack();
        session.rollback();
    }

    @Override
    public void close() {
        session.close();
    }
}
