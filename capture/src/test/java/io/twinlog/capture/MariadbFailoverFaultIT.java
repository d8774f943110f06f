package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.capture.mariadb.catalog.Gtid;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.schemas.control.ControlKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A promoted replica of MariaDB's, with GTIDs in several domains. */
class MariadbFailoverFaultIT extends FailoverFaults {

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMariadb one;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMariadb two;

    MariadbFailoverFaultIT() {
        super(one, two);
    }

    @BeforeAll
    static void start() {
        one = server("1");
        two = server("2");
    }

    private static EmbeddedMariadb server(String id) {
        return EmbeddedMariadb.builder()
                .setting("server_id", id)
                .setting("slave_parallel_threads", "4")
                .setting("loose_slave_connections_needed_for_purge", "0")
                .start();
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
    }

    @Override
    void reset(EmbeddedServer server) {
        server.execute("", "STOP ALL SLAVES", "RESET SLAVE ALL", "RESET MASTER", "SET GLOBAL gtid_slave_pos = ''");
    }

    @Override
    void follow(EmbeddedServer replica, EmbeddedServer primary) {
        replica.execute(
                "",
                "CHANGE MASTER TO master_host = '127.0.0.1', master_port = " + primary.port()
                        + ", master_user = 'root', master_ssl = 0, master_use_gtid = slave_pos, master_connect_retry = 1",
                "START SLAVE");
    }

    @Override
    String has(EmbeddedServer server) {
        return value(server, "SELECT @@global.gtid_binlog_pos");
    }

    @Override
    void awaitReplica(EmbeddedServer replica, String gtids) {
        assertThat(value(replica, "SELECT MASTER_GTID_WAIT('" + gtids + "', 20)"))
                .as("the replica has " + gtids)
                .isEqualTo("0");
    }

    @Override
    void promote(EmbeddedServer server) throws SQLException {
        server.execute("", "STOP SLAVE IO_THREAD");
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW SLAVE STATUS")) {
            row.next();
            awaitReplica(server, row.getString("Gtid_IO_Pos"));
        }
        server.execute("", "STOP SLAVE", "RESET SLAVE ALL");
    }

    @Override
    void fillFromBackup(EmbeddedServer server, String gtids) {
        server.execute("", "RESET MASTER", "SET GLOBAL gtid_slave_pos = '" + gtids + "'");
    }

    /** Transactions of several domains come to the replica in another order. */
    @Override
    List<String> aroundInsert(int writer) {
        String domain = "SET SESSION gtid_domain_id = " + writer;
        return List.of(domain, domain);
    }

    @Override
    String whatHasAll(List<String> gtids) {
        return Gtid.last(gtids.stream().map(Gtid::parse).toList()).values().stream()
                .map(Gtid::toString)
                .collect(Collectors.joining(","));
    }

    @Override
    void assertKinds(List<String> gtids) {
        assertThat(gtids)
                .anyMatch(gtid -> gtid.startsWith("0-1-"))
                .anyMatch(gtid -> gtid.startsWith("3-1-"))
                .anyMatch(gtid -> gtid.startsWith("0-2-"));
    }

    @Override
    String otherServer() {
        return "server_id 2";
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
    void a_replica_that_lacks_captured_transactions_is_a_gap() {
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
}
