package io.twinlog.applier.fold;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts units into segments: primary-key changes, truncates, a new version of a table and histories that no net change
 * expresses end the fold before them.
 */
public final class Segments {

    private final int longest;
    private final List<Segment> done = new ArrayList<>();
    private final List<Unit> units = new ArrayList<>();
    private Fold fold = new Fold();
    private Segment.@Nullable Kind kind;

    private Segments(int longest) {
        this.longest = longest;
    }

    public static List<Segment> of(List<Unit> units) {
        return of(units, Integer.MAX_VALUE);
    }

    /** @param longest how many units of rows a segment may have */
    public static List<Segment> of(List<Unit> units, int longest) {
        Segments segments = new Segments(longest);
        for (Unit unit : units) {
            segments.add(unit);
        }
        segments.close();
        return segments.done;
    }

    private void add(Unit unit) {
        Segment.Kind wanted = kindOf(unit);
        if (kind != wanted || wanted == Segment.Kind.UNDECODABLE) {
            close();
            kind = wanted;
        }
        if (!take(unit, wanted)) {
            close();
            kind = wanted;
            take(unit, wanted);
        }
        units.add(unit);
    }

    private boolean take(Unit unit, Segment.Kind wanted) {
        return switch (wanted) {
            case ROWS -> units.size() < longest && fold.add(unit.first());
            case MOVES -> units.size() < longest && unit.second() != null && fold.addMove(unit.first(), unit.second());
            case TRUNCATE ->
                units.isEmpty()
                        || units.get(units.size() - 1).first().id().seq()
                                == unit.first().id().seq();
            case UNDECODABLE, UNBOUND -> true;
        };
    }

    private static Segment.Kind kindOf(Unit unit) {
        if (unit.isUndecodable()) {
            return Segment.Kind.UNDECODABLE;
        }
        if (unit.isTruncate()) {
            return Segment.Kind.TRUNCATE;
        }
        return unit.isMove() ? Segment.Kind.MOVES : Segment.Kind.ROWS;
    }

    private void close() {
        if (!units.isEmpty() && kind != null) {
            done.add(new Segment(kind, List.copyOf(units), fold));
        }
        units.clear();
        fold = new Fold();
    }
}
