package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedServer;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The source dies and its replica takes its place: capture goes on there by GTIDs, or says what is missing. Two servers, the second one
 * replicating the first with their own replication; capture reaches them through a line that is switched. How such servers are told to
 * replicate is said by the tests of each kind.
 */
abstract class FailoverFaults {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final EmbeddedServer first;
    final EmbeddedServer second;
    MariadbBed primary;
    MariadbBed replica;
    TcpProxy line;

    FailoverFaults(EmbeddedServer first, EmbeddedServer second) {
        this.first = first;
        this.second = second;
    }

    /** Lets a server follow nobody and forget all that it has logged. */
    abstract void reset(EmbeddedServer server);

    abstract void follow(EmbeddedServer replica, EmbeddedServer primary);

    /** The GTIDs in a server's log. */
    abstract String has(EmbeddedServer server);

    /** Waits for a replica to have GTIDs. */
    abstract void awaitReplica(EmbeddedServer replica, String gtids);

    /** As an operator promotes: what was received is applied, then it follows nobody. */
    abstract void promote(EmbeddedServer server) throws SQLException;

    /** Lets a server have GTIDs that stand in none of its files, as one that was filled from a backup. */
    abstract void fillFromBackup(EmbeddedServer server, String gtids);

    /** What a writer does before each of its inserts, and behind it; the third one has GTIDs of another kind. */
    abstract List<String> aroundInsert(int writer);

    /** GTIDs of transactions as what a replica can be waited for to have. */
    abstract String whatHasAll(List<String> gtids);

    /** What must be among the GTIDs of the traffic, by their beginnings or parts. */
    abstract void assertKinds(List<String> gtids);

    /** By what a GAP names the other server. */
    abstract String otherServer();

    @BeforeEach
    void replicate() {
        first.start();
        reset(second);
        reset(first);
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

    void switchTo(EmbeddedServer server) {
        int port = line.port();
        line.close();
        line = TcpProxy.between(port, server.port());
    }

    static String value(EmbeddedServer server, String query) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Changes rows, of a table for each writer, until the server is no more. */
    private Thread traffic(MariadbBed bed, int writer, AtomicBoolean stopped) {
        List<String> around = aroundInsert(writer);
        Thread thread = new Thread(() -> {
            try (Connection connection = bed.connect();
                    Statement statement = connection.createStatement()) {
                String table = writer == 0 ? "t" : "u";
                for (int i = 0; !stopped.get(); i++) {
                    statement.execute(around.get(0));
                    statement.execute("INSERT INTO " + table + " VALUES (" + (writer * 1_000_000 + i) + ", 0)");
                    statement.execute(around.get(1));
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
    void captureUpTo(String statement) {
        try (CaptureRun run =
                CaptureRun.start(primary.config(SnapshotMode.NONE)).awaitStreaming()) {
            primary.sql(statement);
            Xlog.awaitControl(primary, ControlKind.END, 1);
            assertThat(run.messages()).noneMatch(line -> line.contains("GAP"));
        }
    }

    Xlog awaitTransactions(int count) {
        return Xlog.await(
                primary, xlog -> xlog.holdsWhatItCounts() && xlog.transactions().size() >= count);
    }

    static List<String> gtids(Xlog xlog) {
        return xlog.transactions().stream()
                .map(transaction -> Objects.requireNonNull(transaction.begin().detail("gtid")))
                .toList();
    }

    static void assertEqual(Xlog xlog, MariadbBed server) {
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

    void assertGap(String message) {
        try (CaptureRun run = CaptureRun.start(replica.config(SnapshotMode.NONE))) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).as(failure.getMessage()).isEqualTo(Category.GAP);
            assertThat(Stream.of(message, "accept-loss", otherServer()))
                    .allSatisfy(part -> assertThat(failure).hasMessageContaining(part));
        }
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
            awaitReplica(second, whatHasAll(gtids(Xlog.read(primary))));
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
            assertKinds(gtids(xlog));
        }
        // The place in the new server's log holds over a restart.
        replica.sql("INSERT INTO t VALUES (-1, -1)");
        try (CaptureRun run = CaptureRun.start(primary.through(line.port())).awaitStreaming()) {
            assertEqual(replica.awaitAll(2), replica);
            assertThat(run.messages()).noneMatch(line -> line.contains("another server"));
        }
    }

    /** As one that was filled from a backup: its own log begins in the middle. */
    @Test
    void a_replica_whose_log_begins_right_behind_what_was_captured_will_do() throws Exception {
        captureUpTo("INSERT INTO t VALUES (1, 1)");
        awaitReplica(second, has(first));
        promote(second);
        fillFromBackup(second, has(first));
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
}
