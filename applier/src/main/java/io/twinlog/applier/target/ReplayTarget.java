package io.twinlog.applier.target;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.fold.Fold;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.held.HeldKeys;
import io.twinlog.applier.held.HeldStore;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One session at a target that decides again on single events, as the applier would, beside an applier that may run or not.
 * Not thread-safe; whoever opens it closes it.
 */
public final class ReplayTarget implements AutoCloseable {

    /** Why an event is applied that meets the row it expects. */
    public static final String AS_EXPECTED = "The target is what the event expects now: applied";

    private final TargetDatabase database;
    private final TargetSession session;
    private final String replication;
    private final boolean upsertSnapshot;
    private final ConflictRules configured;
    private final Clock clock;
    private final RowStatements texts;

    private ReplayTarget(
            TargetDatabase database,
            TargetSession session,
            String replication,
            boolean upsertSnapshot,
            ConflictRules configured,
            Clock clock) {
        this.database = database;
        this.session = session;
        this.replication = replication;
        this.upsertSnapshot = upsertSnapshot;
        this.configured = configured;
        this.clock = clock;
        this.texts = database.rows(session);
    }

    /**
     * Connects; waits while another replay works on the same replication.
     *
     * @param replication the name under which the target keeps progress and held keys
     * @param configured the policies of the applier: which columns are compared
     */
    public static ReplayTarget open(
            TargetDatabase database, String replication, boolean upsertSnapshot, ConflictRules configured, Clock clock)
            throws SQLException {
        return new ReplayTarget(database, database.openForReplay(), replication, upsertSnapshot, configured, clock);
    }

    private Statements statements() {
        return new Statements(database.statements(), upsertSnapshot, configured);
    }

    /** A value of an event as conflict records show it: exact text, or null for SQL null. */
    public static @Nullable String text(RowImage image, int column) {
        return ValueText.of(image, column);
    }

    /** The connection of the present transaction. */
    public Connection connection() {
        session.touch();
        return session.connection();
    }

    public void commit() throws SQLException {
        session.commit();
    }

    public void rollback() throws SQLException {
        session.rollback();
    }

    /**
     * What was decided on one unit.
     *
     * @param conflicts what was found, one record per event; empty if there was no conflict
     * @param settled whether the unit is done; otherwise it goes on to wait, and the target is as before
     * @param policy by which it was settled, or null where that was not a policy's doing
     * @param now the row before, or null if there was none
     * @param result the row after it, or null if there is none
     */
    public record Decision(
            List<ConflictRecord> conflicts,
            boolean settled,
            ConflictKind kind,
            @Nullable ConflictPolicy policy,
            String reason,
            @Nullable Map<String, @Nullable String> now,
            @Nullable Map<String, @Nullable String> result) {

        /** Whether the target row was left as it is by a policy. */
        public boolean isKept() {
            return conflicts.stream().anyMatch(conflict -> conflict.outcome() == ConflictOutcome.KEPT);
        }
    }

    /**
     * Decides on a unit in the present transaction, under the lock of its row, and carries the decision out.
     *
     * @param transactions finds the BEGIN of a seq of the unit
     * @param shown whether the row before and after is wanted
     */
    public Decision decide(
            Unit unit, LongFunction<@Nullable ControlRecord> transactions, ConflictRules rules, boolean shown)
            throws SQLException {
        session.touch();
        ConflictDraft drafts = new ConflictDraft(clock);
        drafts.transactions(transactions);
        // Not begun, so it neither asks for nor writes what is held: the caller holds the chain and knows.
        Ledger ledger = new Ledger(new HeldKeys(new HeldStore(session.connection(), replication)), drafts);
        Statements statements = statements();
        ConflictSettler settler = new ConflictSettler(session, statements, texts, rules, drafts, ledger, replication);
        RowWriter rows = new RowWriter(session, statements, new RowLocks(session, statements), settler, ledger);
        try {
            if (unit.isUndecodable()) {
                rows.undecodable(unit);
                return decision(ledger, null, null);
            }
            if (unit.isTruncate()) {
                new SegmentWriter(database, session, statements, rows, ledger, new RunLength())
                        .apply(BatchPlan.ofUnits(List.of(unit), statements));
                return decision(ledger, null, null);
            }
            NetChange change =
                    unit.second() == null ? Fold.single(unit.first()) : Fold.move(unit.first(), unit.second());
            TableBinding<?> binding = statements.binding(change.shape());
            Map<String, @Nullable String> now = shown ? texts.row(binding.shape(), change.key()) : null;
            rows.apply(unit, true);
            Decision decided = decision(ledger, now, shown ? result(binding, change) : null);
            return !decided.settled() && isThere(binding, change) ? vanished(decided) : decided;
        } catch (CatalogException e) {
            throw e.failure();
        } catch (TwinlogException e) {
            if (e.category() != Category.SCHEMA) {
                throw e;
            }
            String lacking = Objects.requireNonNullElse(e.getMessage(), "The target lacks a table or column");
            settler.unreadable(unit, ConflictKind.TARGET_MISSING, lacking);
            return decision(ledger, null, null);
        }
    }

