package io.twinlog.applier.target;

import io.twinlog.applier.fold.Fold;
import io.twinlog.applier.fold.Segment;
import io.twinlog.applier.fold.Segments;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import java.util.ArrayList;
import java.util.List;

/** A batch made ready for execution: segments with their statements and parameters. Immutable. */
public record BatchPlan(List<PlannedSegment> segments) {

    /** A segment and its statements; none for TRUNCATE, UNDECODABLE and UNBOUND. */
    record PlannedSegment(Segment segment, List<SetStatement> statements) {}

    /** @param longest how many units a segment may have */
    static BatchPlan of(List<XlogEvent> events, Statements statements, int longest) {
        return ofUnits(Unit.of(events), statements, longest);
    }

    static BatchPlan ofUnits(List<Unit> units, Statements statements) {
        return ofUnits(units, statements, Integer.MAX_VALUE);
    }

    static BatchPlan ofUnits(List<Unit> units, Statements statements, int longest) {
        List<PlannedSegment> planned = new ArrayList<>();
        if (!statements.parksUnbound()) {
            plan(units, statements, longest, planned);
            return new BatchPlan(planned);
        }
        int from = 0;
        for (int i = 0; i < units.size(); i++) {
            if (isUnbound(units.get(i), statements)) {
                plan(units.subList(from, i), statements, longest, planned);
                Segment segment = new Segment(Segment.Kind.UNBOUND, List.of(units.get(i)), new Fold());
                planned.add(new PlannedSegment(segment, List.of()));
                from = i + 1;
            }
        }
        plan(units.subList(from, units.size()), statements, longest, planned);
        return new BatchPlan(planned);
    }

    private static boolean isUnbound(Unit unit, Statements statements) {
        return !unit.isUndecodable()
                && statements.unbound(unit.first().decoded().shape()) != null;
    }

    private static void plan(List<Unit> units, Statements statements, int longest, List<PlannedSegment> planned) {
        for (Segment segment : Segments.of(units, longest)) {
            List<SetStatement> built = segment.fold().isEmpty()
                    ? List.of()
                    : statements.of(segment.fold().tables());
            planned.add(new PlannedSegment(segment, built));
        }
    }
}
