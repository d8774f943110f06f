package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.TcpProxy;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The source dies and its replica takes its place, as {@link MariadbFailoverFaultIT} has it of MariaDB, with MySQL's sets of GTIDs. The
 * replica works in parallel and commits in an order of its own. Runs with -Pmysql only.
 */
class MysqlFailoverFaultIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMysql first;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMysql second;

    private MariadbBed primary;
    private MariadbBed replica;
    private TcpProxy line;

    @BeforeAll
    static void start() {
        first = server("1");
        second = server("2");
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
        first.close();
        second.close();
    }

    @BeforeEach
    void replicate() {
        first.start();
        for (EmbeddedMysql server : List.of(second, first)) {
            server.execute("", "STOP REPLICA", "RESET REPLICA ALL", "RESET BINARY LOGS AND GTIDS");
        }
        follow(second, first);
        primary = MariadbBed.create(first);
        replica = primary.at(second);
        primary.sql("CREATE TABLE t (id int PRIMARY KEY, v int)", "CREATE TABLE u (id int PRIMARY KEY, v int)");
        line = TcpProxy.to(first.port());
    }

    @AfterEach
    void cut() {
        line.close();
    }

    private static void follow(EmbeddedMysql replica, EmbeddedMysql primary) {
        replica.execute(
                "",
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = " + primary.port()
                        + ", SOURCE_USER = 'root', SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1,"
                        + " GET_SOURCE_PUBLIC_KEY = 1",
                "START REPLICA");
    }

    private static String has(EmbeddedMysql server) {
        return value(server, "SELECT @@global.gtid_executed");
    }

    private static String value(EmbeddedMysql server, String query) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitReplica(EmbeddedMysql replica, String gtids) {
        assertThat(value(replica, "SELECT WAIT_FOR_EXECUTED_GTID_SET('" + gtids + "', 20)"))
                .as("the replica has " + gtids)
                .isEqualTo("0");
    }

    /** As an operator promotes: what was received is applied, then it follows nobody. */
    private static void promote(EmbeddedMysql server) {
        server.execute("", "STOP REPLICA IO_THREAD");
        awaitReplica(
                server,
                value(server, "SELECT received_transaction_set FROM performance_schema.replication_connection_status"));
        server.execute("", "STOP REPLICA", "RESET REPLICA ALL");
    }

    /** Changes rows, of a table for each seed, until the server is no more. */
    private static Thread traffic(MariadbBed bed, int seed, AtomicBoolean stopped) {
        Thread thread = new Thread(() -> {
            try (Connection connection = bed.connect();
                    Statement statement = connection.createStatement()) {
                String table = seed == 0 ? "t" : "u";
                for (int i = 0; !stopped.get(); i++) {
                    statement.execute("SET gtid_next = '" + (seed == 3 ? "AUTOMATIC:three" : "AUTOMATIC") + "'");
                    statement.execute("INSERT INTO " + table + " VALUES (" + (seed * 1_000_000 + i) + ", 0)");
                    statement.execute("SET gtid_next = 'AUTOMATIC'");
                    statement.execute("UPDATE " + table + " SET v = v + 1 ORDER BY id DESC LIMIT 10");
                    statement.execute("DELETE FROM " + table + " WHERE id % 7 = " + i % 7 + " ORDER BY id LIMIT 2");
                }
            } catch (SQLException e) {
                stopped.set(true);
            }
        });
        thread.start();
        return thread;
    }

    /** Captures the first transaction of a replication. */
    private void captureUpTo(String statement) {
        try (CaptureRun run =
                CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming()) {
            primary.sql(statement);
            Xlog.awaitControl(primary, ControlKind.END, 1);
            assertThat(run.messages()).noneMatch(line -> line.contains("GAP"));
        }
    }

    private Xlog awaitTransactions(int count) {
        return Xlog.await(
                primary, xlog -> xlog.holdsWhatItCounts() && xlog.transactions().size() >= count);
    }

    private static List<String> gtids(Xlog xlog) {
        return xlog.transactions().stream()
                .map(transaction -> Objects.requireNonNull(transaction.begin().detail("gtid")))
                .toList();
    }

    private static void assertEqual(Xlog xlog, MariadbBed server) {
        for (String table : List.of("t", "u")) {
            assertThat(xlog.replay(table, "id").values().stream()
                            .map(row -> row.get("id") + "=" + row.get("v"))
                            .sorted()
                            .toList())
                    .isEqualTo(server.query("SELECT concat(id, '=', v) FROM " + table).stream()
                            .sorted()
                            .toList());
        }
        assertThat(gtids(xlog)).as("each transaction once").doesNotHaveDuplicates();
    }

    @Test
    void killed_in_the_middle_of_traffic_its_replica_goes_on_without_loss_or_repetition() throws Exception {
        AtomicBoolean dead = new AtomicBoolean();
        try (CaptureRun run = CaptureRun.start(primary.through(line.port())).awaitStreaming()) {
            List<Thread> traffic = List.of(traffic(primary, 0, dead), traffic(primary, 3, dead));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> gtids(Xlog.read(primary)).size() > 300);
            // From here on capture gets nothing, so that the replica has whatever it got.
            line.cut();
            awaitReplica(second, String.join(",", gtids(Xlog.read(primary))));
            first.kill();
            for (Thread writer : traffic) {
                writer.join();
            }
            promote(second);
            AtomicBoolean enough = new AtomicBoolean();
            Thread after = traffic(replica, 0, enough);
            int port = line.port();
            line.close();
            line = TcpProxy.between(port, second.port());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> run.messages().stream().anyMatch(line -> line.contains("epoch 2 begins")));
            replica.sql("DELETE FROM u WHERE id % 2 = 0", "INSERT INTO u VALUES (1, 1)");
            enough.set(true);
            after.join();
            Xlog xlog = replica.awaitAll(2);
            assertEqual(xlog, replica);
            assertThat(xlog.control(ControlKind.EPOCH).get(1).detail("reason")).isEqualTo("failover");
            String uuid = value(second, "SELECT @@server_uuid");
            assertThat(gtids(xlog)).anyMatch(gtid -> gtid.startsWith(uuid)).anyMatch(gtid -> gtid.contains(":three:"));
        }
        // The place in the new server's log holds over a restart.
        replica.sql("INSERT INTO t VALUES (-1, -1)");
        try (CaptureRun run = CaptureRun.start(primary.through(line.port())).awaitStreaming()) {
            assertEqual(replica.awaitAll(2), replica);
            assertThat(run.messages()).noneMatch(line -> line.contains("another server"));
        }
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

    /** As one that was filled from a backup: its own log begins in the middle. */
    @Test
    void a_replica_whose_log_begins_right_behind_what_was_captured_will_do() {
        captureUpTo("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        promote(second);
        second.execute("", "RESET BINARY LOGS AND GTIDS", "SET GLOBAL gtid_purged = '" + has(first) + "'");
        replica.sql("INSERT INTO t VALUES (2, 2)");
        try (CaptureRun run =
                CaptureRun.start(replica.config(SnapshotMode.NONE)).awaitStreaming()) {
            assertEqual(awaitTransactions(2), replica);
            assertThat(run.messages()).noneMatch(line -> line.contains("GAP"));
        }
    }

    @Test
    void a_replica_that_still_replicates_what_was_captured_is_waited_for() throws Exception {
        awaitReplica(second, has(first));
        try (Connection blocker = replica.connect();
                Statement statement = blocker.createStatement()) {
            statement.execute("LOCK TABLES t READ");
            captureUpTo("INSERT INTO t VALUES (1, 1)");
            try (CaptureRun there = CaptureRun.start(replica.config(SnapshotMode.NONE))) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> there.messages().stream()
                                .anyMatch(line -> line.contains("Waiting for what it replicates")));
                statement.execute("UNLOCK TABLES");
                there.awaitStreaming();
                replica.sql("INSERT INTO u VALUES (2, 2)");
                assertEqual(awaitTransactions(2), replica);
            }
        }
    }

    private void assertGap(String message) {
        try (CaptureRun run = CaptureRun.start(replica.config(SnapshotMode.NONE))) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).as(failure.getMessage()).isEqualTo(Category.GAP);
            assertThat(Stream.of(message, "accept-loss", "another server"))
                    .allSatisfy(part -> assertThat(failure).hasMessageContaining(part));
        }
    }
}
