package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.event.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What changes of rows look like on the topics. */
class StreamIT {

    @Test
    void inserts_updates_and_deletes_arrive_numbered_and_counted() {
        Source source = Source.create()
                .sql("CREATE TABLE t(id int PRIMARY KEY, v text)", "ALTER TABLE t REPLICA IDENTITY FULL");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 5) i",
                    "UPDATE t SET v = 'x' WHERE id = 3",
                    "DELETE FROM t WHERE id = 4");
            Xlog xlog = Xlog.awaitBarrier(source);

            assertThat(xlog.transactions()).hasSize(3);
            assertThat(xlog.events().stream().map(Xlog::describe))
                    .containsSubsequence(
                            "INSERT public.t - -> {id=5, v=v5} unchanged [] linked -",
                            "UPDATE public.t {id=3, v=v3} -> {id=3, v=x} unchanged [] linked -",
                            "DELETE public.t {id=4, v=v4} -> - unchanged [] linked -");
            assertThat(xlog.events(Operation.INSERT)).hasSize(5);
            assertThat(xlog.control(ControlKind.EPOCH)).hasSize(1);
            assertThat(xlog.control(ControlKind.SCHEMA)).isNotEmpty();
        }
        try (CaptureRun again =
                CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (7, 'seven')");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.transactions()).hasSize(4);
            assertThat(xlog.repetitions()).isZero();
            assertThat(again.messages()).anyMatch(m -> m.contains("behind seq 3"));
        }
        assertThat(List.of(source.value(
                        "SELECT active::text FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'")))
                .containsExactly("false");
    }
}
