package io.twinlog.applier.fold;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.event.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is applied or parked as a whole: one event, or the two halves of a primary-key change.
 *
 * @param second the insert half, or null
 */
public record Unit(XlogEvent first, @Nullable XlogEvent second) {

    /** Pairs linked halves; everything else stays alone. */
    public static List<Unit> of(List<XlogEvent> events) {
        List<Unit> units = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            XlogEvent event = events.get(i);
            if (opensMove(event) && i + 1 < events.size() && closesMove(event, events.get(i + 1))) {
                units.add(new Unit(event, events.get(++i)));
            } else {
                units.add(new Unit(event, null));
            }
        }
        return units;
    }

    /** Whether this is the delete half of a primary-key change, whose insert follows. */
    public static boolean opensMove(XlogEvent event) {
        return event.data() != null
                && event.data().operation() == Operation.DELETE
                && event.data().linkedKey() != null;
    }

    private static boolean closesMove(XlogEvent delete, XlogEvent insert) {
        return insert.data() != null
                && insert.data().operation() == Operation.INSERT
                && insert.data().linkedKey() != null
                && insert.id().seq() == delete.id().seq()
                && insert.id().ordinal() == delete.id().ordinal() + 1
                && insert.data().shape().equals(delete.decoded().shape());
    }

    public boolean isMove() {
        return second != null;
    }

    public boolean isTruncate() {
        return first.data() != null && first.data().operation() == Operation.TRUNCATE;
    }

    public boolean isUndecodable() {
        return first.data() == null || (second != null && second.data() == null);
    }

    /** Its events, in order. */
    public List<XlogEvent> events() {
        return second == null ? List.of(first) : List.of(first, second);
    }
}
