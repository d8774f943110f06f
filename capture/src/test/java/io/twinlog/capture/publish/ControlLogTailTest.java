package io.twinlog.capture.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlLogTailTest {

    private final List<ControlLogTail.Entry> log = new ArrayList<>();

    private ControlLogTailTest add(
            ControlKind kind, long epoch, long seq, long stored, String resume, Map<String, String> facts) {
        log.add(new ControlLogTail.Entry(
                log.size(),
                new ControlRecord(kind, epoch, seq, resume, null, 1, null, 0, List.of(), stored, resume, facts)));
        return this;
    }

    @Test
    void an_empty_log_and_an_announced_start() {
        assertThat(ControlLogTail.evaluate(List.of(), 0, true).stage()).isEqualTo(Checkpoint.Stage.NOTHING);
        log.add(new ControlLogTail.Entry(0, ControlRecord.of(ControlKind.INTENT, 0, 0, null, 1, Map.of())));
        assertThat(ControlLogTail.evaluate(log, 1, true).stage()).isEqualTo(Checkpoint.Stage.INTENT);
    }

    @Test
    void the_highest_checkpoint_of_the_highest_epoch_wins() {
        add(ControlKind.EPOCH, 1, 1, 0, "0/10", Map.of("system_id", "s"))
                .add(ControlKind.END, 1, 1, 0, "0/10", Map.of())
                .add(ControlKind.HEARTBEAT, 1, 2, 1, "0/20", Map.of("system_id", "s", "timeline", "2"))
                .add(ControlKind.END, 1, 3, 2, "0/30", Map.of())
                .add(ControlKind.END, 1, 2, 1, "0/20", Map.of());
        Checkpoint found = ControlLogTail.evaluate(log, 5, true);
        assertThat(found.storedSeq()).isEqualTo(2);
        assertThat(found.resumePosition()).isEqualTo("0/30");
        assertThat(found.seq()).isEqualTo(3);
        assertThat(found.fact("timeline")).isEqualTo("2");
        add(ControlKind.EPOCH, 2, 3, 2, "0/50", Map.of("reason", "accepted-loss"))
                .add(ControlKind.END, 1, 9, 8, "0/90", Map.of());
        assertThat(ControlLogTail.evaluate(log, 7, true).epoch()).isEqualTo(2);
        assertThat(ControlLogTail.evaluate(log, 7, true).resumePosition()).isEqualTo("0/50");
    }

    @Test
    void without_a_heartbeat_it_reads_on_and_at_the_end_it_is_a_gap() {
        add(ControlKind.END, 1, 3, 2, "0/30", Map.of());
        assertThat(ControlLogTail.evaluate(log, 1, false)).isNull();
        assertThatThrownBy(() -> ControlLogTail.evaluate(log, 1, true)).isInstanceOf(TwinlogException.class);
    }
}
