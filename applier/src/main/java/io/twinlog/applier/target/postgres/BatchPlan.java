package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.Segment;
import io.twinlog.applier.fold.Segments;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import java.util.ArrayList;
import java.util.List;

/** A batch made ready for execution: segments with their statements and parameters. Immutable. */
public record BatchPlan(List<PlannedSegment> segments) {

    /** A segment and its statements; none for TRUNCATE and UNDECODABLE. */
    record PlannedSegment(Segment segment, List<SetStatement> statements) {}

    static BatchPlan of(List<XlogEvent> events, Statements statements) {
        return ofUnits(Unit.of(events), statements);
    }

    static BatchPlan ofUnits(List<Unit> units, Statements statements) {
        List<PlannedSegment> planned = new ArrayList<>();
        for (Segment segment : Segments.of(units)) {
            List<SetStatement> built = segment.fold().isEmpty()
                    ? List.of()
                    : statements.of(segment.fold().tables());
            planned.add(new PlannedSegment(segment, built));
        }
        return new BatchPlan(planned);
    }
}
