package io.twinlog.applier.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.kafka.FetchSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KafkaRecordsTest {

    private final List<FetchSize> sizes = new ArrayList<>();
    private MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final KafkaRecords records = new KafkaRecords(this::consumer);
    private long offset;

    private MockConsumer<byte[], byte[]> consumer(FetchSize size) {
        sizes.add(size);
        consumer = new MockConsumer<>("none");
        return consumer;
    }

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
    void a_full_poll_of_many_partitions_leaves_something_of_those_it_gave() {
        assign(20_000);
        TopicPartition first = new TopicPartition("t", 0);
        while (records.unfinished().isEmpty()) {
            for (int i = 0; i < 2_000; i++) {
                consumer.addRecord(new ConsumerRecord<>("t", 0, offset++, new byte[0], new byte[0]));
            }
            records.poll(Duration.ofMillis(1));
        }
        assertThat(records.unfinished()).containsExactly(first);
        fetch();
        assertThat(records.unfinished()).isEmpty();
    }

    @Test
    void many_partitions_get_a_consumer_that_takes_less_of_each_and_goes_on_where_the_former_one_was() {
        assign(60);
        fetch();
        fetch();
        TopicPartition first = new TopicPartition("t", 0);
        TopicPartition second = new TopicPartition("t", 1);
        records.pause(Set.of(second));
        MockConsumer<byte[], byte[]> former = consumer;

        Set<TopicPartition> more = new HashSet<>(former.assignment());
        for (int i = 60; i < 3_000; i++) {
            more.add(new TopicPartition("t", i));
        }
        records.assign(more);

        assertThat(former.closed()).isTrue();
        assertThat(consumer.closed()).isFalse();
        assertThat(consumer.assignment()).hasSize(3_000);
        assertThat(records.position(first)).isEqualTo(2);
        assertThat(records.position(second)).isZero();
        assertThat(consumer.paused()).containsExactly(second);
        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(0).records()).isEqualTo(5_000);
        assertThat(sizes.get(1).partitionBytes()).isLessThan(sizes.get(0).partitionBytes() / 10);
        int made = sizes.size();
        records.assign(more);
        assertThat(sizes).hasSize(made);
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
