package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Invariants 3 and 7: servers that go away are waited for; nothing is parked, lost or applied twice. */
class OutageFaultIT {

    @Test
    void a_target_that_crashes_is_waited_for_and_nothing_is_parked() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            postgres.createDatabase("away");
            try (Twin twin =
                    new Twin(Servers.kafka().bootstrapServers(), "away", postgres.jdbcUrl("away"), "postgres")) {
                TableScript t = table(twin);
                twin.start();
                for (int round = 0; round < 3; round++) {
                    insert(twin, t, round * 1000, 500);
                    twin.sink().flush();
                    postgres.stopImmediately();
                    // Some of the first half may be applied already; this half finds nobody.
                    insert(twin, t, round * 1000 + 500, 500);
                    twin.sink().flush();
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(20))
                            .until(() -> twin.applier().status().state() == MemberState.PAUSED);
                    assertThat(twin.applier().status().reason()).contains("target");
                    postgres.start();
                    awaitHealed(twin);
                }
                twin.awaitApplied();
                assertThat(twin.rows("SELECT count(*) FROM t")).containsExactly("3000");
                assertThat(twin.conflicts()).isEmpty();
                awaitHealed(twin);
            }
        }
    }

    @Test
    void a_conflict_waits_for_kafka_and_is_not_dropped() {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().start();
                Twin twin = new Twin(kafka.bootstrapServers(), Servers.uniqueName())) {
            TableScript t = table(twin);
            insert(twin, t, 0, 10);
            twin.start().awaitApplied();
            twin.sql("INSERT INTO t VALUES (20)");
            insert(twin, t, 20, 1);
            twin.sink().flush();
            kafka.restart();
            insert(twin, t, 30, 10);
            twin.awaitApplied();
            assertThat(twin.conflictKinds()).containsExactly("1-11-1 insert_exists");
            assertThat(twin.rows("SELECT count(*) FROM t")).containsExactly("21");
        }
    }

    private static void awaitHealed(Twin twin) {
        Awaitility.await("the end of the outage")
                .atMost(Duration.ofSeconds(20))
                .until(() -> twin.applier().status().state() != MemberState.PAUSED);
    }

    @Test
    void a_target_that_turns_read_only_is_waited_for_and_nothing_is_parked() {
        try (Twin twin = new Twin()) {
            TableScript t = table(twin);
            insert(twin, t, 0, 10);
            twin.start().awaitApplied();
            String database = twin.rows("SELECT current_database()").get(0);
            twin.sql(
                    "ALTER DATABASE " + database + " SET default_transaction_read_only = on",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <>"
                            + " pg_backend_pid()");
            insert(twin, t, 10, 10);
            twin.sink().flush();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                String reason = twin.applier().status().reason();
                return twin.applier().status().state() == MemberState.PAUSED
                        && reason != null
                        && reason.contains("25006");
            });
            twin.sql(
                    "SET default_transaction_read_only = off",
                    "ALTER DATABASE " + database + " RESET default_transaction_read_only");
            twin.awaitApplied();
            assertThat(twin.rows("SELECT count(*) FROM t")).containsExactly("20");
            assertThat(twin.conflicts()).isEmpty();
            awaitHealed(twin);
        }
    }

    @Test
    void the_status_names_the_session_that_keeps_the_applier_waiting_until_it_is_gone() throws Exception {
        try (Twin twin = new Twin()) {
            TableScript t = table(twin);
            insert(twin, t, 0, 1);
            twin.start().awaitApplied();
            try (Connection local = twin.connect();
                    Statement statement = local.createStatement()) {
                statement.execute("SET application_name = 'month end'");
                local.setAutoCommit(false);
                statement.execute("LOCK TABLE t IN SHARE MODE");
                insert(twin, t, 1, 1);
                twin.sink().flush();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(
                                () -> reason(twin)
                                        .contains(
                                                "session "
                                                        + local.unwrap(PGConnection.class)
                                                                .getBackendPID()
                                                        + " (application_name 'month end', idle in transaction, in a transaction since "));
                assertThat(twin.applier().status().state()).isNotEqualTo(MemberState.PAUSED);
                // Behind the lock time-out too.
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> reason(twin).contains("55P03"));
                assertThat(reason(twin)).contains("attempt 1", "month end");
                local.commit();
            }
            twin.awaitApplied();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> twin.applier().status().reason() == null);
            assertThat(twin.rows("SELECT count(*) FROM t")).containsExactly("2");
        }
    }

    private static String reason(Twin twin) {
        return String.valueOf(twin.applier().status().reason());
    }

    private static TableScript table(Twin twin) {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY)");
        twin.script().epoch();
        return twin.script().table(shape("t", ReplicaIdentity.FULL, key("id", XlogType.INT, "integer")), 2);
    }

    private static void insert(Twin twin, TableScript t, int from, int count) {
        for (int i = from; i < from + count; i++) {
            int id = i;
            twin.script().commit(tx -> tx.insert(t, id));
        }
    }
}
