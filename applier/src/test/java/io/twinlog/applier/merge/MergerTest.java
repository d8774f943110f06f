package io.twinlog.applier.merge;

import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.applier.xlog.MemorySink;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class MergerTest {

    private final MemorySink sink = new MemorySink();
    private final XlogScript script = new XlogScript("r", sink);

    private TableScript table() {
        return script.table(shape("t", ReplicaIdentity.KEY, key("id", XlogType.INT, "integer")), 2);
    }

    private Merger merger(long epoch, long seq) {
        return new Merger(new TopicPartition("r.transactions", 0), new EventId(epoch, seq, Long.MAX_VALUE), 0);
    }

    private List<String> all(Merger merger) {
        EventDecoder decoder = new EventDecoder(sink.schemas());
        sink.data().forEach((partition, records) -> {
            merger.addPartition(partition, 0);
            for (int i = 0; i < records.size(); i++) {
                merger.feed(decoder.decode(
                        partition, i, records.get(i).key(), records.get(i).value()));
            }
        });
        for (int i = 0; i < sink.control().size(); i++) {
            merger.feedControl(i, sink.control().get(i));
        }
        List<String> items = new ArrayList<>();
        for (Merged item = merger.next(); item != null; item = merger.next()) {
            items.add(describe(item));
        }
        return items;
    }

    private static String describe(Merged item) {
        return switch (item.kind()) {
            case BEGAN -> "begin " + ((Merged.Began) item).record().seq();
            case EVENT -> ((XlogEvent) item).id().toString();
            case ENDED -> "end " + ((Merged.Ended) item).end().seq();
            case VOIDED -> "void " + ((Merged.Voided) item).begin().seq();
            case CONTROL -> ((Merged.Control) item).record().kind().toString();
        };
    }

    @Test
    void a_capture_that_restarted_says_the_same_again_and_nothing_comes_twice() {
        script.epoch();
        TableScript t = table();
        script.begin().insert(t, 1).insert(t, 2);
        script.begin(1, Map.of()).insert(t, 1).insert(t, 2).insert(t, 3).end();
        assertThat(all(merger(0, 0))).containsExactly("EPOCH", "begin 1", "1-1-1", "1-1-2", "1-1-3", "end 1");
    }

    @Test
    void a_newer_epoch_voids_the_incomplete_transaction_of_the_old_one() {
        script.epoch();
        TableScript t = table();
        script.begin().insert(t, 1).insert(t, 2);
        script.epoch(1, "snapshot-resumed").commit(tx -> tx.insert(t, 7));
        assertThat(all(merger(0, 0)))
                .containsExactly("EPOCH", "begin 1", "1-1-1", "1-1-2", "void 1", "EPOCH", "begin 1", "2-1-1", "end 1");
    }

    @Test
    void a_snapshot_chunk_is_complete_only_when_it_is_stored() {
        script.epoch();
        TableScript t = table();
        script.snapshotBegin(t).chunk(t, 1, tx -> tx.snapshot(t, 1));
        Merger merger = merger(0, 0);
        assertThat(all(merger)).containsExactly("EPOCH", "SNAPSHOT_BEGIN", "begin 1", "1-1-1");
        script.heartbeat();
        merger.feedControl(99, sink.control().get(sink.control().size() - 1));
        assertThat(describe(merger.next())).isEqualTo("end 1");
    }

    @Test
    void a_chunk_that_was_never_stored_is_void_when_the_snapshot_is_resumed() {
        script.epoch();
        TableScript t = table();
        script.snapshotBegin(t).chunk(t, 1, tx -> tx.snapshot(t, 1));
        script.epoch(1, "snapshot-resumed").chunk(t, 1, tx -> tx.snapshot(t, 1)).heartbeat();
        assertThat(all(merger(0, 0)))
                .containsExactly(
                        "EPOCH",
                        "SNAPSHOT_BEGIN",
                        "begin 1",
                        "1-1-1",
                        "void 1",
                        "EPOCH",
                        "begin 1",
                        "2-1-1",
                        "end 1",
                        "HEARTBEAT");
    }

    @Test
    void a_hole_in_the_control_log_is_a_gap() {
        script.epoch();
        TableScript t = table();
        script.commit(tx -> tx.insert(t, 1));
        script.begin(3, Map.of()).insert(t, 3).end();
        assertThatThrownBy(() -> all(merger(0, 0))).isInstanceOfSatisfying(TwinlogException.class, e -> {
            assertThat(e.category()).isEqualTo(Category.GAP);
            assertThat(e).hasMessageContaining("from transaction 1-1 to BEGIN 1-3");
        });
    }

    @Test
    void an_event_that_is_stored_but_nowhere_is_reported_missing() {
        script.epoch();
        TableScript t = table();
        script.commit(tx -> tx.insert(t, 1).lost(t, 2).insert(t, 3)).heartbeat();
        Merger merger = merger(0, 0);
        assertThat(all(merger)).containsExactly("EPOCH", "begin 1", "1-1-1");
        assertThat(merger.missing()).isEqualTo(new Missing(new EventId(1, 1, 2)));
    }

    @Test
    void an_event_that_may_still_come_is_not_reported_missing() {
        script.epoch();
        TableScript t = table();
        script.begin().insert(t, 1).lost(t, 2).insert(t, 3).end(0);
        Merger merger = merger(0, 0);
        all(merger);
        assertThat(merger.missing()).isNull();
    }

    @Test
    void counts_that_disagree_are_a_bug_that_names_the_partition() {
        script.epoch();
        TableScript t = table();
        script.begin().insert(t, 1).insert(t, 2).lost(t, 3).end(0);
        // The third event turns up in the other partition than the one that END names.
        script.begin(1, Map.of());
        int wrong = 1 - t.partition(new Object[] {3});
        MemorySink other = new MemorySink();
        XlogScript twin = new XlogScript("r", other);
        twin.epoch();
        TableScript same = twin.table(t.shape(), 2);
        twin.begin().insert(same, 1).insert(same, 2).insert(same, 3);
        MemorySink.Data third = other.data()
                .get(new TopicPartition("r.public.t", 1 - wrong))
                .get(other.data()
                                .get(new TopicPartition("r.public.t", 1 - wrong))
                                .size()
                        - 1);
        sink.data("r.public.t", wrong, third.key(), third.value());
        sink.control().remove(sink.control().size() - 1);
        assertThatThrownBy(() -> all(merger(0, 0))).isInstanceOfSatisfying(TwinlogException.class, e -> {
            assertThat(e.category()).isEqualTo(Category.BUG);
            assertThat(e).hasMessageContaining("r.public.t-");
        });
    }

    @Test
    void a_new_target_without_snapshot_does_not_start_in_the_middle() {
        script.epoch();
        TableScript t = table();
        script.commit(tx -> tx.insert(t, 1)).commit(tx -> tx.insert(t, 2));
        sink.control().removeIf(r -> r.kind() == ControlKind.EPOCH || r.seq() == 1);
        Merger merger = merger(0, 0);
        assertThat(all(merger)).isEmpty();
        assertThat(merger.skippedBeforeStart()).isEqualTo(2);
    }

    @Test
    void a_new_target_starts_at_a_later_epoch_that_begins_with_a_snapshot() {
        script.epoch();
        TableScript t = table();
        script.commit(tx -> tx.insert(t, 1)).commit(tx -> tx.insert(t, 2));
        sink.control().removeIf(r -> r.kind() == ControlKind.EPOCH || (r.kind() != ControlKind.SCHEMA && r.seq() == 1));
        script.epoch(3, "resync")
                .snapshotBegin(t)
                .chunk(t, 1, tx -> tx.snapshot(t, 1))
                .heartbeat();
        assertThat(all(merger(0, 0)))
                .containsExactly("EPOCH", "SNAPSHOT_BEGIN", "begin 3", "2-3-1", "end 3", "HEARTBEAT");
    }

    @Test
    void a_barrier_within_a_transaction_comes_behind_it() {
        script.epoch();
        TableScript t = table();
        XlogScript.Transaction transaction = script.begin().insert(t, 1);
        script.note(ControlKind.BARRIER, Map.of());
        transaction.insert(t, 2).end();
        assertThat(all(merger(0, 0))).containsExactly("EPOCH", "begin 1", "1-1-1", "1-1-2", "end 1", "BARRIER");
    }
}
