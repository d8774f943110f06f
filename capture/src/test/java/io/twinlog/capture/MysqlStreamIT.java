package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of MySQL's transactions on the topics. Runs with -Pmysql only. */
class MysqlStreamIT {

    private final MariadbBed source = MariadbBed.create(Servers.mysql());

    @Test
    void transactions_are_numbered_densely_with_their_gtid_and_tagged_ones_with_their_origin() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(10))", "CREATE TABLE other (id int PRIMARY KEY)");
        String uuid = source.query("SELECT @@server_uuid").get(0);
        long before = System.currentTimeMillis() * 1000;
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE, source.name() + ".t"))) {
            run.awaitStreaming();
            try (Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
                statement.execute("INSERT INTO other VALUES (1)");
                statement.execute("UPDATE t SET v = 'A' WHERE id = 1");
                statement.execute("SAVEPOINT s");
                statement.execute("DELETE FROM t");
                statement.execute("ROLLBACK TO s");
                connection.commit();
                statement.execute("INSERT INTO other VALUES (2)");
                connection.commit();
                statement.execute("INSERT INTO t VALUES (3, 'c')");
                connection.rollback();
                statement.execute("SET gtid_next = 'AUTOMATIC:elsewhere'");
                statement.execute("UPDATE t SET id = 20 WHERE id = 2");
                connection.commit();
                statement.execute("SET gtid_next = '11111111-2222-3333-4444-555555555555:77'");
                statement.execute("UPDATE t SET v = 'x' WHERE id = 20");
                connection.commit();
                statement.execute("SET gtid_next = 'AUTOMATIC'");
            }
            source.sql("FLUSH BINARY LOGS", "TRUNCATE TABLE t", "INSERT INTO t VALUES (9, 'z')");

            Xlog xlog = source.awaitAll();

            List<Xlog.Transaction> transactions = xlog.transactions();
            assertThat(transactions).hasSize(5);
            assertThat(transactions.get(0).events())
                    .extracting(DataEvent::operation)
                    .containsExactly(Operation.INSERT, Operation.INSERT, Operation.UPDATE);
            assertThat(transactions.get(0).begin().detail("gtid")).startsWith(uuid + ":");
            assertThat(transactions.get(0).begin().origin()).isNull();
            assertThat(transactions.get(0).begin().timeMicros())
                    .isBetween(before, System.currentTimeMillis() * 1000 + 1000);
            assertThat(transactions.get(1).begin().detail("gtid")).isEqualTo(uuid + ":elsewhere:1");
            assertThat(transactions.get(1).begin().origin()).isEqualTo("elsewhere");
            assertThat(transactions.get(2).begin().origin()).isEqualTo("11111111-2222-3333-4444-555555555555");
            assertThat(transactions.get(3).events())
                    .extracting(DataEvent::operation)
                    .containsExactly(Operation.TRUNCATE);
            assertThat(xlog.replay("t", "id")).containsOnlyKeys("9");
        }
    }

    @Test
    void compressed_transactions_are_unpacked() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v longtext)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            source.sql(
                    "SET binlog_transaction_compression = ON",
                    "INSERT INTO t VALUES (1, repeat('x', 5000000)), (2, 'y')",
                    "UPDATE t SET v = 'z' WHERE id = 1",
                    "CREATE TABLE u (id int PRIMARY KEY)",
                    "INSERT INTO u VALUES (1)",
                    "SET binlog_transaction_compression = OFF",
                    "INSERT INTO t VALUES (3, '')");
            Xlog xlog = source.awaitAll();
            assertThat(xlog.transactions()).hasSize(4);
            assertThat(xlog.replay("t", "id").get("1")).containsEntry("v", "z");
            assertThat(xlog.replay("u", "id")).containsOnlyKeys("1");
        }
        assertThat(payloads()).isGreaterThan(0);
    }

    private long payloads() {
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            String file = source.query("SHOW BINARY LOG STATUS").get(0);
            long count = 0;
            try (java.sql.ResultSet row = statement.executeQuery("SHOW BINLOG EVENTS IN '" + file + "'")) {
                while (row.next()) {
                    count += row.getString(3).equals("Transaction_payload") ? 1 : 0;
                }
            }
            return count;
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
