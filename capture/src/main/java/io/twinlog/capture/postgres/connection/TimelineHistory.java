package io.twinlog.capture.postgres.connection;

import io.twinlog.schemas.Lsn;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A timeline history file: which timelines a server has left, and where. Immutable. Source: PostgreSQL, timeline.c. */
public final class TimelineHistory {

    private final Map<Integer, Long> forks = new HashMap<>();

    private TimelineHistory() {}

    static TimelineHistory parse(@Nullable String content) {
        TimelineHistory history = new TimelineHistory();
        for (String line : content == null ? new String[0] : content.split("\n", -1)) {
            String[] fields = line.strip().split("\\s+", 3);
            if (fields.length >= 2 && !fields[0].startsWith("#")) {
                history.forks.put(Integer.parseInt(fields[0]), Lsn.parse(fields[1]));
            }
        }
        return history;
    }

    /** Where the server left a timeline, or null if it was never on it. */
    public @Nullable Long leftAt(int timeline) {
        return forks.get(timeline);
    }
}
