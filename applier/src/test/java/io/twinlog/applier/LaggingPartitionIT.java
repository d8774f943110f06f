package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.HeldPartition;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Invariant 4: transactions commit in the source's order and whole, also when one partition of several stays behind. */
class LaggingPartitionIT {

    private static final int PARTITIONS = 4;
    private static final int HELD = 2;
    private static final int KEYS = 40;
    private static final int TRANSACTIONS = 120;

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @Test
    void a_partition_that_lags_holds_back_its_transaction_and_every_later_one() {
        try (Twin twin = new Twin(vendor())) {
            twin.sql("CREATE TABLE account (id int PRIMARY KEY, balance bigint)");
            HeldPartition sink = new HeldPartition(twin.sink(), HELD);
            XlogScript script = new XlogScript(twin.replication(), sink).epoch();
            TableScript account = script.table(
                    shape(
                            "account",
                            ReplicaIdentity.FULL,
                            key("id", XlogType.INT, "integer"),
                            column("balance", XlogType.LONG, "bigint")),
                    PARTITIONS);
            Map<Integer, Long> balances = new TreeMap<>();
            script.commit(tx -> {
                for (int id = 1; id <= KEYS; id++) {
                    tx.insert(account, id, 0L);
                    balances.put(id, 0L);
                }
            });
            twin.sink().flush();
            twin.start();
            awaitExactly(twin, script.seq(), balances);

            sink.hold();
            Random random = new Random(4711);
            List<Map<Integer, Long>> states = new ArrayList<>();
            List<Blocked> blocked = new ArrayList<>();
            for (int i = 0; i < TRANSACTIONS; i++) {
                states.add(new TreeMap<>(balances));
                int from = 1 + random.nextInt(KEYS);
                int to = 1 + (from + random.nextInt(KEYS - 1)) % KEYS;
                long amount = random.nextInt(1000);
                XlogScript.Transaction transaction = script.begin();
                int heldBefore = sink.size();
                add(transaction, account, balances, from, -amount);
                add(transaction, account, balances, to, amount);
                // Only the first transaction is known to be stored: else the missing events would be a gap.
                transaction.end(1);
                if (sink.size() > heldBefore) {
                    blocked.add(new Blocked(i, sink.size() - heldBefore));
                }
            }
            twin.sink().flush();
            assertThat(blocked)
                    .as("transactions with events in the partition that lags")
                    .hasSizeGreaterThan(20);

            for (Blocked transaction : blocked) {
                awaitExactly(twin, 1 + transaction.index(), states.get(transaction.index()));
                sink.release(transaction.events());
                twin.sink().flush();
            }
            awaitExactly(twin, script.seq(), balances);
            assertThat(sink.size()).isZero();
            assertThat(twin.conflicts()).isEmpty();
        }
    }

    /** A transaction with events in the partition that lags; index 0 follows the first transaction. */
    private record Blocked(int index, int events) {}

    private static void add(
            XlogScript.Transaction transaction, TableScript account, Map<Integer, Long> balances, int id, long amount) {
        long before = balances.get(id);
        transaction.update(account, new Object[] {id, before}, new Object[] {id, before + amount});
        balances.put(id, before + amount);
    }

    private static void awaitExactly(Twin twin, long seq, Map<Integer, Long> balances) {
        Awaitility.await("transaction " + seq)
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(5))
                // The applier makes its tables with its first connection.
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .untilAsserted(() -> assertThat(twin.rows(
                                "SELECT seq FROM twinlog.progress WHERE replication = '" + twin.replication() + "'"))
                        .containsExactly(Long.toString(seq)));
        assertThat(twin.rows("SELECT id, balance FROM account ORDER BY id"))
                .as("the target behind transaction " + seq)
                .isEqualTo(balances.entrySet().stream()
                        .map(entry -> entry.getKey() + "|" + entry.getValue())
                        .toList());
    }
}
