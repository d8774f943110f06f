package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration is the first thing that anybody runs. */
class DemoIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    void runs_to_its_end_and_leaves_nothing_behind() throws Exception {
        try (JavaProcess demo = start()) {
            demo.awaitOutput("^3\\. Initial sync", LIMIT);
            List<ProcessHandle> children = descendants(demo);
            assertThat(children).isNotEmpty();

            assertThat(demo.awaitExit(LIMIT)).as(demo.output()).isZero();

            assertThat(demo.output())
                    .contains(
                            "Initial sync",
                            "First replicated row",
                            "50,000 rows, content equal",
                            "p50",
                            "kill -9",
                            "Nothing was lost and nothing doubled",
                            "update_differs",
                            "Where to look next")
                    .contains("the sum was wrong 0 times")
                    .doesNotContain("Exception", "DIFFERENT");
            assertGone(children);
            assertNoFilesLeft();
        }
    }

    @Test
    void ctrl_c_in_the_middle_cleans_up_too() throws Exception {
        try (JavaProcess demo = start()) {
            demo.awaitOutput("^4\\. Live changes", LIMIT);
            List<ProcessHandle> children = descendants(demo);

            demo.terminate();

            assertThat(demo.awaitExit(LIMIT)).as(demo.output()).isZero();
            assertGone(children);
            assertNoFilesLeft();
        }
    }

    private JavaProcess start() {
        return JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .systemProperty("java.io.tmpdir", directory.toString())
                .arguments("demo")
                .start();
    }

    private static List<ProcessHandle> descendants(JavaProcess process) {
        return ProcessHandle.of(process.pid()).orElseThrow().descendants().toList();
    }

    private static void assertGone(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(20, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    private void assertNoFilesLeft() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(
                            path -> path.getFileName().toString().startsWith("twinlog-") && Files.isDirectory(path)))
                    .isEmpty();
        }
    }
}