    /**
     * Applies units in order as one, so far as they are rows that the target has a place for.
     *
     * @return false if one of them would be a conflict; then nothing was done
     */
    public boolean applyAll(List<Unit> units) throws SQLException {
        session.touch();
        Statements statements = statements();
        TargetSession.Mark mark = session.mark();
        boolean applied = false;
        try {
            applied = appliesAll(BatchPlan.ofUnits(units, statements));
        } catch (CatalogException e) {
            throw e.failure();
        } catch (SQLException e) {
            if (SqlFailure.of(e) != SqlFailure.DATA) {
                throw e;
            }
        } catch (TwinlogException e) {
            if (e.category() != Category.SCHEMA) {
                throw e;
            }
        }
        if (!applied) {
            session.rollbackTo(mark);
        }
        session.release(mark);
        return applied;
    }

    private boolean appliesAll(BatchPlan plan) throws SQLException {
        for (BatchPlan.PlannedSegment planned : plan.segments()) {
            boolean applied = switch (planned.segment().kind()) {
                case ROWS, MOVES -> session.executeAll(planned.statements());
                case TRUNCATE, UNDECODABLE, UNBOUND -> false;
            };
            if (!applied) {
                return false;
            }
        }
        return true;
    }

    private static Decision decision(
            Ledger ledger,
            @Nullable Map<String, @Nullable String> now,
            @Nullable Map<String, @Nullable String> result) {
        List<ConflictRecord> conflicts = ledger.conflicts();
        if (conflicts.isEmpty()) {
            return new Decision(conflicts, true, ConflictKind.BEHIND, null, AS_EXPECTED, now, result);
        }
        ConflictRecord first = conflicts.get(0);
        boolean settled = first.outcome() != ConflictOutcome.HELD;
        return new Decision(
                conflicts,
                settled,
                first.kind(),
                settled ? first.policy() : null,
                settled ? first.reason() : first.evidence() + ". " + first.reason(),
                now,
                result);
    }

    private @Nullable Map<String, @Nullable String> result(TableBinding<?> binding, NetChange change)
            throws SQLException {
        RowImage moved =
                change.effect() == NetChange.Effect.MOVE ? change.after().source(binding.keys()[0]) : null;
        Map<String, @Nullable String> row = moved == null ? null : texts.row(binding.shape(), moved);
        return row != null ? row : texts.row(binding.shape(), change.key());
    }

    private static Decision vanished(Decision held) {
        return new Decision(
                List.of(),
                true,
                held.kind(),
                null,
                "The target holds already what the event writes: nothing was left to do",
                held.now(),
                held.now());
    }

    // Somebody has corrected the row: what the event would set is set. The row is locked since it was compared.
    private boolean isThere(TableBinding<?> binding, NetChange change) throws SQLException {
        boolean writes = switch (change.effect()) {
            case INSERT, SNAPSHOT, UPDATE -> true;
            case DELETE, REPLACE, ABSENT, MOVE -> false;
        };
        if (!writes) {
            return false;
        }
        boolean update = change.effect() == NetChange.Effect.UPDATE;
        boolean all = !update || configured.comparesAll(binding.shape().id());
        Map<Integer, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 0; i < binding.size(); i++) {
            RowImage source = change.after().source(i);
            if (binding.column(i) == null || !(all || change.changed().get(i))) {
                continue;
            }
            if (source == null) {
                return false;
            }
            values.put(i, ValueText.of(source, i));
        }
        return texts.holds(binding.shape(), change.key(), values);
    }

    @Override
    public void close() {
        session.close();
    }
}
