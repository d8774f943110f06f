package io.twinlog.applier.target.postgres;

import io.twinlog.applier.conflict.ConflictRate;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.held.HeldKeys;
import io.twinlog.applier.held.HeldStore;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One session of the applier at a PostgreSQL database: executes batches and moves the progress in the same transaction
 * (invariant 5). {@link #plan} may be called by any thread, everything else by the writing thread alone.
 */
public final class PostgresTarget implements AutoCloseable {

    // The division makes the server itself refuse the COMMIT behind it when the row is not what we left: fencing
    // without a round trip of its own.
    private static final String PROGRESS = "WITH moved AS (UPDATE twinlog.progress SET epoch = ?, seq = ?,"
            + " position = coalesce(?, position), commit_time = coalesce(timestamptz 'epoch' + ?::bigint * interval"
            + " '1 microsecond', commit_time), heartbeat_position = coalesce(?, heartbeat_position), heartbeat_time ="
            + " coalesce(timestamptz 'epoch' + ?::bigint * interval '1 microsecond', heartbeat_time), updated_at ="
            + " pg_catalog.clock_timestamp() WHERE replication = ? AND epoch = ? AND seq = ? RETURNING 1)"
            + " SELECT 1 / pg_catalog.count(*) FROM moved; COMMIT";
    private static final String DIVISION_BY_ZERO = "22012";

    private final TargetSession session;
    private final ProgressStore store;
    private final String replication;
    private final Bindings bindings;
    private final boolean upsertSnapshot;
    private final ConflictRules rules;
    private final ConflictDraft drafts;
    private final Ledger ledger;
    private final ConflictRate rate;
    private final RunLength runs = new RunLength();
    private final SegmentWriter writer;
    private @Nullable PreparedStatement progressStatement;
    private long epoch;
    private long seq;

    private PostgresTarget(
            TargetSession session,
            Bindings bindings,
            String replication,
            boolean upsertSnapshot,
            ConflictRules rules,
            Clock clock) {
        this.session = session;
        this.replication = replication;
        this.bindings = bindings;
        this.upsertSnapshot = upsertSnapshot;
        this.rules = rules;
        this.store = new ProgressStore(session.connection(), replication);
        this.drafts = new ConflictDraft(clock);
        this.rate = new ConflictRate(rules.maxPerMinute(), clock);
        this.ledger = new Ledger(new HeldKeys(new HeldStore(session.connection(), replication)), drafts);
        Statements statements = new Statements(bindings::find, upsertSnapshot, rules);
        ConflictSettler settler = new ConflictSettler(session, statements, rules, drafts, ledger, replication);
        RowWriter rows = new RowWriter(session, statements, new RowLocks(session, statements), settler, ledger);
        this.writer = new SegmentWriter(session, statements, rows, ledger, runs);
    }

    /**
     * Connects and takes the replication's lock.
     *
     * @param upsertSnapshot whether rows of an initial sync may meet existing rows
     * @param rules what to do about conflicts
     */
    public static PostgresTarget open(
            String url,
            String user,
            String password,
            String replication,
            boolean upsertSnapshot,
            ConflictRules rules,
            Clock clock)
            throws SQLException {
        TargetSession session = TargetSession.open(url, user, password, replication);
        Bindings bindings =
                new Bindings(() -> TargetSession.connect(url, user, password, "twinlog " + replication + " catalog"));
        return new PostgresTarget(session, bindings, replication, upsertSnapshot, rules, clock);
    }

    public ProgressStore store() {
        return store;
    }

    /** The server process that holds the replication's lock. */
    public int backendPid() throws SQLException {
        return session.backendPid();
    }

    /** Whether this session's writes carry a replication origin. */
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
        return BatchPlan.of(events, new Statements(bindings::find, upsertSnapshot, rules), runs.limit());
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
        } catch (Bindings.CatalogException e) {
            throw e.failure();
        } catch (PolicyStopException e) {
            List<Resolution> open =
                    e.records().stream().map(Resolution::atDetection).toList();
            return new Applied(e.records(), open, e.failure());
        }
        List<ConflictRecord> conflicts = ledger.conflicts();
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
        PreparedStatement statement = progressStatement;
        if (statement == null) {
            statement = session.connection().prepareStatement(PROGRESS);
            progressStatement = statement;
        }
        statement.setLong(1, newEpoch);
        statement.setLong(2, newSeq);
        statement.setString(3, last == null ? null : last.position());
        setTime(statement, 4, last);
        statement.setString(5, marker == null ? null : marker.position());
        setTime(statement, 6, marker);
        statement.setString(7, replication);
        statement.setLong(8, epoch);
        statement.setLong(9, seq);
        try {
            statement.execute();
        } catch (SQLException e) {
            if (DIVISION_BY_ZERO.equals(e.getSQLState())) {
                throw fenced(e);
            }
            throw e;
        }
        session.committed();
        epoch = newEpoch;
        seq = newSeq;
    }

    private static void setTime(PreparedStatement statement, int index, @Nullable ControlRecord record)
            throws SQLException {
        if (record == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, record.timeMicros());
        }
    }

    private TwinlogException fenced(@Nullable SQLException cause) {
        return new TwinlogException(
                Category.HALT,
                "The progress row of replication " + replication + " is no longer at " + epoch + "-" + seq
                        + " where this applier left it: somebody else has changed it. Nothing was applied on top.",
                cause);
    }

    /** Begins an epoch: the next transaction is its first. Commits. */
    public void beginEpoch(ControlRecord record, @Nullable Map<TopicPartition, StoredOffset> offsets)
            throws SQLException {
        session.touch();
        try (PreparedStatement update = session.connection()
                .prepareStatement("UPDATE twinlog.progress SET epoch = ?, seq = ?, system_id = coalesce(?, system_id),"
                        + " database = coalesce(?, database), syncing = syncing OR ?, updated_at = now() WHERE replication = ? AND epoch = ?"
                        + " AND seq = ?")) {
            update.setLong(1, record.epoch());
            update.setLong(2, record.seq() - 1);
            update.setString(3, record.detail(ControlRecord.Detail.SYSTEM_ID));
            update.setString(4, record.detail(ControlRecord.Detail.DATABASE));
            update.setBoolean(5, beginsWithSnapshot(record));
            update.setString(6, replication);
            update.setLong(7, epoch);
            update.setLong(8, seq);
            if (update.executeUpdate() != 1) {
                throw fenced(null);
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
                && !"accepted-loss".equals(epoch.detail(ControlRecord.Detail.REASON));
    }

    /** The initial sync is complete: from here on the rows are a state of the source. Commits. */
    public void endSnapshot() throws SQLException {
        session.touch();
        try (PreparedStatement update = session.connection()
                .prepareStatement(
                        "UPDATE twinlog.progress SET syncing = false, updated_at = now() WHERE replication = ?")) {
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
        List<String> problems = new PolicyChecks(session.connection(), rules).problems(tables, images);
        session.commit();
        if (!problems.isEmpty()) {
            throw new TwinlogException(
                    Category.CONFIG, "Conflict policies cannot be applied: " + String.join(". ", problems) + ".");
        }
    }

    /** Those of the tables that exist and hold rows. */
    public List<TableId> notEmpty(List<TableId> tables) throws SQLException {
        List<TableId> found = new ArrayList<>();
        for (TableId table : existing(tables)) {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row =
                            statement.executeQuery("SELECT EXISTS (SELECT FROM " + Identifier.quote(table) + ")")) {
                if (row.next() && row.getBoolean(1)) {
                    found.add(table);
                }
            }
        }
        session.commit();
        return found;
    }

    /** Empties those of the tables that exist. Commits. */
    public void empty(List<TableId> tables) throws SQLException {
        List<TableId> found = existing(tables);
        if (!found.isEmpty()) {
            session.run("TRUNCATE "
                    + String.join(", ", found.stream().map(Identifier::quote).toList()));
        }
        session.commit();
    }

    private List<TableId> existing(List<TableId> tables) throws SQLException {
        session.touch();
        List<TableId> found = new ArrayList<>();
        try (PreparedStatement select =
                session.connection().prepareStatement("SELECT pg_catalog.to_regclass(?) IS NOT NULL")) {
            for (TableId table : tables) {
                select.setString(1, Identifier.quote(table));
                try (ResultSet row = select.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) {
                        found.add(table);
                    }
                }
            }
        }
        return found;
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
