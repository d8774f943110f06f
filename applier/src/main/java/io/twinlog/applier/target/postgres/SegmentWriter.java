package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Executes a plan within the present transaction.
 *
 * <p>Fast form: each statement counts its rows. A deviation rolls back to before the segment, and the second run asks each
 * statement which rows it found: the other keys deviate, and their events alone go one by one under the locks of their
 * rows. Where the database refuses a row (or an intermediate state that only the fold has created: unique values that change
 * hands), the units are applied in shorter runs until a run passes or a single event is refused in its exact place, and
 * that one is parked. The runs keep the order of events, so whatever passes one by one passes here (invariants 3 and 9).
 */
final class SegmentWriter {

    private final TargetSession session;
    private final Statements statements;
    private final RowWriter rows;
    private final Ledger ledger;

    SegmentWriter(TargetSession session, Statements statements, RowWriter rows, Ledger ledger) {
        this.session = session;
        this.statements = statements;
        this.rows = rows;
        this.ledger = ledger;
    }

    void apply(BatchPlan plan) throws SQLException {
        for (BatchPlan.PlannedSegment planned : plan.segments()) {
            List<Unit> units = planned.segment().units();
            List<Unit> free = ledger.admit(units);
            if (free == units) {
                apply(planned);
            } else {
                // Invariant 9: events of held keys wait, all others go on.
                for (BatchPlan.PlannedSegment rest :
                        BatchPlan.ofUnits(free, statements).segments()) {
                    apply(rest);
                }
            }
        }
    }

    private void apply(BatchPlan.PlannedSegment planned) throws SQLException {
        List<Unit> units = planned.segment().units();
        switch (planned.segment().kind()) {
            case ROWS, MOVES -> apply(units, planned.statements());
            case TRUNCATE -> truncate(units);
            case UNDECODABLE -> units.forEach(rows::undecodable);
            case UNBOUND -> units.forEach(rows::unbound);
        }
    }

    private void apply(List<Unit> units, List<SetStatement> planned) throws SQLException {
        TargetSession.Mark mark = session.mark();
        Ledger.Mark noted = ledger.mark();
        SQLException refused = null;
        try {
            if (passes(planned)) {
                session.release(mark);
                return;
            }
        } catch (SQLException e) {
            requireData(e);
            refused = e;
        }
        session.rollbackTo(mark);
        if (units.size() == 1) {
            rows.apply(units.get(0), true);
            session.release(mark);
            return;
        }
        if (refused == null || SqlFailure.UNIQUE_VIOLATION.equals(refused.getSQLState())) {
            try {
                if (applyDeviating(units, planned)) {
                    session.release(mark);
                    return;
                }
            } catch (SQLException e) {
                requireData(e);
            }
            session.rollbackTo(mark);
            ledger.rollbackTo(noted);
        }
        session.release(mark);
        gallop(units);
    }

    private static void requireData(SQLException e) throws SQLException {
        if (SqlFailure.of(e) != SqlFailure.DATA) {
            throw e;
        }
    }

    private boolean passes(List<SetStatement> planned) throws SQLException {
        for (SetStatement statement : planned) {
            int count = session.execute(statement);
            if (statement.expected() >= 0 && count != statement.expected()) {
                return false;
            }
        }
        return true;
    }

    // False if the deviation cannot be pinned to whole keys.
    private boolean applyDeviating(List<Unit> units, List<SetStatement> planned) throws SQLException {
        Set<NetChange> deviating = Collections.newSetFromMap(new IdentityHashMap<>());
        for (SetStatement statement : planned) {
            switch (statement.kind()) {
                case DELETE, UPDATE, PRESENT -> addUnless(deviating, statement, session.find(statement));
                case ABSENT -> addIf(deviating, statement, session.find(statement));
                case INSERT -> {
                    if (!insertOthers(deviating, statement)) {
                        return false;
                    }
                }
            }
        }
        Set<XlogEvent> events = Collections.newSetFromMap(new IdentityHashMap<>());
        deviating.forEach(change -> events.addAll(change.events()));
        for (Unit unit : units) {
            if (events.contains(unit.first())) {
                rows.apply(unit, false);
            }
        }
        return true;
    }

