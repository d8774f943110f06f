package io.twinlog.applier.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KafkaRecordsTest {

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final KafkaRecords records = new KafkaRecords(consumer);
    private long offset;

    private void assign(int partitions) {
        Set<TopicPartition> all = new HashSet<>();
        for (int i = 0; i < partitions; i++) {
            all.add(new TopicPartition("t", i));
        }
        records.assign(all);
        all.forEach(partition -> records.seek(partition, 0));
    }

    /** Fetches a record; how long that took. */
    private Duration fetch() {
        consumer.addRecord(new ConsumerRecord<>("t", 0, offset++, new byte[0], new byte[0]));
        long begin = System.nanoTime();
        assertThat(records.poll(Duration.ofMillis(1)).count()).isOne();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void fetches_of_many_partitions_follow_one_another_at_a_distance() {
        assign(3_000);
        fetch();
        assertThat(fetch()).isGreaterThan(Duration.ofMillis(50));
    }

    @Test
    void who_has_waited_in_vain_does_not_wait_any_longer_for_what_comes_then() {
        assign(5_000);
        Duration shortest = Duration.ofDays(1);
        for (int i = 0; i < 5; i++) {
            fetch();
            assertThat(records.poll(Duration.ZERO).isEmpty()).isTrue();
            Duration taken = fetch();
            shortest = taken.compareTo(shortest) < 0 ? taken : shortest;
        }
        assertThat(shortest).isLessThan(Duration.ofMillis(90));
    }

    @Test
    void fetches_of_few_partitions_are_not_held_up() {
        assign(50);
        long begin = System.nanoTime();
        for (int i = 0; i < 500; i++) {
            fetch();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1_000));
    }
}
