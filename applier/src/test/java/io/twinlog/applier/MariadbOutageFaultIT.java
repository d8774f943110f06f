package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariants 5 and 7 on a MariaDB whose server dies, turns read-only, loses sessions and shows another certificate, with an account that has just the privileges of
 * docs/operations.md.
 */
class MariadbOutageFaultIT {

    private static final String[] ACCOUNT = {
        "CREATE DATABASE public",
        "CREATE TABLE public.t (id int PRIMARY KEY, v longtext)",
        "CREATE USER twinlog_apply@'%'",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON public.* TO twinlog_apply@'%'",
        "GRANT ALL ON twinlog.* TO twinlog_apply@'%'",
    };

    @TempDir
    Path directory;

    private int next;

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    /** A server of the test's own, that takes no connection in the clear. */
    EmbeddedServer server(SelfSigned identity) {
        return EmbeddedMariadb.builder().requiringTls(identity).start();
    }

    private void change(Twin twin, TableScript t, int transactions) {
        for (int i = 0; i < transactions; i++) {
            int id = next++;
            twin.script().commit(tx -> {
                tx.insert(t, id, "v" + id);
                if (id > 0) {
                    tx.update(t, new Object[] {id - 1, "v" + (id - 1)}, new Object[] {id - 1, "w" + (id - 1)});
                }
            });
        }
        twin.sink().flush();
    }

    @Test
    void a_killed_or_read_only_server_a_lost_session_and_another_certificate_are_waited_for_and_nothing_is_lost()
            throws Exception {
        SelfSigned identity = SelfSigned.create(directory, "server");
        SelfSigned stranger = SelfSigned.create(directory, "stranger");
        Path believed = Files.copy(identity.certificate(), directory.resolve("believed.crt"));
        try (EmbeddedServer server = server(identity)) {
            server.execute("", ACCOUNT);
            String name = Servers.uniqueName();
            try (Twin twin = new Twin(
                    Servers.kafka().bootstrapServers(),
                    name,
                    vendor(),
                    "jdbc:mariadb://127.0.0.1:" + server.port() + "/public?sslMode=verify-full&serverSslCert="
                            + believed,
                    "twinlog_apply")) {
                assertThat(new Applier(twin.config(), twin).check())
                        .filteredOn(check -> check.level() == Check.Level.PROBLEM)
                        .isEmpty();
                twin.batchEvents(20);
                twin.script().epoch();
                TableScript t = twin.script()
                        .table(
                                shape(
                                        "t",
                                        ReplicaIdentity.FULL,
                                        key("id", XlogType.INT, "integer"),
                                        column("v", XlogType.TEXT, "text")),
                                2);
                change(twin, t, 50);
                twin.start().awaitApplied();
                assertThat(twin.messages()).anyMatch(line -> line.contains("BINLOG REPLAY"));

                change(twin, t, 300);
                server.kill();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> twin.applier().status().state() == MemberState.PAUSED);
                server.start();
                twin.awaitApplied();

                try (Connection root = server.connect("");
                        Statement statement = root.createStatement()) {
                    statement.execute("SET GLOBAL read_only = ON");
                    change(twin, t, 20);
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> twin.applier().status().state() == MemberState.PAUSED);
                    statement.execute("SET GLOBAL read_only = OFF");
                    twin.awaitApplied();
                    twin.endApplierSession();
                    change(twin, t, 20);
                    twin.awaitApplied();
                }

                // Which may be a server that the name leads to for a moment only.
                Files.copy(stranger.certificate(), believed, StandardCopyOption.REPLACE_EXISTING);
                endSessions(server);
                change(twin, t, 20);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> twin.applier().status().state() == MemberState.PAUSED
                                && twin.applier().status().toString().contains("ertificat"));
                Files.copy(identity.certificate(), believed, StandardCopyOption.REPLACE_EXISTING);
                twin.awaitApplied();
                assertThat(twin.conflicts()).isEmpty();
                assertThat(twin.rows("SELECT count(*), sum(v = concat('w', id)) FROM t"))
                        .containsExactly(next + "|" + (next - 1));
                assertThat(second(twin)).isEqualTo(Category.CONFIG);
            }
        }
    }

    private static void endSessions(EmbeddedServer server) throws SQLException {
        try (Connection root = server.connect("");
                Statement statement = root.createStatement();
                Statement kill = root.createStatement();
                ResultSet session = statement.executeQuery(
                        "SELECT id FROM information_schema.processlist WHERE user = 'twinlog_apply'")) {
            while (session.next()) {
                TargetVendor.MARIADB.end(kill, session.getString(1));
            }
        }
    }

    private static Category second(Twin twin) {
        try (Applier second = new Applier(twin.config(), twin)) {
            second.run();
            throw new AssertionError("a second applier works beside the first");
        } catch (io.twinlog.schemas.failure.TwinlogException e) {
            assertThat(e).hasMessageContaining("Another applier works on replication");
            return e.category();
        }
    }

    @Test
    void a_session_that_waits_for_a_lock_names_the_one_that_has_it() throws Exception {
        try (Twin twin = new Twin(vendor())) {
            twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')");
            twin.script().epoch();
            TableScript t = twin.script()
                    .table(
                            shape(
                                    "t",
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.INT, "integer"),
                                    column("v", XlogType.TEXT, "text")),
                            1);
            try (Connection local = twin.connect();
                    Statement statement = local.createStatement()) {
                local.setAutoCommit(false);
                statement.executeUpdate("UPDATE t SET v = 'a' WHERE id = 1");
                statement.executeUpdate("INSERT INTO t VALUES (7, 'mine')");
                twin.script().commit(tx -> tx.update(t, new Object[] {1, "a"}, new Object[] {1, "b"}));
                twin.start();
                twin.sink().flush();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> twin.applier().status().toString().contains("in a transaction since"));
                local.rollback();
            }
            twin.awaitApplied();
            assertThat(twin.conflicts()).isEmpty();
            assertThat(twin.rows("SELECT * FROM t")).isEqualTo(List.of("1|b"));
        }
    }
}
