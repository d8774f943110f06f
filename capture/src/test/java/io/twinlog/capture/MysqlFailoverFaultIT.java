package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A promoted replica of MySQL's, with sets of GTIDs. It works in parallel and commits in an order of its own. Runs with -Pmysql only.
 */
class MysqlFailoverFaultIT extends FailoverFaults {

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMysql one;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMysql two;

    MysqlFailoverFaultIT() {
        super(one, two);
    }

    @BeforeAll
    static void start() {
        one = server("1");
        two = server("2");
    }

    private static EmbeddedMysql server(String id) {
        return EmbeddedMysql.builder()
                .setting("server_id", id)
                .setting("replica_parallel_workers", "4")
                .setting("replica_preserve_commit_order", "OFF")
                .start();
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
    }

    @Override
    void reset(EmbeddedServer server) {
        server.execute("", "STOP REPLICA", "RESET REPLICA ALL", "RESET BINARY LOGS AND GTIDS");
    }

    @Override
    void follow(EmbeddedServer replica, EmbeddedServer primary) {
        replica.execute(
                "",
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = " + primary.port()
                        + ", SOURCE_USER = 'root', SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1,"
                        + " GET_SOURCE_PUBLIC_KEY = 1",
                "START REPLICA");
    }

    @Override
    String has(EmbeddedServer server) {
        return value(server, "SELECT @@global.gtid_executed");
    }

    @Override
    void awaitReplica(EmbeddedServer replica, String gtids) {
        assertThat(value(replica, "SELECT WAIT_FOR_EXECUTED_GTID_SET('" + gtids + "', 20)"))
                .as("the replica has " + gtids)
                .isEqualTo("0");
    }

    @Override
    void promote(EmbeddedServer server) {
        server.execute("", "STOP REPLICA IO_THREAD");
        awaitReplica(
                server,
                value(server, "SELECT received_transaction_set FROM performance_schema.replication_connection_status"));
        server.execute("", "STOP REPLICA", "RESET REPLICA ALL");
    }

    @Override
    void fillFromBackup(EmbeddedServer server, String gtids) {
        server.execute("", "RESET BINARY LOGS AND GTIDS", "SET GLOBAL gtid_purged = '" + gtids + "'");
    }

    @Override
    List<String> aroundInsert(int writer) {
        String automatic = "SET gtid_next = 'AUTOMATIC'";
        return List.of(writer == 3 ? "SET gtid_next = 'AUTOMATIC:three'" : automatic, automatic);
    }

    @Override
    String whatHasAll(List<String> gtids) {
        return String.join(",", gtids);
    }

    @Override
    void assertKinds(List<String> gtids) {
        String uuid = value(second, "SELECT @@server_uuid");
        assertThat(gtids).anyMatch(gtid -> gtid.startsWith(uuid)).anyMatch(gtid -> gtid.contains(":three:"));
    }

    @Override
    String otherServer() {
        return "another server";
    }

    @Test
    void a_switchover_there_and_back_keeps_every_transaction_once() {
        try (CaptureRun run =
                CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming()) {
            primary.sql("INSERT INTO t VALUES (1, 1)", "FLUSH BINARY LOGS", "INSERT INTO t VALUES (2, 1)");
            awaitTransactions(2);
            assertThat(run.messages()).noneMatch(line -> line.contains("GAP"));
        }
        // Not captured when the server is left; of the kind that touches nothing, too.
        primary.sql("CREATE TABLE nothing (id int PRIMARY KEY)", "INSERT INTO t VALUES (9, 9)", "FLUSH BINARY LOGS");
        awaitReplica(second, has(first));
        promote(second);
        follow(first, second);
        replica.sql("UPDATE t SET v = 2", "ALTER TABLE t ADD COLUMN w int", "INSERT INTO t VALUES (3, 2, 2)");
        try (CaptureRun run =
                CaptureRun.start(replica.config(SnapshotMode.NONE)).awaitStreaming()) {
            assertThat(awaitTransactions(5).replay("t", "id")).containsOnlyKeys("1", "2", "3", "9");
            assertThat(run.messages()).anyMatch(line -> line.contains("epoch 2 begins behind seq 2"));
        }
        awaitReplica(first, has(second));
        promote(first);
        primary.sql("DELETE FROM t WHERE id = 2", "INSERT INTO t VALUES (5, 5, 5)");
        try (CaptureRun run =
                CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = awaitTransactions(7);
            assertEqual(xlog, primary);
            assertThat(gtids(xlog)).hasSize(7);
            assertThat(run.messages()).anyMatch(line -> line.contains("epoch 3 begins behind seq 5"));
        }
    }

    @Test
    void a_replica_that_lacks_captured_transactions_is_a_gap() {
        primary.sql("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        second.execute("", "STOP REPLICA");
        captureUpTo("INSERT INTO t VALUES (2, 1)");
        String uuid = value(first, "SELECT @@server_uuid");
        second.execute("", "RESET REPLICA ALL");
        assertGap("lacks transactions that were captured: " + uuid + ":5 of " + uuid + ":1-5");
    }

    @Test
    void a_replica_that_has_purged_what_is_not_captured_is_a_gap() {
        captureUpTo("INSERT INTO t VALUES (1, 1)");
        primary.sql("INSERT INTO t VALUES (2, 1)");
        awaitReplica(second, has(first));
        promote(second);
        replica.sql("FLUSH BINARY LOGS", "INSERT INTO t VALUES (3, 1)");
        String newest = replica.query("SHOW BINARY LOG STATUS").get(0);
        replica.sql("PURGE BINARY LOGS TO '" + newest + "'");
        assertGap("in no file of its binlog: " + value(first, "SELECT @@server_uuid") + ":5.");
    }

    @Test
    void what_somebody_wrote_to_the_replica_is_a_gap_where_it_has_no_place_and_else_part_of_the_source() {
        second.execute("", "DROP DATABASE IF EXISTS local", "CREATE DATABASE local");
        awaitReplica(second, has(first));
        replica.sql("INSERT INTO u VALUES (7, 7)");
        String errant = value(second, "SELECT @@server_uuid") + ":3";
        captureUpTo("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        promote(second);
        assertGap(errant + ", which changes captured tables, before transactions that were captured");
        // The same again: the epoch has begun, the place is as unknown.
        assertGap(errant + ", which changes captured tables, before transactions that were captured");
    }

    @Test
    void what_somebody_wrote_to_the_replica_behind_all_that_was_captured_is_part_of_the_new_source() {
        second.execute("", "DROP DATABASE IF EXISTS local", "CREATE DATABASE local");
        captureUpTo("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        replica.sql("INSERT INTO u VALUES (7, 7)");
        promote(second);
        try (CaptureRun run =
                CaptureRun.start(replica.config(SnapshotMode.NONE)).awaitStreaming()) {
            assertEqual(awaitTransactions(2), replica);
            assertThat(run.messages()).anyMatch(line -> line.contains("epoch 2 begins behind seq 1"));
        }
    }
}
