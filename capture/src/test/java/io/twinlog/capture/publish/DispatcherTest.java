package io.twinlog.capture.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DispatcherTest {

    private static final long ROOM = 1 << 20;

    private final RecordingProducer producer = new RecordingProducer();
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();

    @Test
    void a_round_goes_partition_by_partition_and_each_in_its_order() throws InterruptedException {
        try (Dispatcher dispatcher = new Dispatcher(producer, ROOM)) {
            CountDownLatch stored = holdARound(dispatcher);
            for (int i = 0; i < 9; i++) {
                add(dispatcher, "topic", i % 3, "r" + i);
            }
            stored.countDown();
            dispatcher.flush();
            assertThat(producer.sent)
                    .containsExactly(
                            "topic-0 held",
                            "topic-0 r0",
                            "topic-0 r3",
                            "topic-0 r6",
                            "topic-1 r1",
                            "topic-1 r4",
                            "topic-1 r7",
                            "topic-2 r2",
                            "topic-2 r5",
                            "topic-2 r8");
            assertThat(answers).hasSize(10);
        }
    }

    @Test
    void what_is_released_during_a_round_leaves_in_the_next_one() throws InterruptedException {
        try (Dispatcher dispatcher = new Dispatcher(producer, ROOM)) {
            CountDownLatch stored = holdARound(dispatcher);
            add(dispatcher, "topic", 0, "second");
            dispatcher.release();
            assertThat(producer.sent).containsExactly("topic-0 held");
            stored.countDown();
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("held");
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("second");
        }
    }

    @Test
    void what_nobody_releases_leaves_by_itself() throws InterruptedException {
        try (Dispatcher dispatcher = new Dispatcher(producer, ROOM)) {
            add(dispatcher, "topic", 0, "alone");
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("alone");
        }
    }

    @Test
    void the_more_batches_a_round_has_the_longer_the_next_one_waits() throws InterruptedException {
        try (Dispatcher dispatcher = new Dispatcher(producer, ROOM)) {
            CountDownLatch stored = holdARound(dispatcher);
            for (int partition = 0; partition < 2000; partition++) {
                add(dispatcher, "many", partition, "r");
            }
            dispatcher.release();
            producer.onFlush = () -> {};
            long begin = System.nanoTime();
            stored.countDown();
            dispatcher.flush();
            add(dispatcher, "topic", 0, "next");
            dispatcher.flush();
            assertThat(System.nanoTime() - begin).isGreaterThan(200_000_000);
        }
    }

    @Test
    void who_finds_no_room_waits_until_a_round_has_taken_its_records() throws InterruptedException {
        try (Dispatcher dispatcher = new Dispatcher(producer, 200)) {
            CountDownLatch stored = holdARound(dispatcher);
            add(dispatcher, "topic", 0, "x".repeat(200));
            Thread waiting = new Thread(() -> add(dispatcher, "topic", 0, "late"));
            waiting.start();
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            stored.countDown();
            waiting.join();
            dispatcher.flush();
            assertThat(producer.sent).last().isEqualTo("topic-0 late");
        }
    }

    @Test
    void after_a_failure_everybody_gets_an_answer_and_nothing_more_is_taken() throws InterruptedException {
        try (Dispatcher dispatcher = new Dispatcher(producer, ROOM)) {
            CountDownLatch stored = holdARound(dispatcher);
            producer.refused = "r1";
            for (int i = 0; i < 4; i++) {
                add(dispatcher, "topic", 0, "r" + i);
            }
            dispatcher.release();
            stored.countDown();
            assertThat(List.of(take(), take(), take(), take(), take()))
                    .containsExactly("held", "r0", "r1 failed: no r1", "r2 failed: no r1", "r3 failed: no r1");
            assertThatThrownBy(() -> add(dispatcher, "topic", 0, "more"))
                    .isInstanceOf(KafkaException.class)
                    .hasMessage("no r1");
            dispatcher.flush();
        }
    }

    @Test
    void close_ends_a_flush_that_hangs() throws InterruptedException {
        Dispatcher dispatcher = new Dispatcher(producer, ROOM);
        CountDownLatch never = holdARound(dispatcher);
        add(dispatcher, "topic", 0, "dropped");
        dispatcher.close();
        assertThat(producer.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(never.getCount()).isEqualTo(1);
        assertThat(producer.sent).containsExactly("topic-0 held");
    }

    /** Returns while the first round is in its flush, which ends with the latch. */
    private CountDownLatch holdARound(Dispatcher dispatcher) throws InterruptedException {
        CountDownLatch inFlush = new CountDownLatch(1);
        CountDownLatch stored = new CountDownLatch(1);
        producer.onFlush = () -> {
            inFlush.countDown();
            try {
                stored.await();
            } catch (InterruptedException e) {
                producer.interrupted.countDown();
                throw new InterruptException(e);
            }
        };
        add(dispatcher, "topic", 0, "held");
        dispatcher.release();
        inFlush.await();
        return stored;
    }

    private String take() throws InterruptedException {
        return String.valueOf(answers.poll(10, TimeUnit.SECONDS));
    }

    private void add(Dispatcher dispatcher, String topic, int partition, String value) {
        dispatcher.add(
                topic,
                partition,
                null,
                value.getBytes(StandardCharsets.UTF_8),
                (metadata, failure) ->
                        answers.add(failure == null ? value : value + " failed: " + failure.getMessage()));
    }

    /** Stores at once, unless told otherwise. */
    private static final class RecordingProducer extends MockProducer<byte[], byte[]> {

        private final List<String> sent = new CopyOnWriteArrayList<>();
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private volatile Runnable onFlush = () -> {};
        private volatile @Nullable String refused;

        RecordingProducer() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback stored) {
            String value = new String(record.value(), StandardCharsets.UTF_8);
            if (value.equals(refused)) {
                throw new KafkaException("no " + value);
            }
            sent.add(record.topic() + "-" + record.partition() + " " + value);
            return super.send(record, stored);
        }

        @Override
        public void flush() {
            onFlush.run();
        }
    }
}