    private static void addUnless(Set<NetChange> deviating, SetStatement statement, BitSet found) {
        for (int i = 0; i < statement.changes().size(); i++) {
            if (!found.get(i)) {
                deviating.add(statement.changes().get(i));
            }
        }
    }

    private static void addIf(Set<NetChange> deviating, SetStatement statement, BitSet found) {
        for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
            deviating.add(statement.changes().get(i));
        }
    }

    private boolean insertOthers(Set<NetChange> deviating, SetStatement statement) throws SQLException {
        List<NetChange> candidates = statement.changes().stream()
                .filter(change -> !deviating.contains(change))
                .collect(Collectors.toCollection(ArrayList::new));
        if (candidates.isEmpty()) {
            return true;
        }
        boolean upsert = statements.mayExist(candidates.get(0));
        if (!upsert) {
            BitSet existing = session.find(statements.existing(statement.binding(), candidates));
            for (int i = existing.length() - 1; i >= 0; i--) {
                if (existing.get(i)) {
                    NetChange change = candidates.remove(i);
                    if (change.effect() == NetChange.Effect.REPLACE) {
                        return false;
                    }
                    deviating.add(change);
                }
            }
        }
        if (candidates.isEmpty()) {
            return true;
        }
        SetStatement insert = statements.insert(statement.binding(), candidates, upsert);
        int count = session.execute(insert);
        return insert.expected() < 0 || count == insert.expected();
    }

    // In exact order, in runs that shrink where the database refuses and grow where it does not: few refusals cost few
    // repetitions, and where every other event needs its exact place (values that change hands all the time) the runs
    // stay
    // short instead of being tried at all lengths.
    private void gallop(List<Unit> units) throws SQLException {
        int size = Math.max(1, units.size() / 4);
        int at = 0;
        while (at < units.size()) {
            List<Unit> run = units.subList(at, Math.min(units.size(), at + size));
            if (run.size() == 1) {
                for (BatchPlan.PlannedSegment planned :
                        BatchPlan.ofUnits(ledger.admit(run), statements).segments()) {
                    apply(run, planned.statements());
                }
            } else if (!applyRun(run)) {
                size = Math.max(1, run.size() / 4);
                continue;
            }
            at += run.size();
            size *= 2;
        }
    }

    private boolean applyRun(List<Unit> run) throws SQLException {
        TargetSession.Mark mark = session.mark();
        Ledger.Mark noted = ledger.mark();
        try {
            for (BatchPlan.PlannedSegment planned :
                    BatchPlan.ofUnits(ledger.admit(run), statements).segments()) {
                TargetSession.Mark segment = session.mark();
                if (!passes(planned.statements())) {
                    session.rollbackTo(segment);
                    if (!applyDeviating(planned.segment().units(), planned.statements())) {
                        session.rollbackTo(mark);
                        ledger.rollbackTo(noted);
                        return false;
                    }
                }
                session.release(segment);
            }
            session.release(mark);
            return true;
        } catch (SQLException e) {
            requireData(e);
            session.rollbackTo(mark);
            ledger.rollbackTo(noted);
            return false;
        }
    }

    // One statement for all tables of one source statement, so that foreign keys between them do not matter.
    private void truncate(List<Unit> units) throws SQLException {
        if (!ledger.holdsNothing()) {
            session.touch();
            for (Unit unit : units) {
                ledger.truncated(unit.first());
            }
        }
        List<String> tables = units.stream()
                .map(unit -> statements
                        .binding(unit.first().decoded().shape())
                        .table()
                        .quoted())
                .distinct()
                .toList();
        TargetSession.Mark mark = session.mark();
        @Nullable SQLException referenced = null;
        try {
            session.run("TRUNCATE " + String.join(", ", tables));
        } catch (SQLException e) {
            if (!SqlFailure.NOT_SUPPORTED.equals(e.getSQLState())) {
                throw e;
            }
            referenced = e;
        }
        if (referenced != null) {
            // A table that only the target has refers to one of them: deleting works where truncating is refused.
            session.rollbackTo(mark);
            for (String table : tables) {
                session.run("DELETE FROM " + table);
            }
        }
        session.release(mark);
    }
}
