package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 3: a full disk at the target is an outage. The applier pauses, says so, parks nothing, and goes on by itself when there is
 * room again. Needs the right to mount a small file system, that is, root.
 */
class DiskFullFaultIT {

    private static final int ROWS = 100_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void a_full_disk_at_the_target_pauses_and_heals_alone() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("a file system can be mounted by root only")
                .isEqualTo("root");
        Path small = Files.createDirectory(directory.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", small.toString());
        try (Twins twins = Twins.start(directory, "none", "256m")) {
            Path ballast = small.resolve("ballast");
            Files.write(ballast, new byte[18 << 20]);
            Path space = Files.createDirectory(small.resolve("space"));
            // Whatever account the server runs under can write here.
            Files.setPosixFilePermissions(small, PosixFilePermissions.fromString("rwxrwxrwx"));
            own(space, twins.target.dataDir());
            twins.source.execute(Twins.DATABASE, "CREATE TABLE t(id int PRIMARY KEY, v text)");
            twins.target.execute("postgres", "CREATE TABLESPACE small LOCATION '" + space + "'");
            twins.target.execute(Twins.DATABASE, "CREATE TABLE t(id int PRIMARY KEY, v text) TABLESPACE small");
            JavaProcess run = twins.launch("run");
            twins.awaitApplied();

            twins.source.execute(
                    Twins.DATABASE, "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, " + ROWS + ") i");
            run.awaitOutput("(?i)applier +PAUSED[^\\n]*(no space left|53100)", Duration.ofSeconds(60));
            Awaitility.await("more attempts").atMost(Duration.ofSeconds(60)).until(() -> refusals(twins.target) >= 4);
            String paused = run.output().substring(run.output().indexOf("PAUSED"));
            assertThat(paused).as("PAUSED until something was committed").doesNotContain("SECONDARY");
            Files.write(ballast, new byte[0]);
            Files.delete(ballast);

            twins.awaitApplied();
            twins.assertEqual("t");
            twins.assertNoConflicts();
            assertThat(run.isRunning()).isTrue();
        } finally {
            run("umount", "-l", small.toString());
        }
    }

    private static long refusals(EmbeddedPostgres server) throws IOException {
        return Files.readString(server.log())
                .lines()
                .filter(line -> line.contains("ERROR") && line.contains("No space left"))
                .count();
    }

    private static void own(Path folder, Path like) throws IOException {
        Files.setAttribute(folder, "unix:uid", Files.getAttribute(like, "unix:uid"));
        Files.setAttribute(folder, "unix:gid", Files.getAttribute(like, "unix:gid"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
    }
}
