package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariants 1, 2, 4, 5 and 7: parts die by SIGKILL at random instants under load, and nobody helps but a supervisor that starts
 * killed processes again. Does not prove what happens when a machine loses its page cache.
 */
class KillFaultIT {

    private static final List<String> PARTS = List.of("capture", "apply", "broker", "source", "target");

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void every_part_dies_at_random_instants_and_the_twin_shows_only_states_of_the_source_seed_4711() {
        Random random = new Random(4711);
        try (Twins twins = Twins.start(directory, "initial", "512m")) {
            Bank.createTables(twins.source);
            Bank.createTables(twins.target);
            Bank.fill(twins.source);
            twins.launch("capture");
            twins.launch("apply");
            twins.awaitApplied();
            int samples;
            List<String> violations;
            try (Bank bank = Bank.open(twins.source, 4, 2_000, 4711);
                    BalanceWatch watch = new BalanceWatch(twins.target)) {
                for (int round = 0; round < 15; round++) {
                    pause(random.nextInt(2_500));
                    killAndRestart(twins, PARTS.get(round % PARTS.size()));
                }
                pause(2_000);
                assertThat(bank.committed()).as("the load went on").isGreaterThan(5_000);
                bank.close();
                twins.awaitApplied();
                watch.close();
                samples = watch.samples();
                violations = watch.violations();
            }
            assertThat(violations).as("states that the source never had").isEmpty();
            assertThat(samples).as("samples of the balance").isGreaterThan(250);
            twins.assertEqual(Bank.TABLES);
            twins.assertNoConflicts();
            for (String part : List.of("capture", "apply")) {
                JavaProcess process = twins.process(part);
                assertThat(process.isRunning())
                        .as("%s survived the others' outages%n%s", part, twins.logs())
                        .isTrue();
                process.terminate();
                assertThat(process.awaitExit(Duration.ofSeconds(60))).isZero();
            }
        }
    }

    private static void killAndRestart(Twins twins, String part) {
        switch (part) {
            case "capture", "apply" -> {
                twins.kill(part);
                twins.launch(part);
            }
            case "broker" -> {
                twins.kafka.kill();
                twins.kafka.start();
            }
            case "source" -> {
                twins.source.kill();
                twins.source.start();
            }
            case "target" -> {
                twins.target.kill();
                twins.target.start();
            }
            default -> throw new IllegalArgumentException(part);
        }
    }

    /** Lets the load run: time is the input of this test, not a condition. */
    private static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }
}
