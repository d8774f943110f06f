package io.twinlog.capture.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FlusherTest {

    private final AtomicLong sent = new AtomicLong();
    private final LinkedBlockingQueue<Long> flushed = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Exception> failures = new LinkedBlockingQueue<>();

    @Test
    void a_request_during_a_flush_gets_a_flush_of_its_own() throws InterruptedException {
        CountDownLatch inFlush = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Flusher flusher = new Flusher(
                () -> {
                    flushed.add(sent.get());
                    inFlush.countDown();
                    await(goOn);
                },
                sent::get,
                failures::add)) {
            sent.set(1);
            flusher.request();
            await(inFlush);
            sent.set(2);
            flusher.request();
            flusher.request();
            goOn.countDown();
            assertThat(flushed.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(flushed.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(flushed).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void the_more_a_flush_carried_the_longer_the_next_one_waits() throws InterruptedException {
        LinkedBlockingQueue<Long> times = new LinkedBlockingQueue<>();
        try (Flusher flusher = new Flusher(() -> times.add(System.nanoTime()), sent::get, failures::add)) {
            sent.set(1_000_000);
            flusher.request();
            long first = times.take();
            sent.incrementAndGet();
            flusher.request();
            assertThat(times.take() - first).isGreaterThanOrEqualTo(9_000_000L);
        }
    }

    @Test
    void a_failed_flush_is_told() throws InterruptedException {
        RuntimeException broken = new IllegalStateException("closed");
        try (Flusher flusher = new Flusher(
                () -> {
                    throw broken;
                },
                sent::get,
                failures::add)) {
            flusher.request();
            assertThat(failures.poll(10, TimeUnit.SECONDS)).isSameAs(broken);
        }
    }

    @Test
    void close_ends_a_flush_that_hangs() throws InterruptedException {
        CountDownLatch inFlush = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Flusher flusher = new Flusher(
                () -> {
                    inFlush.countDown();
                    try {
                        await(new CountDownLatch(1));
                    } finally {
                        ended.countDown();
                    }
                },
                sent::get,
                failures::add);
        flusher.request();
        await(inFlush);
        flusher.close();
        await(ended);
        assertThat(failures).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            // As KafkaProducer.flush does.
            throw new InterruptException(e);
        }
    }
}
