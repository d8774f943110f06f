package io.twinlog.applier.merge;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.MemorySink;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 2 (nothing is skipped): whatever the interleaving of partitions and the restarts of capture, the merged order is the source's. */
class MergerSimulationTest {

    private final MemorySink sink = new MemorySink();
    private final XlogScript script = new XlogScript("sim", sink);
    private final List<String> expected = new ArrayList<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void any_interleaving_merges_to_the_source_order(long seed) {
        Random random = new Random(seed);
        write(random);
        for (int run = 0; run < 20; run++) {
            assertThat(merge(random, new EventId(0, 0, Long.MAX_VALUE))).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void a_restart_behind_any_transaction_gives_exactly_the_rest(long seed) {
        Random random = new Random(seed);
        write(random);
        for (String last : expected) {
            EventId applied = EventId.parse(last);
            List<String> rest = expected.stream()
                    .filter(id -> EventId.parse(id).epoch() > applied.epoch()
                            || (EventId.parse(id).epoch() == applied.epoch()
                                    && EventId.parse(id).seq() > applied.seq()))
                    .toList();
            assertThat(merge(random, new EventId(applied.epoch(), applied.seq(), Long.MAX_VALUE)))
                    .isEqualTo(rest);
        }
    }

    // Transactions over two tables; capture dies now and then in the middle of one and sends the last few again, under
    // the same epoch, or under a new one that tells another story from there.
    private void write(Random random) {
        script.epoch();
        TableScript a = script.table(shape("a", ReplicaIdentity.KEY, key("id", XlogType.LONG, "bigint")), 3);
        TableScript b = script.table(
                shape("b", ReplicaIdentity.KEY, key("id", XlogType.LONG, "bigint"), column("v", XlogType.TEXT, "text")),
                2);
        List<Long> seeds = new ArrayList<>();
        long stored = 0;
        for (int i = 0; i < 40; i++) {
            int dice = random.nextInt(10);
            if (dice == 0) {
                seeds.add(random.nextLong());
                transaction(script.seq() + 1, seeds.get(seeds.size() - 1), a, b, false);
                resend(stored, seeds, a, b, random);
            } else if (dice == 1) {
                // Voided: begun under the old epoch, never completed.
                transaction(script.seq() + 1, random.nextLong(), a, b, false);
                script.epoch(script.seq(), "accepted-loss");
                stored = script.seq();
            } else if (dice == 2) {
                script.heartbeat(stored);
            } else {
                seeds.add(random.nextLong());
                transaction(script.seq() + 1, seeds.get(seeds.size() - 1), a, b, true);
                record(script.seq(), seeds.get(seeds.size() - 1));
                if (random.nextInt(3) == 0) {
                    stored = script.seq();
                }
            }
        }
    }

    private void record(long seq, long seed) {
        int events = 1 + new Random(seed).nextInt(6);
        for (int i = 1; i <= events; i++) {
            expected.add(new EventId(script.epochNumber(), seq, i).toString());
        }
    }

    private void resend(long stored, List<Long> seeds, TableScript a, TableScript b, Random random) {
        long last = script.seq();
        long from = Math.max(stored + 1, last - random.nextInt(4));
        for (long seq = from; seq <= last; seq++) {
            transaction(seq, seeds.get((int) (seeds.size() - 1 - (last - seq))), a, b, true);
        }
        record(last, seeds.get(seeds.size() - 1));
    }

    private void transaction(long seq, long seed, TableScript a, TableScript b, boolean end) {
        Random random = new Random(seed);
        int events = 1 + random.nextInt(6);
        int written = end ? events : (int) Math.floorMod(seed, (long) events);
        XlogScript.Transaction transaction = script.begin(seq, Map.of());
        for (int i = 0; i < written; i++) {
            long id = random.nextLong();
            if (random.nextBoolean()) {
                transaction.insert(a, id);
            } else {
                transaction.insert(b, id, "v" + i);
            }
        }
        if (end) {
            transaction.end();
        }
    }

    private List<String> merge(Random random, EventId applied) {
        TopicPartition control = new TopicPartition("sim.transactions", 0);
        Merger merger = new Merger(control, applied, 0);
        EventDecoder decoder = new EventDecoder(sink.schemas());
        sink.data().keySet().forEach(partition -> merger.addPartition(partition, 0));
        Map<TopicPartition, Integer> next = new HashMap<>();
        List<TopicPartition> open = new ArrayList<>(sink.data().keySet());
        open.add(control);
        List<String> merged = new ArrayList<>();
        List<String> transaction = new ArrayList<>();
        while (!open.isEmpty()) {
            TopicPartition partition = open.get(random.nextInt(open.size()));
            for (int n = 1 + random.nextInt(8); n > 0 && open.contains(partition); n--) {
                int offset = next.merge(partition, 1, Integer::sum) - 1;
                if (partition.equals(control)) {
                    feedControl(merger, offset, partition, open);
                } else {
                    feedData(merger, decoder, offset, partition, open);
                }
            }
            drain(merger, merged, transaction);
        }
        drain(merger, merged, transaction);
        return merged;
    }

    private void feedControl(Merger merger, int offset, TopicPartition partition, List<TopicPartition> open) {
        List<ControlRecord> records = sink.control();
        if (offset < records.size()) {
            merger.feedControl(offset, records.get(offset));
        } else {
            open.remove(partition);
        }
    }

    private void feedData(
            Merger merger, EventDecoder decoder, int offset, TopicPartition partition, List<TopicPartition> open) {
        List<MemorySink.Data> records = sink.data().get(partition);
        if (offset < records.size()) {
            MemorySink.Data data = records.get(offset);
            merger.feed(decoder.decode(partition, offset, data.key(), data.value()));
        } else {
            open.remove(partition);
        }
    }

    private static void drain(Merger merger, List<String> merged, List<String> transaction) {
        for (Merged item = merger.next(); item != null; item = merger.next()) {
            switch (item.kind()) {
                case BEGAN, VOIDED -> transaction.clear();
                case EVENT -> transaction.add(((XlogEvent) item).id().toString());
                case ENDED -> {
                    merged.addAll(transaction);
                    transaction.clear();
                }
                case CONTROL -> {}
            }
        }
    }
}
