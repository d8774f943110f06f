package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Invariants 4, 5, 7 and 10: accounts whose sum never changes, moved under kills, terminated backends and locks. Proves nothing
 * about a machine that loses power: the files stay those of the running system.
 */
class CrashFaultIT {

    private static final int ACCOUNTS = 40;

    private final Twin twin = new Twin(vendor());
    private final Random random = new Random(4711);
    private final int[] balances = new int[ACCOUNTS];
    private TableScript accounts;
    private TableScript ledger;
    private int entries;

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    /** How often a process is killed. */
    int kills() {
        return 5;
    }

    /** Rows of the large transaction; they do not fit into the heap. */
    int rows() {
        return 1_000_000;
    }

    String heap() {
        return "256m";
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private void begin() {
        twin.sql(
                "CREATE TABLE accounts (id int PRIMARY KEY, balance int)",
                "CREATE TABLE ledger (id int PRIMARY KEY, amount int)");
        twin.script().epoch();
        accounts = twin.script()
                .table(
                        shape(
                                "accounts",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("balance", XlogType.INT, "integer")),
                        3);
        ledger = twin.script()
                .table(
                        shape(
                                "ledger",
                                ReplicaIdentity.KEY,
                                key("id", XlogType.INT, "integer"),
                                column("amount", XlogType.INT, "integer")),
                        3);
        twin.script().commit(tx -> {
            for (int i = 0; i < ACCOUNTS; i++) {
                tx.insert(accounts, i, 0);
            }
        });
    }

    private void transfer() {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        int amount = random.nextInt(100);
        twin.script().commit(tx -> {
            tx.update(accounts, row(from, balances[from]), row(from, balances[from] - amount));
            tx.update(accounts, row(to, balances[to]), row(to, balances[to] + amount));
            tx.insert(ledger, entries++, amount);
        });
        balances[from] -= amount;
        balances[to] += amount;
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private void isWhole() {
        assertThat(twin.rows("SELECT sum(balance) FROM accounts"))
                .isIn(java.util.List.of("0"), java.util.List.of("null"));
    }

    private void isEqual() {
        assertThat(twin.rows("SELECT balance FROM accounts ORDER BY id"))
                .isEqualTo(IntStream.of(balances).mapToObj(String::valueOf).toList());
        assertThat(twin.rows("SELECT count(*) FROM ledger")).containsExactly(Integer.toString(entries));
        assertThat(twin.conflictKinds()).isEmpty();
    }

    private JavaProcess.Builder child(String heap, int batch) {
        return JavaProcess.of(ApplierMain.class)
                .likeLauncher(heap)
                .arguments(
                        twin.replication(),
                        Servers.kafka().bootstrapServers(),
                        twin.url(),
                        vendor().user(),
                        Integer.toString(batch));
    }

    @Test
    void kill_minus_nine_under_load_loses_and_doubles_nothing() {
        begin();
        JavaProcess.Builder builder = child("256m", 50);
        for (int round = 0; round < kills(); round++) {
            try (JavaProcess process = builder.start()) {
                for (int i = 0; i < 300; i++) {
                    transfer();
                }
                twin.sink().flush();
                long before = ledgerRows();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            isWhole();
                            return ledgerRows() > before + random.nextInt(250);
                        });
                process.kill();
            }
            isWhole();
        }
        twin.start().awaitApplied();
        isEqual();
    }

    private long ledgerRows() {
        return Long.parseLong(twin.rows("SELECT count(*) FROM ledger").get(0));
    }

