package io.twinlog.applier.target;

import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.target.RunWriter.Refusal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executes a plan within the present transaction, segment by segment.
 *
 * <p>Where the database refuses a row (or an intermediate state that only the fold has created: unique values that change
 * hands), the units are applied in shorter runs until a run passes or a single event is refused in its exact place, and
 * that one is parked. The runs keep the order of events, so whatever passes one by one passes here (invariants 3 and 9).
 */
final class SegmentWriter {

    private final TargetDatabase database;
    private final TargetSession session;
    private final Statements statements;
    private final RowWriter rows;
    private final Ledger ledger;
    private final RunWriter writer;
    private final RunLength runs;

    SegmentWriter(
            TargetDatabase database,
            TargetSession session,
            Statements statements,
            RowWriter rows,
            Ledger ledger,
            RunLength runs) {
        this.database = database;
        this.session = session;
        this.statements = statements;
        this.rows = rows;
        this.ledger = ledger;
        this.writer = new RunWriter(session, statements, rows, ledger);
        this.runs = runs;
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
        Refusal refusal = writer.apply(units, planned);
        if (refusal == null) {
            runs.passed(units.size());
        } else {
            isolate(units, refusal);
        }
    }

    // In exact order. Where the target has named a row that it refuses for its own sake, that one is settled
    // and the rest tried anew. Else a run that is refused is cut where the target has named a row, or halved,
    // until one event is left: that one is applied or parked in its exact place. From there on runs are as long
    // again as experience says.
    private void isolate(List<Unit> given, Refusal first) throws SQLException {
        List<Unit> units = given;
        runs.refused(units.size());
        SQLException own = first.own();
        int at = 0;
        int refusedTo = units.size();
        int suspect = first.indexIn(units);
        while (at < units.size()) {
            if (own != null && suspect >= at) {
                rows.settleRefused(units.get(suspect), own);
                units = without(units, suspect);
                own = null;
                suspect = -1;
                refusedTo = at;
                continue;
            }
            boolean refused = at < refusedTo;
            int length = !refused ? units.size() - at : suspect >= at ? suspect - at : (refusedTo - at) / 2;
            length = Math.min(length, runs.limit());
            if (length <= 1 && !(refused && suspect > at)) {
                int before = ledger.size();
                rows.apply(units.get(at++), true);
                if (ledger.size() > before || suspect == at - 1) {
                    refusedTo = at;
                    suspect = -1;
                }
                continue;
            }
            List<Unit> run = units.subList(at, at + length);
            Refusal refusal = applyRun(run);
            if (refusal == null) {
                runs.passed(length);
                at += length;
            } else {
                if (!refused) {
                    runs.refused(length);
                }
                refusedTo = at + length;
                int index = refusal.indexIn(run);
                suspect = index < 0 ? -1 : at + index;
                own = refusal.own();
            }
        }
    }

    private static List<Unit> without(List<Unit> units, int index) {
        List<Unit> rest = new ArrayList<>(units.size() - 1);
        rest.addAll(units.subList(0, index));
        rest.addAll(units.subList(index + 1, units.size()));
        return rest;
    }

    private @Nullable Refusal applyRun(List<Unit> run) throws SQLException {
        Ledger.Mark noted = ledger.mark();
        List<BatchPlan.PlannedSegment> segments =
                BatchPlan.ofUnits(ledger.admit(run), statements).segments();
        TargetSession.@Nullable Mark mark = segments.size() > 1 ? session.mark() : null;
        for (BatchPlan.PlannedSegment planned : segments) {
            Refusal refusal = writer.apply(planned.segment().units(), planned.statements());
            if (refusal != null) {
                if (mark != null) {
                    session.rollbackTo(mark);
                    session.release(mark);
                }
                ledger.rollbackTo(noted);
                // Behind an earlier segment of the run its place is not the one that it was tried in.
                return segments.size() > 1 ? refusal.doubted() : refusal;
            }
        }
        if (mark != null) {
            session.release(mark);
        }
        return null;
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
        database.truncate(session, tables);
    }
}
