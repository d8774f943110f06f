package io.twinlog.connect.sink.debezium;

import static io.twinlog.connect.sink.debezium.DebeziumTopics.TRANSACTIONS;
import static io.twinlog.connect.sink.debezium.DebeziumTopics.begin;
import static io.twinlog.connect.sink.debezium.DebeziumTopics.end;
import static io.twinlog.connect.sink.debezium.DebeziumTopics.insert;
import static io.twinlog.connect.sink.debezium.DebeziumTopics.loose;
import static io.twinlog.connect.sink.debezium.DebeziumTopics.tombstone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.connect.sink.debezium.DebeziumTopics.Line;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DebeziumReaderTest {

    private static final TopicPartition CONTROL = new TopicPartition(TRANSACTIONS, 0);
    private static final TopicPartition T0 = DebeziumTopics.partition("public.t", 0);
    private static final TopicPartition T1 = DebeziumTopics.partition("public.t", 1);
    private static final TopicPartition LATE = DebeziumTopics.partition("public.late", 0);

    // Transaction 7 commits at 200, behind a commit at 100; transaction 8 commits at 300.
    private static final Line BEGIN_7 = begin(7, 110, 1_000);
    private static final Line ROW_1 = insert(T0, 1, 7, 1, 120, "100", 1_000);
    private static final Line ROW_2 = insert(LATE, 2, 7, 2, 130, "100", 1_000);
    private static final Line ROW_3 = insert(T1, 3, 7, 3, 140, "100", 1_000);
    private static final Line END_7 = end(7, 200, 1_000, Map.of("public.t", 2L, "public.late", 1L));
    private static final Line BEGIN_8 = begin(8, 150, 2_000);
    private static final Line ROW_4 = insert(T0, 4, 8, 1, 160, "200", 2_000);
    private static final Line END_8 = end(8, 300, 2_000, Map.of("public.t", 1L));

    private final DebeziumTopics topics = new DebeziumTopics();
    private final ReaderTarget target = new ReaderTarget(topics, reading("db\\..*", ""));

    private static Reading reading(String subscribed, String leftOut) {
        return new Reading(TRANSACTIONS, topic -> topic.matches(subscribed), leftOut::equals);
    }

    @Test
    void transactions_come_whole_and_in_the_order_of_their_begins_whatever_is_read_first() {
        target.start(CONTROL, T0, T1, LATE);
        topics.write(ROW_3, ROW_4, BEGIN_7, END_7, BEGIN_8, END_8);
        assertThat(target.applied()).isEmpty();
        topics.write(ROW_2);
        assertThat(target.applied()).isEmpty();
        topics.write(ROW_1);

        assertThat(target.applied()).containsExactly(List.of(1, 2, 3), List.of(4));
        assertThat(target.reader().backlog()).isZero();
    }

    @Test
    void a_transaction_waits_for_a_topic_that_appears_late_and_is_applied_whole_once_the_worker_brings_it() {
        target.start(CONTROL, T0, T1);
        topics.write(BEGIN_7, ROW_1, ROW_3, END_7, BEGIN_8, ROW_4, END_8);
        assertThat(target.applied()).isEmpty();
        assertThat(target.obstacle())
                .contains("transaction 7 (commit at 200)")
                .contains("1 event of public.late")
                .contains("there is no topic db.public.late");

        topics.write(ROW_2);
        assertThat(target.applied()).isEmpty();
        assertThat(target.obstacle())
                .contains("db.public.late exists, but the worker has not brought it yet")
                .contains("consumer.override.metadata.max.age.ms");
        target.start(CONTROL, T0, T1, LATE);

        assertThat(target.applied()).containsExactly(List.of(1, 2, 3), List.of(4));
        assertThat(target.obstacle()).isNull();
    }

    @Test
    void a_table_whose_topic_is_not_subscribed_is_waited_for_unless_it_is_left_out() {
        ReaderTarget narrow = new ReaderTarget(topics, reading("db\\.public\\.t|db\\.transaction", ""));
        narrow.start(CONTROL, T0, T1);
        topics.write(BEGIN_7, ROW_1, ROW_3, END_7);
        assertThat(narrow.applied()).isEmpty();
        assertThat(narrow.obstacle())
                .contains("db.public.late is not among this sink's topics")
                .contains("debezium.tables.exclude=public.late");

        ReaderTarget without = new ReaderTarget(topics, reading("db\\.public\\.t|db\\.transaction", "public.late"));
        without.start(CONTROL, T0, T1);
        assertThat(without.applied()).containsExactly(List.of(1, 3));
        topics.write(ROW_2);
        ReaderTarget readsItAll = new ReaderTarget(topics, reading("db\\..*", "public.late"));
        readsItAll.start(CONTROL, T0, T1, LATE);
        assertThat(readsItAll.applied()).containsExactly(List.of(1, 3));
    }

    @Test
    void a_restart_in_the_middle_of_a_transaction_goes_on_with_it() {
        target.start(CONTROL, T0, T1, LATE);
        topics.write(BEGIN_8, ROW_4, END_8);
        assertThat(target.applied()).containsExactly(List.of(4));
        Line second = insert(T1, 6, 9, 2, 320, "300", 3_000);
        topics.write(begin(9, 305, 3_000), insert(T0, 5, 9, 1, 310, "300", 3_000));
        assertThat(target.applied()).hasSize(1);

        target.start(CONTROL, T1, LATE);
        topics.write(second, end(9, 400, 3_000, Map.of("public.t", 2L)));
        assertThat(target.applied()).hasSize(1);
        target.start(CONTROL, T0, T1, LATE);

        assertThat(target.applied()).containsExactly(List.of(4), List.of(5, 6));
    }

    @Test
    void what_a_restarted_debezium_sends_again_as_a_whole_is_dropped() {
        target.start(CONTROL, T0, T1, LATE);
        Line[] whole = {BEGIN_7, ROW_1, ROW_2, ROW_3, END_7};
        topics.write(whole);
        assertThat(target.applied()).hasSize(1);
        topics.write(whole);
        topics.write(BEGIN_8, ROW_4, END_8);
        assertThat(target.applied()).containsExactly(List.of(1, 2, 3), List.of(4));
        topics.write(whole);
        target.start(CONTROL, T0, T1, LATE);

        assertThat(target.applied()).hasSize(2);
        assertThat(target.reader().backlog()).isZero();
    }

    @Test
    void what_a_restarted_debezium_sends_again_in_part_is_dropped_and_blocks_nothing() {
        target.start(CONTROL, T0, T1, LATE);
        topics.write(BEGIN_7, ROW_1, ROW_2, ROW_3, END_7);
        assertThat(target.applied()).hasSize(1);
        // It goes on behind the first change; first with the sink that remembers, then with one that does not.
        topics.write(ROW_3, END_7);
        assertThat(target.applied()).hasSize(1);
        assertThat(target.reader().backlog()).isZero();
        topics.write(ROW_2, ROW_3);
        target.start(CONTROL, T0, T1, LATE);
        assertThat(target.applied()).hasSize(1);
        topics.write(END_7, BEGIN_8, ROW_4, END_8);

        assertThat(target.applied()).containsExactly(List.of(1, 2, 3), List.of(4));
        assertThat(target.reader().backlog()).isZero();
    }

    @Test
    void a_transaction_of_which_a_part_was_sent_twice_is_applied_once() {
        target.start(CONTROL, T0, T1, LATE);
        topics.write(BEGIN_7, ROW_1, ROW_2, BEGIN_7, ROW_1, ROW_2, ROW_2, ROW_3, END_7);

        assertThat(target.applied()).containsExactly(List.of(1, 2, 3));
        assertThat(target.reader().backlog()).isZero();
    }

    @Test
    void a_transaction_that_is_told_twice_and_differently_stops_the_sink() {
        target.start(CONTROL, T0, T1, LATE);
        topics.write(BEGIN_7, ROW_1, ROW_2, insert(T1, 3, 7, 2, 140, "100", 1_000));

        assertThatThrownBy(target::applied)
                .isInstanceOf(TwinlogException.class)
                .hasMessageContaining("transaction 7 twice, and differently")
                .hasMessageContaining("public.late");
    }

    @Test
    void an_older_place_with_a_newer_commit_is_a_gap() {
        target.at(5, "200", 5_000).start(CONTROL, T0, T1);
        topics.write(begin(9, 20, 6_000), end(9, 30, 6_000, Map.of("public.t", 1L)));

        assertThatThrownBy(target::applied)
                .isInstanceOf(TwinlogException.class)
                .hasMessageContaining("GAP")
                .hasMessageContaining("goes from 200 back to 30");
    }

    @Test
    void rows_of_snapshots_are_applied_as_they_come_but_not_before_what_stands_before_them() {
        target.start(CONTROL, T0, T1, LATE);
        topics.write(loose(T0, 50, "r", 90, null, 500), loose(LATE, 51, "r", 90, null, 500));
        assertThat(target.applied()).containsExactly(List.of(50, 51));
        topics.write(BEGIN_7, ROW_1, ROW_3, END_7, loose(T0, 52, "r", 210, "200", 1_500));
        topics.write(loose(LATE, 53, "r", 210, "200", 1_500), BEGIN_8, ROW_4, END_8);
        assertThat(target.applied()).containsExactly(List.of(50, 51), List.of(53));
        topics.write(ROW_2);

        assertThat(target.applied())
                .containsExactly(List.of(50, 51), List.of(53), List.of(1, 2, 3), List.of(52), List.of(4));
    }

    @Test
    void tombstones_and_messages_change_nothing_and_hold_nobody_up() {
        target.start(CONTROL, T0, T1, DebeziumTopics.partition("message.x", 0));
        topics.write(tombstone(T0, 9), BEGIN_8, ROW_4, tombstone(T0, 4));
        topics.write(loose(DebeziumTopics.partition("message.x", 0), 0, "m", 170, "200", 2_000));
        topics.write(end(8, 300, 2_000, Map.of("public.t", 1L, "LOGICAL_DECODING_MESSAGE", 1L)));

        assertThat(target.applied()).containsExactly(List.of(4));
        assertThat(target.reader().backlog()).isZero();
    }

    @Test
    void changes_whose_begin_is_missing_are_told() {
        target.start(T0, T1);
        topics.write(ROW_4);
        assertThat(target.applied()).isEmpty();

        assertThat(target.obstacle())
                .contains(
                        "transaction 8, of which 1 changes are read, waits for its BEGIN and END on topic db.transaction")
                .contains("provide.transaction.metadata=true");
    }

    @Test
    void overlapping_transactions_in_key_order_are_no_repetitions() {
        ReaderTarget keys = new ReaderTarget(topics, new Reading("", topic -> true, table -> false));
        keys.start(T0);
        Line first = loose(T0, 1, "c", 200, "50", 1_000);
        Line second = loose(T0, 2, "c", 100, "250", 2_000);
        topics.write(first, second);
        assertThat(keys.applied()).containsExactly(List.of(1, 2));
        topics.write(first, second);

        // The later one shares the place of its commit with what may be missing, so it is given out again.
        assertThat(keys.applied()).containsExactly(List.of(1, 2), List.of(2));
    }

    @Test
    void a_transaction_topic_with_several_partitions_is_refused() {
        assertThatThrownBy(() -> target.start(CONTROL, new TopicPartition(TRANSACTIONS, 1)))
                .isInstanceOf(TwinlogException.class)
                .hasMessageContaining("has several partitions")
                .hasMessageContaining("topic.creation.transactions.partitions=1");
    }
}
