package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.publish.ControlLogTail.Entry;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the control log tells of the GTIDs that are captured. */
class MariadbFailoverTest {

    private final List<Entry> log = new ArrayList<>();

    private MariadbFailoverTest add(ControlKind kind, long epoch, long seq, String at, Map<String, String> facts) {
        log.add(new Entry(
                log.size(), new ControlRecord(kind, epoch, seq, at, null, 1, null, 0, List.of(), 0, at, facts)));
        return this;
    }

    private List<String> captured(long stored) {
        return MariadbFailover.captured(log, "set", 1, stored);
    }

    @Test
    void the_newest_whole_set_that_is_stored_and_the_single_ones_behind_it() {
        add(ControlKind.EPOCH, 1, 1, "b.1:4", Map.of("set", "u:1-3", "gtid_position", "b.1:4"))
                .add(ControlKind.BEGIN, 1, 1, "b.1:10", Map.of("gtid", "u:5"))
                .add(ControlKind.HEARTBEAT, 1, 1, "b.1:20", Map.of("set", "u:1-6", "gtid_position", "b.1:20"))
                .add(ControlKind.BEGIN, 1, 2, "b.1:30", Map.of("gtid", "u:8"))
                .add(ControlKind.BEGIN, 1, 3, "b.1:40", Map.of("gtid", "u:9"))
                .add(ControlKind.HEARTBEAT, 1, 3, "b.1:50", Map.of("set", "u:1-9", "gtid_position", "b.1:50"));
        assertThat(captured(2)).containsExactly("u:1-6", "", "u:8");
        assertThat(captured(3)).containsExactly("u:1-9", "");
        assertThat(captured(0)).containsExactly("u:1-3", "");
    }

    /** Transactions 2 and 3 were lost in Kafka; capture has gone back behind 1, and remembers more than it has sent again. */
    @Test
    void a_set_of_another_place_than_that_of_its_record_says_nothing() {
        add(ControlKind.EPOCH, 1, 1, "b.1:4", Map.of("set", "u:1", "gtid_position", "b.1:4"))
                .add(ControlKind.BEGIN, 1, 1, "b.1:10", Map.of("gtid", "u:2"))
                .add(ControlKind.HEARTBEAT, 1, 1, "b.1:20", Map.of("set", "u:1-9", "gtid_position", "b.1:90"));
        assertThat(captured(1)).containsExactly("u:1", "", "u:2");
        log.remove(0);
        assertThat(captured(1)).isNull();
    }
}
