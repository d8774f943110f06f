package io.twinlog.applier.target;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.fold.Fold;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.NetChange.Effect;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.target.ConflictSettler.Finding;
import io.twinlog.applier.target.RowLocks.Blocking;
import io.twinlog.applier.target.RowLocks.Present;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.table.TableShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Applies one unit under the lock of its row. What does not meet the row that it expects goes to the {@link ConflictSettler}, with
 * everything that was found.
 */
final class RowWriter {

    private static final int ATTEMPTS = 3;
    /** Rows of the target in memory. */
    private static final int LOOKED_AT_ONCE = 200;

    private final TargetSession session;
    private final Statements statements;
    private final RowLocks locks;
    private final ConflictSettler settler;
    private final Ledger ledger;

    RowWriter(TargetSession session, Statements statements, RowLocks locks, ConflictSettler settler, Ledger ledger) {
        this.session = session;
        this.statements = statements;
        this.locks = locks;
        this.settler = settler;
        this.ledger = ledger;
    }

    /**
     * Applies a unit, or lets it wait where its key is held.
     *
     * @param exact whether everything before it is applied and nothing behind it, so that a refusal by the database is the
     *     event's own; otherwise a refusal is thrown
     */
    void apply(Unit unit, boolean exact) throws SQLException {
        if (ledger.waits(unit)) {
            return;
        }
        NetChange change = unit.second() == null ? Fold.single(unit.first()) : Fold.move(unit.first(), unit.second());
        TableBinding<?> binding = statements.binding(change.shape());
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Present present = statements.mayExist(change) ? null : locks.find(binding, change);
            ConflictKind kind = deviation(change, present);
            if (kind != null) {
                settler.settle(finding(unit, change, kind, present), exact);
                return;
            }
            TargetSession.Mark mark = session.mark();
            try {
                if (session.executeAll(statements.of(List.of(List.of(change))))) {
                    session.release(mark);
                    return;
                }
                session.rollbackTo(mark);
            } catch (SQLException e) {
                if (!exact || SqlFailure.of(e) != SqlFailure.DATA) {
                    throw e;
                }
                session.rollbackTo(mark);
                // A session of the target may have inserted the row since we looked.
                boolean raced = change.effect() == Effect.INSERT
                        && SqlFailure.isUnique(e)
                        && locks.find(binding, change) != null;
                if (!raced) {
                    settler.settle(refused(unit, binding, change, present, e), true);
                    return;
                }
            }
        }
        settler.settle(
                new Finding(
                        unit,
                        change,
                        binding,
                        ConflictKind.CONSTRAINT,
                        "The target accepts the statement but the row does not change: a trigger or rule suppresses it",
                        null,
                        null,
                        null,
                        null),
                exact);
    }

    /**
     * Settles an insert that the target has refused for its own sake when its run was tried: what a second try would find is known.
     *
     * @param failure of the database
     */
    void settleRefused(Unit unit, SQLException failure) throws SQLException {
        if (ledger.waits(unit)) {
            return;
        }
        NetChange change = Fold.single(unit.first());
        TableBinding<?> binding = statements.binding(change.shape());
        Present present = statements.mayExist(change) ? null : locks.find(binding, change);
        ConflictKind kind = deviation(change, present);
        settler.settle(
                kind == null ? refused(unit, binding, change, present, failure) : finding(unit, change, kind, present),
                true);
    }

    /**
     * Applies units that deviate, each the only one of its key here, none a primary-key change. Their rows are looked at together, and what
     * policies force is forced together.
     *
     * @return false if a row that was forced did not change
     */
    boolean applyDeviating(List<Unit> units) throws SQLException {
        for (int from = 0; from < units.size(); from += LOOKED_AT_ONCE) {
            if (!applyLooked(units.subList(from, Math.min(units.size(), from + LOOKED_AT_ONCE)))) {
                return false;
            }
        }
        return true;
    }

    private boolean applyLooked(List<Unit> units) throws SQLException {
        Map<TableBinding<?>, List<NetChange>> byTable = new LinkedHashMap<>();
        Map<Unit, NetChange> changes = new IdentityHashMap<>();
        for (Unit unit : units) {
            NetChange change = Fold.single(unit.first());
            changes.put(unit, change);
            byTable.computeIfAbsent(statements.binding(change.shape()), binding -> new ArrayList<>())
                    .add(change);
        }
        Map<NetChange, Present> found = new IdentityHashMap<>();
        for (Map.Entry<TableBinding<?>, List<NetChange>> table : byTable.entrySet()) {
            found.putAll(locks.find(table.getKey(), table.getValue()));
        }
        List<NetChange> forced = new ArrayList<>();
        for (Unit unit : units) {
            NetChange change = Objects.requireNonNull(changes.get(unit));
            Present present = found.get(change);
            ConflictKind kind = deviation(change, present);
            if (kind == null) {
                // Somebody has put the row right meanwhile.
                apply(unit, false);
            } else if (!ledger.waits(unit)) {
                settler.settle(finding(unit, change, kind, present), forced);
            }
        }
        return forced.isEmpty() || session.executeAll(statements.of(byTable(forced)));
    }

    private static Collection<List<NetChange>> byTable(List<NetChange> changes) {
        Map<TableShape, List<NetChange>> tables = new LinkedHashMap<>();
        changes.forEach(change -> tables.computeIfAbsent(change.shape(), shape -> new ArrayList<>())
                .add(change));
        return tables.values();
    }

    private Finding finding(Unit unit, NetChange change, ConflictKind kind, @Nullable Present present) {
        TableBinding<?> binding = statements.binding(change.shape());
        return new Finding(unit, change, binding, kind, evidence(kind), present, null, null, null);
    }

    private @Nullable ConflictKind deviation(NetChange change, @Nullable Present present) {
        boolean differs = present != null && !present.differing().isEmpty();
        return switch (change.effect()) {
            case INSERT -> present == null ? null : ConflictKind.INSERT_EXISTS;
            case SNAPSHOT -> present == null || statements.mayExist(change) ? null : ConflictKind.INSERT_EXISTS;
            case UPDATE, MOVE ->
                present == null ? ConflictKind.UPDATE_MISSING : differs ? ConflictKind.UPDATE_DIFFERS : null;
            case DELETE -> present == null ? ConflictKind.DELETE_MISSING : differs ? ConflictKind.DELETE_DIFFERS : null;
            case REPLACE, ABSENT -> throw new IllegalStateException("a single event has no such effect");
        };
    }

    private static String evidence(ConflictKind kind) {
        return switch (kind) {
            case INSERT_EXISTS -> "The target has a row with this key already";
            case UPDATE_MISSING, DELETE_MISSING -> "The target has no row with this key";
            case UPDATE_DIFFERS -> "The target's row differs from the before image in compared columns";
            case DELETE_DIFFERS -> "The target's row differs from the before image";
            case UNIQUE_EXISTS, CONSTRAINT, CONVERSION, TARGET_MISSING, UNDECODABLE, BEHIND -> kind.label();
        };
    }

    private Finding refused(
            Unit unit, TableBinding<?> binding, NetChange change, @Nullable Present present, SQLException e)
            throws SQLException {
        String state = e.getSQLState();
        String constraint = SqlFailure.constraint(e);
        if (SqlFailure.isUnique(e)) {
            Present taken = change.effect() == Effect.MOVE ? locks.findByNewKey(binding, change) : null;
            if (taken != null) {
                return new Finding(
                        unit,
                        change,
                        binding,
                        ConflictKind.INSERT_EXISTS,
                        "The target has a row with the new key already",
                        taken,
                        null,
                        constraint,
                        state);
            }
            Blocking blocking = locks.blocking(binding, change, present);
            String others = blocking.constraints().stream()
                    .map(UniqueConstraint::name)
                    .filter(name -> !name.equals(constraint))
                    .collect(Collectors.joining(", "));
            return new Finding(
                    unit,
                    change,
                    binding,
                    ConflictKind.UNIQUE_EXISTS,
                    "Another row of the target holds the same value under unique constraint " + constraint
                            + (others.isEmpty() ? "" : ", and so under " + others),
                    present,
                    blocking,
                    constraint,
                    state);
        }
        boolean conversion = SqlFailure.isConversion(e);
        return new Finding(
                unit,
                change,
                binding,
                conversion ? ConflictKind.CONVERSION : ConflictKind.CONSTRAINT,
                conversion
                        ? "The target refuses a value of the row (" + SqlFailure.code(e) + ")"
                        : "The target refuses the row" + (constraint == null ? "" : " under constraint " + constraint)
                                + " (" + SqlFailure.code(e) + ")",
                present,
                null,
                constraint,
                state);
    }

    /** An event that cannot be decoded: nothing but its place, and maybe its key, is known. */
    void undecodable(Unit unit) {
        if (ledger.waits(unit)) {
            return;
        }
        String defect = unit.events().stream()
                .map(XlogEvent::defect)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        settler.unreadable(unit, ConflictKind.UNDECODABLE, "The event does not follow its schema: " + defect);
    }

    /** An event for which the target has no table or column. */
    void unbound(Unit unit) {
        if (!ledger.waits(unit)) {
            String reason = statements.unbound(unit.first().decoded().shape());
            settler.unreadable(
                    unit,
                    ConflictKind.TARGET_MISSING,
                    reason == null ? "The target had no place for it when it came" : reason);
        }
    }
}
