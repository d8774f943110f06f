package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The first signal finishes the batch, the second one does not wait for it. */
@ExtendWith(Servers.Extension.class)
class StopSignalsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TABLE = "CREATE TABLE account (id int PRIMARY KEY, owner text)";

    @TempDir
    Path directory;

    private final Servers servers;
    private final String shop;

    StopSignalsIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    @Test
    void a_second_signal_ends_a_process_that_waits_for_its_batch_and_nothing_is_lost() throws SQLException {
        servers.source().execute(shop, TABLE);
        servers.target().execute(shop, TABLE);
        Path file = new TwinlogFile(directory, servers, shop).path();
        try (Connection locker = servers.target().connect(shop);
                Statement lock = locker.createStatement();
                JavaProcess run = start(file)) {
            run.awaitOutput("capture +PRIMARY", LIMIT);
            servers.source().execute(shop, "INSERT INTO account VALUES (1, 'before')");
            awaitAtTarget("1");
            locker.setAutoCommit(false);
            lock.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE");
            servers.source().execute(shop, "INSERT INTO account VALUES (2, 'behind the lock')");
            Awaitility.await("the applier waits for the lock")
                    .atMost(LIMIT)
                    .until(() -> "1"
                            .equals(Servers.value(
                                    servers.target(),
                                    shop,
                                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '"
                                            + shop + "'")));

            run.terminate();
            run.awaitOutput("capture +REMOVED", LIMIT);
            assertThat(run.isRunning()).as("the batch is not finished").isTrue();

            run.terminate();
            // Before the lock's own time-out of 10 s would end the batch.
            assertThat(run.awaitExit(Duration.ofSeconds(5))).isEqualTo(1);
            locker.rollback();
        }
        try (JavaProcess run = start(file)) {
            awaitAtTarget("2");
            run.terminate();
            assertThat(run.awaitExit(LIMIT)).isZero();
        }
    }

    private void awaitAtTarget(String rows) {
        Awaitility.await(rows + " rows at the target")
                .atMost(LIMIT)
                .until(() -> rows.equals(Servers.value(servers.target(), shop, "SELECT count(*) FROM account")));
    }

    private static JavaProcess start(Path file) {
        return JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start();
    }
}
