package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.TableId;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the conflicts of each table in the last minute, by seconds. Not thread-safe. */
public final class ConflictRate {

    private static final int SECONDS = 60;

    private final int maxPerMinute;
    private final Clock clock;
    private final Map<TableId, Window> windows = new HashMap<>();

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
        long second = clock.millis() / 1000;
        for (ConflictRecord conflict : conflicts) {
            if (conflict.kind() != ConflictKind.BEHIND) {
                windows.computeIfAbsent(new TableId(conflict.schema(), conflict.table()), table -> new Window())
                        .count(second);
            }
        }
    }

    /** The tables that have had too many since the last call, each with the reason for its pause. */
    public Map<TableId, String> overrun() {
        Map<TableId, String> overrun = new HashMap<>();
        long second = clock.millis() / 1000;
        windows.forEach((table, window) -> {
            int count = window.sum(second);
            if (count > maxPerMinute) {
                overrun.put(table, count + " conflicts in a minute are more than conflicts.max = " + maxPerMinute);
            }
        });
        overrun.keySet().forEach(windows::remove);
        return overrun;
    }

    /** The counts of the last seconds, in a ring. */
    private static final class Window {
        private final int[] counts = new int[SECONDS];
        private long newest;

        void count(long second) {
            advance(second);
            counts[(int) (newest % SECONDS)]++;
        }

        int sum(long second) {
            advance(second);
            return Arrays.stream(counts).sum();
        }

        /** Seconds without conflicts count nothing; a clock that was set back stands still. */
        private void advance(long second) {
            long passed = Math.min(SECONDS, second - newest);
            for (long i = 1; i <= passed; i++) {
                counts[(int) ((second - passed + i) % SECONDS)] = 0;
            }
            newest = Math.max(newest, second);
        }
    }
}