    @Test
    void terminated_backends_heal_alone() {
        begin();
        twin.batchEvents(30).start();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 50; i++) {
                transfer();
            }
            twin.sink().flush();
            twin.endApplierSession();
            isWhole();
        }
        twin.awaitApplied();
        assertThat(twin.states()).anyMatch(s -> s.state() == MemberState.PAUSED);
        isEqual();
    }

    @Test
    void a_lock_held_in_the_target_delays_and_parks_nothing() throws Exception {
        begin();
        twin.start().awaitApplied();
        try (Connection local = twin.connect();
                Statement statement = local.createStatement()) {
            local.setAutoCommit(false);
            statement.execute("SELECT * FROM accounts FOR UPDATE");
            for (int i = 0; i < 20; i++) {
                transfer();
            }
            awaitWaitForLock();
            local.rollback();
        }
        twin.awaitApplied();
        isEqual();
    }

    private void transferIsLockedOut(Statement local) throws SQLException {
        local.execute("SELECT * FROM accounts FOR UPDATE");
        transfer();
        awaitWaitForLock();
    }

    private void awaitWaitForLock() {
        twin.sink().flush();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> twin.rows("SELECT count(*) FROM pg_locks WHERE NOT granted")
                        .get(0)
                        .equals("1"));
    }

    /** Both while the first one's session waits for a lock, so that the server looks at neither client. */
    @Test
    void a_second_applier_is_refused_while_the_first_lives_and_waits_for_the_session_of_one_that_was_killed()
            throws Exception {
        begin();
        try (JavaProcess first = child("128m", 50).start();
                Connection local = twin.connect();
                Statement statement = local.createStatement()) {
            twin.awaitApplied();
            local.setAutoCommit(false);
            transferIsLockedOut(statement);
            TwinlogException refused = twin.start().awaitFailure();
            assertThat(refused.category()).isEqualTo(Category.CONFIG);
            assertThat(refused)
                    .hasMessageContaining("Another applier works on replication " + twin.replication())
                    .hasMessageContaining(vendor().holder(twin.replication()));
            local.rollback();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> ledgerRows() == entries);
            transferIsLockedOut(statement);
            first.kill();
            twin.start();
            // PostgreSQL notices before the lock is free. MariaDB and MySQL do so behind the statement, later than
            // an idle session would be waited for.
            long start = System.nanoTime();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> twin.applier().status().toString().contains("in a transaction since")
                            || twin.applier().status().toString().contains("gives no sign of life")
                                    && System.nanoTime() - start > 4_500_000_000L);
            local.rollback();
        }
        transfer();
        twin.awaitApplied();
        isEqual();
    }

    @Test
    void a_progress_row_that_somebody_moved_stops_the_applier_with_nothing_applied_on_top() {
        begin();
        twin.start().awaitApplied();
        twin.sql("UPDATE twinlog.progress SET seq = seq + 5");
        transfer();
        assertThat(twin.awaitFailure().category()).isEqualTo(Category.HALT);
        assertThat(ledgerRows()).isZero();
    }

    @Test
    void many_rows_in_one_transaction_fit_a_small_heap_and_appear_at_once_also_behind_a_kill() {
        begin();
        int rows = rows();
        twin.script().commit(tx -> {
            for (int i = 0; i < rows; i++) {
                tx.insert(ledger, i, i);
            }
        });
        twin.script().heartbeat();
        twin.sink().flush();
        try (JavaProcess killed = child(heap(), 5000).start()) {
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
                assertThat(killed.isRunning()).as(killed.output()).isTrue();
                return !twin.rows(vendor().longTransaction(twin.replication(), rows / 2))
                        .isEmpty();
            });
            killed.kill();
        }
        assertThat(ledgerRows()).isZero();
        // Whatever the server still has to do for the one before.
        try (JavaProcess process = child(heap(), 5000).start()) {
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
                long seen = ledgerRows();
                assertThat(seen).isIn(0L, (long) rows);
                assertThat(process.isRunning()).as(process.output()).isTrue();
                return seen == rows;
            });
            process.terminate();
            assertThat(process.awaitExit(Duration.ofSeconds(20))).isIn(0, 143);
        }
        assertThat(twin.states()).noneMatch(s -> s.state() == MemberState.PAUSED);
    }
}
