package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariants 3, 8 and 9: exactly the rows that the target refuses are parked, with all evidence. */
class ConflictIT {

    final Twin twin = new Twin(vendor());

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private TableScript table(ReplicaIdentity identity) {
        return twin.script()
                .table(
                        shape(
                                "t",
                                identity,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text"),
                                column("n", XlogType.INT, "integer")),
                        3);
    }

    @Test
    void of_ten_thousand_rows_exactly_the_bad_ones_are_parked() {
        twin.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE, n int CHECK (n >= 0))",
                "INSERT INTO t VALUES (-1, 'taken', 0)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.FULL);
        for (int from = 0; from < 10_000; from += 100) {
            int first = from;
            twin.script().commit(tx -> {
                for (int i = first; i < first + 100; i++) {
                    boolean negative = i == 17 || i == 5000 || i == 9999;
                    tx.insert(t, i, i == 4711 ? "taken" : i == 333 ? "a\u0000b" : "v" + i, negative ? -1 : i);
                }
            });
        }
        twin.start().awaitApplied();
        // MariaDB takes a NUL in a text.
        boolean takesNul = vendor() != TargetVendor.POSTGRESQL;
        assertThat(twin.rows("SELECT count(*) FROM t WHERE id >= 0")).containsExactly(takesNul ? "9996" : "9995");
        List<ConflictKind> kinds = new ArrayList<>(List.of(
                ConflictKind.CONSTRAINT,
                ConflictKind.CONVERSION,
                ConflictKind.UNIQUE_EXISTS,
                ConflictKind.CONSTRAINT,
                ConflictKind.CONSTRAINT));
        if (takesNul) {
            kinds.remove(ConflictKind.CONVERSION);
        }
        assertThat(twin.conflicts()).extracting(ConflictRecord::kind).isEqualTo(kinds);
        ConflictRecord unique = twin.conflicts().get(kinds.indexOf(ConflictKind.UNIQUE_EXISTS));
        assertThat(unique.sqlState()).isEqualTo(takesNul ? "23000" : "23505");
        assertThat(unique.constraint()).isEqualTo(takesNul ? "v" : "t_v_key");
        assertThat(unique.evidence()).contains("under unique constraint " + unique.constraint());
        assertThat(unique.blocking()).containsExactly(Map.of("id", "-1", "v", "taken", "n", "0"));
        assertThat(unique.key()).isEqualTo(Map.of("id", "4711"));
        assertThat(unique.after()).isEqualTo(Map.of("id", "4711", "v", "taken", "n", "4711"));
        assertThat(unique.position()).isEqualTo(XlogScript.position(48));
        assertThat(unique.txId()).isEqualTo("1048");
        assertThat(unique.originalKey()).isNotEmpty();
        assertThat(unique.originalValue()).isNotEmpty();
    }

    @Test
    void an_event_that_cannot_be_decoded_is_parked_with_its_bytes() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, n int)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.FULL);
        twin.script().commit(tx -> tx.insert(t, 1, "a", 1).damaged(t, 2, "b", 2).insert(t, 3, "c", 3));
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT id FROM t ORDER BY id")).containsExactly("1", "3");
        assertThat(twin.conflictKinds()).containsExactly("1-1-2 undecodable");
        assertThat(twin.conflicts().get(0).table()).isEqualTo("t");
    }

    @Test
    void a_moved_row_that_is_missing_or_whose_new_key_is_taken_is_parked_with_both_halves() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, n int)", "INSERT INTO t VALUES (1, 'a', 1), (9, 'z', 9)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.KEY);
        twin.script()
                .commit(tx -> tx.move(t, row(1, "a", 1), row(9, "a", 1)).move(t, row(5, "e", 5), row(6, "e", 5)))
                .commit(tx -> tx.move(t, row(9, "z", 9), row(10, "z", 9)));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds())
                .containsExactly(
                        "1-1-1 insert_exists",
                        "1-1-2 insert_exists",
                        "1-1-3 update_missing",
                        "1-1-4 update_missing",
                        "1-2-1 behind",
                        "1-2-2 behind");
        assertThat(twin.rows("SELECT id FROM t ORDER BY id")).containsExactly("1", "9");
    }

    @Test
    void an_insert_of_a_row_that_is_there_already_is_a_conflict_even_if_equal() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, n int)", "INSERT INTO t VALUES (1, 'a', 1)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.FULL);
        twin.script().commit(tx -> tx.insert(t, 1, "a", 1));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).containsExactly("1-1-1 insert_exists");
        assertThat(twin.conflicts().get(0).current()).containsEntry("v", "a");
    }

    /** For minutes: {@code -Dtwinlog.tight.loop.seconds=240}. */
    @Test
    void a_local_session_in_a_tight_loop_on_other_columns_causes_no_conflict() throws Exception {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, n int, own bigint DEFAULT 0) WITH (fillfactor = 50)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.FULL);
        int keys = 50;
        twin.script().commit(tx -> {
            for (int i = 0; i < keys; i++) {
                tx.insert(t, i, "v", 0);
            }
        });
        twin.start().awaitApplied();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong loops = new AtomicLong();
        CountDownLatch looping = new CountDownLatch(1);
        CompletableFuture<Void> local = CompletableFuture.runAsync(() -> {
            try (Connection connection = twin.connect();
                    Statement statement = connection.createStatement()) {
                while (!stop.get()) {
                    try {
                        statement.executeUpdate("UPDATE t SET own = own + 1");
                        loops.incrementAndGet();
                    } catch (SQLException e) {
                        // A deadlock may choose either side.
                        if (SqlFailure.of(e) != SqlFailure.TRANSIENT) {
                            throw e;
                        }
                    }
                    looping.countDown();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        looping.await();
        int rounds = 0;
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("twinlog.tight.loop.seconds", 10))
                        .toNanos();
        while (System.nanoTime() < end) {
            // Each fifth of the keys in turn, and never far ahead of the applier: every batch meets the loop.
            for (int part = 0; part < 5; part++) {
                int first = part;
                int previous = rounds;
                twin.script().commit(tx -> {
                    for (int i = first; i < keys; i += 5) {
                        tx.update(t, row(i, "v", previous), row(i, "v", previous + 1));
                    }
                });
            }
            rounds++;
            twin.awaitApplied();
        }
        stop.set(true);
        local.join();
        System.out.println(
                "ConflictIT: " + loops.get() + " local statements, " + rounds * keys + " replicated updates, "
                        + twin.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                        + " deadlocks");
        assertThat(loops.get()).isGreaterThan(20);
        assertThat(rounds).isGreaterThan(3);
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT DISTINCT n FROM t")).containsExactly("" + rounds);
        assertThat(twin.rows("SELECT DISTINCT own FROM t")).containsExactly("" + loops.get());
    }

    @Test
    void a_deadlock_with_a_local_session_is_resolved_whomever_the_server_chooses() throws Exception {
        twin.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v text, n int, own int)",
                "INSERT INTO t (id, v, n) VALUES (1, 'a', 1), (2, 'a', 1)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.FULL);
        try (Connection local = twin.connect();
                Statement statement = local.createStatement()) {
            local.setAutoCommit(false);
            statement.executeUpdate("UPDATE t SET own = 2 WHERE id = 2");
            twin.script()
                    .commit(tx ->
                            tx.update(t, row(1, "a", 1), row(1, "b", 1)).update(t, row(2, "a", 1), row(2, "b", 1)));
            twin.start();
            twin.sink().flush();
            org.awaitility.Awaitility.await()
                    .until(() -> twin.rows("SELECT count(*) FROM pg_locks WHERE NOT granted")
                            .get(0)
                            .equals("1"));
            try {
                statement.executeUpdate("UPDATE t SET own = 1 WHERE id = 1");
                local.commit();
            } catch (SQLException e) {
                assertThat(SqlFailure.of(e)).isEqualTo(SqlFailure.TRANSIENT);
                local.rollback();
            }
        }
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT v FROM t")).containsExactly("b", "b");
        org.awaitility.Awaitility.await()
                .until(() -> twin.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                        .equals(java.util.List.of("1")));
    }

    @Test
    void a_row_that_is_deleted_and_inserted_again_at_this_instant_is_not_missing() throws Exception {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, n int)", "INSERT INTO t VALUES (1, 'a', 1), (2, 'x', 2)");
        twin.script().epoch();
        TableScript t = table(ReplicaIdentity.FULL);
        try (Connection local = twin.connect();
                Statement statement = local.createStatement()) {
            local.setAutoCommit(false);
            statement.executeUpdate("DELETE FROM t WHERE id = 1");
            statement.executeUpdate("INSERT INTO t VALUES (1, 'a', 1)");
            twin.script().commit(tx -> tx.update(t, row(1, "a", 1), row(1, "b", 1)));
            twin.start();
            twin.sink().flush();
            org.awaitility.Awaitility.await()
                    .until(() -> twin.rows("SELECT count(*) FROM pg_locks WHERE NOT granted")
                            .get(0)
                            .equals("1"));
            local.commit();
        }
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT v FROM t WHERE id = 1")).containsExactly("b");
    }
}
