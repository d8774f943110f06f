package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariants 3 and 7: outages are waited out without anybody's help, nothing is parked, the twins end equal. */
class OutageFaultIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration OUTAGE = Duration.ofSeconds(8);

    /**
     * Longer than every time-out that an absent target runs into: connecting takes at most 10 s, logging in 15 s, Kafka's answers
     * 20 s, and the pauses between attempts have grown to their longest, 5 s. A minute more would repeat the last one.
     */
    private static final Duration ABSENCE = Duration.ofSeconds(25);

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void terminated_connections_cut_and_frozen_links_a_vanished_source_and_an_absent_target_heal_alone() {
        try (Twins twins = Twins.start(directory, "initial", "512m");
                TcpProxy toSource = TcpProxy.to(twins.source.port());
                TcpProxy toTarget = TcpProxy.to(twins.target.port())) {
            Bank.createTables(twins.source);
            Bank.createTables(twins.target);
            Bank.fill(twins.source);
            twins.write(Twins.yaml(
                    twins.kafka.bootstrapServers(),
                    url(toSource.port()),
                    url(toTarget.port()),
                    twins.source.user(),
                    "initial"));
            twins.launch("run");
            twins.awaitApplied();
            try (Bank bank = Bank.open(twins.source, 2, 500, 1);
                    BalanceWatch watch = new BalanceWatch(twins.target)) {
                for (int i = 0; i < 5; i++) {
                    String terminate =
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'twinlog%'";
                    twins.source.execute(Twins.DATABASE, terminate);
                    twins.target.execute(Twins.DATABASE, terminate);
                    pause(Duration.ofSeconds(1));
                }
                toSource.cut();
                pause(OUTAGE);
                toSource.heal();
                pause(Duration.ofSeconds(2));
                toTarget.freeze();
                pause(OUTAGE);
                toTarget.heal();
                pause(Duration.ofSeconds(2));
                // The source closes nothing: capture has to find out for itself, long before TCP would.
                toSource.freeze();
                twins.target.stop();
                pause(ABSENCE);
                twins.process("run")
                        .awaitOutput("nothing came for .* no server answers at its address.*Trying again", ABSENCE);
                assertThat(twins.process("run").isRunning()).as(twins.logs()).isTrue();
                toSource.heal();
                twins.target.start();
                pause(Duration.ofSeconds(2));
                bank.close();
                twins.awaitApplied();
                watch.close();
                assertThat(watch.violations()).isEmpty();
                assertThat(watch.samples()).isGreaterThan(100);
            }
            assertThat(twins.process("run").isRunning()).as(twins.logs()).isTrue();
            twins.assertEqual(Bank.TABLES);
            twins.assertNoConflicts();
            end(twins);
            startsWhileServersAreAway(twins);
        }
    }

    /** What has worked before waits for its servers at the start too, and can be stopped while it waits. */
    private static void startsWhileServersAreAway(Twins twins) {
        twins.kafka.kill();
        JavaProcess patient = twins.launch("run");
        patient.awaitOutput("DOWN +kafka", LIMIT);
        twins.kafka.start();
        patient.awaitOutput("capture +PRIMARY", LIMIT);
        twins.awaitApplied();
        end(twins);

        twins.target.stop();
        twins.launch("run").awaitOutput("DOWN +target", LIMIT);
        end(twins);
    }

    private static void end(Twins twins) {
        twins.process("run").terminate();
        assertThat(twins.process("run").awaitExit(LIMIT)).isZero();
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + Twins.DATABASE;
    }

    private static void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
