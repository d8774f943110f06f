package io.twinlog.applier.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkQueueTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final WorkQueue<Integer> queue =
            new WorkQueue<>(batch -> batch.events().size(), Runnable::run, 100, Long.MAX_VALUE, LONG);
    private long seq;

    @Test
    void a_trickle_is_passed_on_at_once() throws InterruptedException {
        add(3);
        queue.fetchedAhead(2);
        assertThat(take()).isEqualTo(3);
    }

    @Test
    void a_batch_waits_for_what_would_double_it_until_it_is_large() throws Exception {
        add(3);
        queue.fetchedAhead(50);
        CompletableFuture<Integer> taken = takeLater();
        add(4);
        assertThat(taken).isNotDone();
        add(20);
        assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(27);
    }

    @Test
    void a_batch_waits_no_longer_when_nothing_is_near() throws Exception {
        add(3);
        queue.fetchedAhead(50);
        CompletableFuture<Integer> taken = takeLater();
        queue.fetchedAhead(0);
        assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Test
    void a_waiting_writer_hears_of_the_first_transaction() throws Exception {
        CompletableFuture<Integer> taken = takeLater();
        add(1);
        assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void a_batch_does_not_grow_beyond_its_limit() throws InterruptedException {
        add(60);
        add(60);
        assertThat(take()).isEqualTo(60);
        assertThat(take()).isEqualTo(60);
    }

    private CompletableFuture<Integer> takeLater() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private int take() throws InterruptedException {
        Work<Integer> work = queue.take(LONG);
        return ((Work.Apply<Integer>) work).plan();
    }

    private void add(int events) throws InterruptedException {
        seq++;
        List<XlogEvent> list = new ArrayList<>();
        for (int i = 1; i <= events; i++) {
            list.add(new XlogEvent(
                    new EventId(1, seq, i), null, "no data here", new TopicPartition("t", 0), i, null, new byte[0]));
        }
        queue.add(ControlRecord.of(ControlKind.BEGIN, 1, seq, null, 0, Map.of()), list, events, null);
    }
}
