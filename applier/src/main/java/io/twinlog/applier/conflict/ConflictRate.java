package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.TableId;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the conflicts of each table in the present minute. Not thread-safe. */
public final class ConflictRate {

    private static final long MINUTE = 60_000;

    private final int maxPerMinute;
    private final Clock clock;
    private final Map<TableId, Integer> counts = new HashMap<>();
    private long minute;

    /**
     * @param maxPerMinute a table with more is to be paused; 0: never
     */
    public ConflictRate(int maxPerMinute, Clock clock) {
        this.maxPerMinute = maxPerMinute;
        this.clock = clock;
    }

    /** Counts what was found; an event that only waits is no conflict of its own. */
    public void count(List<ConflictRecord> conflicts) {
        if (maxPerMinute == 0 || conflicts.isEmpty()) {
            return;
        }
        long now = clock.millis() / MINUTE;
        if (now != minute) {
            minute = now;
            counts.clear();
        }
        for (ConflictRecord conflict : conflicts) {
            if (conflict.kind() != ConflictKind.BEHIND) {
                counts.merge(new TableId(conflict.schema(), conflict.table()), 1, Integer::sum);
            }
        }
    }

    /** The tables that have had too many since the last call, each with the reason for its pause. */
    public Map<TableId, String> overrun() {
        Map<TableId, String> overrun = new HashMap<>();
        counts.forEach((table, count) -> {
            if (count > maxPerMinute) {
                overrun.put(table, count + " conflicts in a minute are more than conflicts.max = " + maxPerMinute);
            }
        });
        overrun.keySet().forEach(counts::remove);
        return overrun;
    }
}
