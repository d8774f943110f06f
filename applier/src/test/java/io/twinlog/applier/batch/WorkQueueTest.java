package io.twinlog.applier.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    @Test
    void a_batch_of_many_tables_grows_further() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            add(queue, "t" + i % 100, 1);
        }
        assertThat(take()).isEqualTo(200);
        assertThat(take()).isEqualTo(100);
    }

    @Test
    void a_batch_that_is_still_made_ready_is_not_overtaken_by_a_later_one() throws Exception {
        CountDownLatch ready = new CountDownLatch(1);
        ExecutorService planning = Executors.newSingleThreadExecutor();
        try {
            WorkQueue<Integer> slow = new WorkQueue<>(
                    batch -> {
                        if (batch.events().size() == 60) {
                            await(ready);
                        }
                        return batch.events().size();
                    },
                    planning,
                    100,
                    Long.MAX_VALUE,
                    Duration.ZERO);
            add(slow, 60);
            add(slow, 70);
            CompletableFuture<List<Integer>> taken =
                    CompletableFuture.supplyAsync(() -> List.of(plan(slow), plan(slow)));
            assertThat(taken).isNotDone();
            ready.countDown();
            assertThat(taken.get(10, TimeUnit.SECONDS)).containsExactly(60, 70);
        } finally {
            planning.shutdownNow();
        }
    }

    @Test
    void what_the_planner_throws_comes_in_its_place() throws Exception {
        WorkQueue<Integer> failing = new WorkQueue<>(
                batch -> {
                    if (batch.events().size() == 70) {
                        throw new IllegalArgumentException("no plan for it");
                    }
                    return batch.events().size();
                },
                Runnable::run,
                100,
                Long.MAX_VALUE,
                Duration.ZERO);
        add(failing, 60);
        add(failing, 70);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> addLast(failing));
        assertThat(plan(failing)).isEqualTo(60);
        reader.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> plan(failing)).hasMessage("no plan for it");
    }

    private void addLast(WorkQueue<Integer> to) {
        try {
            add(to, 80);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int plan(WorkQueue<Integer> from) {
        try {
            return ((Work.Apply<Integer>) from.take(LONG)).plan();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Integer> takeLater() {
        return CompletableFuture.supplyAsync(() -> plan(queue));
    }

    private int take() {
        return plan(queue);
    }

    private void add(int events) throws InterruptedException {
        add(queue, events);
    }

    private void add(WorkQueue<Integer> to, int events) throws InterruptedException {
        add(to, "t", events);
    }

    private void add(WorkQueue<Integer> to, String topic, int events) throws InterruptedException {
        seq++;
        List<XlogEvent> list = new ArrayList<>();
        for (int i = 1; i <= events; i++) {
            list.add(new XlogEvent(
                    new EventId(1, seq, i), null, "no data here", new TopicPartition(topic, 0), i, null, new byte[0]));
        }
        to.add(ControlRecord.of(ControlKind.BEGIN, 1, seq, null, 0, Map.of()), list, events, null);
    }
}
