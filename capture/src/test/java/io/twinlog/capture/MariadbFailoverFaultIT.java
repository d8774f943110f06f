package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.capture.mariadb.catalog.Gtid;
import io.twinlog.sandbox.EmbeddedMariadb;
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
 * The source dies and its replica takes its place: capture goes on there by GTIDs, or says what is missing. Two servers, the second one
 * replicating the first with MariaDB's own replication; capture reaches them through a line that is switched.
 */
class MariadbFailoverFaultIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMariadb first;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMariadb second;

    private MariadbBed primary;
    private MariadbBed replica;
    private TcpProxy line;

    @BeforeAll
    static void start() {
        first = server("1");
        second = server("2");
    }

    private static EmbeddedMariadb server(String id) {
        return EmbeddedMariadb.builder()
                .setting("server_id", id)
                .setting("slave_parallel_threads", "4")
                .setting("slave_connections_needed_for_purge", "0")
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
        for (EmbeddedMariadb server : List.of(second, first)) {
            server.execute("", "STOP ALL SLAVES", "RESET SLAVE ALL", "RESET MASTER", "SET GLOBAL gtid_slave_pos = ''");
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

    private static void follow(EmbeddedMariadb replica, EmbeddedMariadb primary) {
        replica.execute(
                "",
                "CHANGE MASTER TO master_host = '127.0.0.1', master_port = " + primary.port()
                        + ", master_user = 'root', master_ssl = 0, master_use_gtid = slave_pos, master_connect_retry = 1",
                "START SLAVE");
    }

    private void switchTo(EmbeddedMariadb server) {
        int port = line.port();
        line.close();
        line = TcpProxy.between(port, server.port());
    }

    private static String has(EmbeddedMariadb server) {
        return value(server, "SELECT @@global.gtid_binlog_pos");
    }

    private static String value(EmbeddedMariadb server, String query) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitReplica(EmbeddedMariadb replica, String gtids) {
        assertThat(value(replica, "SELECT MASTER_GTID_WAIT('" + gtids + "', 20)"))
                .as("the replica has " + gtids)
                .isEqualTo("0");
    }

    /** As an operator promotes: what was received is applied, then it follows nobody. */
    private static void promote(EmbeddedMariadb server) throws SQLException {
        server.execute("", "STOP SLAVE IO_THREAD");
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW SLAVE STATUS")) {
            row.next();
            awaitReplica(server, row.getString("Gtid_IO_Pos"));
        }
        server.execute("", "STOP SLAVE", "RESET SLAVE ALL");
    }

    /** Changes rows in transactions of two tables until the server is no more. */
    private static Thread traffic(MariadbBed bed, int seed, AtomicBoolean stopped) {
        Thread thread = new Thread(() -> {
            try (Connection connection = bed.connect();
                    Statement statement = connection.createStatement()) {
                // Transactions of several domains come to the replica in another order.
                statement.execute("SET SESSION gtid_domain_id = " + seed);
                String table = seed == 0 ? "t" : "u";
                for (int i = 0; !stopped.get(); i++) {
                    statement.execute("INSERT INTO " + table + " VALUES (" + (seed * 1_000_000 + i) + ", 0)");
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
        CaptureRun run = CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming();
        primary.sql(statement);
        Xlog.awaitControl(primary, ControlKind.END, 1);
        run.close();
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
                    .until(() -> gtids(Xlog.read(primary)).size() > 200);
            // From here on capture gets nothing, so that the replica has whatever it got.
            line.cut();
            awaitReplica(
                    second,
                    Gtid.last(gtids(Xlog.read(primary)).stream()
                                    .map(Gtid::parse)
                                    .toList())
                            .values()
                            .stream()
                            .map(Gtid::toString)
                            .reduce((a, b) -> a + "," + b)
                            .orElseThrow());
            first.kill();
            for (Thread writer : traffic) {
                writer.join();
            }
            promote(second);
            AtomicBoolean enough = new AtomicBoolean();
            Thread after = traffic(replica, 0, enough);
            switchTo(second);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> run.messages().stream().anyMatch(line -> line.contains("epoch 2 begins")));
            replica.sql("DELETE FROM u WHERE id % 2 = 0", "INSERT INTO u VALUES (1, 1)");
            enough.set(true);
            after.join();
            Xlog xlog = replica.awaitAll(2);
            assertEqual(xlog, replica);
            assertThat(xlog.control(ControlKind.EPOCH).get(1).detail("reason")).isEqualTo("failover");
            assertThat(gtids(xlog))
                    .anyMatch(gtid -> gtid.startsWith("0-1-"))
                    .anyMatch(gtid -> gtid.startsWith("3-1-"))
                    .anyMatch(gtid -> gtid.startsWith("0-2-"));
        }
        // The place in the new server's log holds over a restart.
        replica.sql("INSERT INTO t VALUES (-1, -1)");
        try (CaptureRun run = CaptureRun.start(primary.through(line.port())).awaitStreaming()) {
            assertEqual(replica.awaitAll(2), replica);
            assertThat(run.messages()).noneMatch(line -> line.contains("another server"));
        }
    }

    @Test
    void a_switchover_there_and_back_keeps_every_transaction_once() throws Exception {
        try (CaptureRun run = CaptureRun.start(primary.through(line.port())).awaitStreaming()) {
            primary.sql("INSERT INTO t VALUES (1, 1)", "FLUSH BINARY LOGS", "INSERT INTO t VALUES (2, 1)");
            awaitReplica(second, has(first));
            promote(second);
            follow(first, second);
            replica.sql("UPDATE t SET v = 2", "ALTER TABLE t ADD COLUMN w int", "INSERT INTO t VALUES (3, 2, 2)");
            switchTo(second);
            Xlog.awaitControl(primary, ControlKind.EPOCH, 2);
            assertThat(awaitTransactions(4).replay("t", "id")).containsOnlyKeys("1", "2", "3");
            awaitReplica(first, has(second));
            promote(first);
            primary.sql(
                    "DELETE FROM t WHERE id = 2", "SET SESSION gtid_domain_id = 5", "INSERT INTO t VALUES (5, 5, 5)");
            switchTo(first);
            Xlog.awaitControl(primary, ControlKind.EPOCH, 3);
            Xlog xlog = awaitTransactions(6);
            assertEqual(xlog, primary);
            assertThat(gtids(xlog)).hasSize(6);
            assertThat(run.messages()).noneMatch(line -> line.contains("GAP"));
        }
    }

    @Test
    void a_replica_that_lacks_captured_transactions_is_a_gap() throws Exception {
        primary.sql("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        second.execute("", "STOP SLAVE");
        captureUpTo("INSERT INTO t VALUES (2, 1)");
        String captured = has(first);
        second.execute("", "RESET SLAVE ALL");
        assertGap("lacks transactions that were captured: captured are " + captured);
        replica.sql("INSERT INTO t VALUES (3, 3)", "INSERT INTO t VALUES (4, 4)");
        assertThat(Gtid.parse(has(second)).isBehind(Gtid.parse(captured)))
                .as("it has given the number to another transaction")
                .isTrue();
        assertGap("lacks transactions that were captured: captured are " + captured);
    }

    @Test
    void a_replica_that_has_purged_what_is_not_captured_is_a_gap() throws Exception {
        CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming().close();
        primary.sql("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        promote(second);
        replica.sql("FLUSH BINARY LOGS", "INSERT INTO t VALUES (2, 1)");
        String newest = replica.query("SHOW MASTER STATUS").get(0);
        replica.sql("PURGE BINARY LOGS TO '" + newest + "'");
        assertGap("were purged");
    }

    /** As one that was filled from a backup: its own log begins in the middle. */
    @Test
    void a_replica_whose_log_begins_right_behind_what_was_captured_will_do() throws Exception {
        try (CaptureRun run =
                CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming()) {
            primary.sql("INSERT INTO t VALUES (1, 1)");
            primary.awaitAll();
            run.messages();
        }
        awaitReplica(second, has(first));
        promote(second);
        String captured = has(first);
        second.execute("", "RESET MASTER", "SET GLOBAL gtid_slave_pos = '" + captured + "'");
        replica.sql("INSERT INTO t VALUES (2, 2)");
        try (CaptureRun run =
                CaptureRun.start(replica.config(SnapshotMode.NONE)).awaitStreaming()) {
            assertEqual(awaitTransactions(2), replica);
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
            assertThat(Stream.of(message, "accept-loss", "server_id 2"))
                    .allSatisfy(part -> assertThat(failure).hasMessageContaining(part));
        }
    }
}
