package io.twinlog.connect.sink.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.connect.sink.debezium.DebeziumTopics.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Debezium that restarts at random places and repeats, a worker that reads partitions at random and learns of a topic late, a target
 * that forgets what it had not committed: every transaction is applied once, whole, in order.
 */
class DebeziumReaderPropertyTest {

    private static final String[] TABLES = {"public.a", "public.b", "public.late"};
    private static final int TRANSACTIONS = 40;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void every_transaction_is_applied_once_whole_and_in_order(long seed) {
        Random random = new Random(seed);
        List<List<Integer>> expected = new ArrayList<>();
        List<Line> stream = stream(random, expected);
        DebeziumTopics topics = new DebeziumTopics();
        writeInSeveralLives(random, stream, topics);
        topics.readAtRandom(random);
        ReaderTarget target =
                new ReaderTarget(topics, new Reading(DebeziumTopics.TRANSACTIONS, topic -> true, table -> false));

        target.start(partitions(false));
        for (int step = 0; step < 400; step++) {
            target.poll();
            int dice = random.nextInt(60);
            if (dice < 10) {
                target.commit();
            } else if (dice == 10) {
                target.start(partitions(step > 200));
            }
        }
        target.start(partitions(true));
        while (!topics.isReadToTheEnd()) {
            target.poll();
        }

        assertThat(target.applied()).isEqualTo(expected);
        assertThat(target.reader().backlog()).isZero();
    }

    private static TopicPartition[] partitions(boolean late) {
        List<TopicPartition> partitions = new ArrayList<>();
        partitions.add(new TopicPartition(DebeziumTopics.TRANSACTIONS, 0));
        for (String table : TABLES) {
            if (late || !table.equals("public.late")) {
                partitions.add(DebeziumTopics.partition(table, 0));
                partitions.add(DebeziumTopics.partition(table, 1));
            }
        }
        return partitions.toArray(TopicPartition[]::new);
    }

    /** What a Debezium that never restarts would write. The places of changes of several transactions overlap. */
    private static List<Line> stream(Random random, List<List<Integer>> expected) {
        List<Line> stream = new ArrayList<>();
        int id = 0;
        for (int n = 1; n <= TRANSACTIONS; n++) {
            long xid = 500 + n;
            long commit = 1_000L * n;
            long lsn = Math.max(1, commit - 2_500);
            String commitBefore = n == 1 ? null : Long.toString(commit - 1_000);
            List<Integer> rows = new ArrayList<>();
            Map<String, Long> counts = new TreeMap<>();
            stream.add(DebeziumTopics.begin(xid, lsn, n));
            int changes = 1 + random.nextInt(5);
            for (int order = 1; order <= changes; order++) {
                String table = TABLES[random.nextInt(TABLES.length)];
                TopicPartition place = DebeziumTopics.partition(table, random.nextInt(2));
                lsn += 1 + random.nextInt(2) * (commit - 1 - lsn) / (changes + 1);
                stream.add(DebeziumTopics.insert(place, ++id, xid, order, lsn, commitBefore, n));
                if (random.nextInt(4) == 0) {
                    stream.add(DebeziumTopics.tombstone(place, id));
                }
                rows.add(id);
                counts.merge(table, 1L, Long::sum);
            }
            stream.add(DebeziumTopics.end(xid, commit, n, counts));
            expected.add(rows);
        }
        return stream;
    }

    // With its numbering restored from the offset of the last record that Connect had stored, it goes on behind that
    // one.
    private static void writeInSeveralLives(Random random, List<Line> stream, DebeziumTopics topics) {
        int next = 0;
        while (next < stream.size()) {
            int crash = Math.min(stream.size(), next + 1 + random.nextInt(60));
            topics.write(stream.subList(next, crash));
            next = crash == stream.size() ? crash : Math.max(0, crash - random.nextInt(20));
        }
    }
}
