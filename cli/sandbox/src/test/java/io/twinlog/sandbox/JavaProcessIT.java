package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class JavaProcessIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void child_gets_properties_and_environment_and_gives_its_exit_code() {
        try (JavaProcess child = ticker("exit")) {
            child.awaitOutput("^hello you$", SOON);
            assertThat(child.awaitExit(SOON)).isEqualTo(7);
            assertThat(child.exitCode()).contains(7);
        }
    }

    @Test
    void terminated_child_leaves_in_good_order_and_killed_one_does_not() {
        try (JavaProcess terminated = ticker();
                JavaProcess killed = ticker()) {
            terminated.awaitOutput("tick", SOON);
            killed.awaitOutput("tick", SOON);
            terminated.terminate();
            killed.kill();
            assertThat(terminated.awaitExit(SOON)).isEqualTo(143);
            assertThat(killed.exitCode()).contains(137);
            assertThat(terminated.output()).contains("leaving");
            assertThat(killed.output()).doesNotContain("leaving");
        }
    }

    @Test
    void frozen_child_says_nothing_until_it_is_thawed() {
        try (JavaProcess child = ticker()) {
            child.awaitOutput("tick", SOON);
            child.freeze();
            Awaitility.await().during(Duration.ofMillis(200)).atMost(SOON).until(new Unchanging(child)::holds);
            int before = child.output().length();
            child.thaw();
            Awaitility.await().atMost(SOON).until(() -> child.output().length() > before);
        }
    }

    @Test
    void missing_output_is_reported_with_what_there_was() {
        try (JavaProcess child = ticker("exit")) {
            assertThatThrownBy(() -> child.awaitOutput("never", SOON))
                    .hasMessageContaining("never")
                    .hasMessageContaining("ended with exit code 7")
                    .hasMessageContaining("hello you");
        }
    }

    @Test
    void even_a_frozen_child_ends_with_its_killed_parent() {
        try (JavaProcess parent = ticker("parent")) {
            Pid child = new Pid(
                    Long.parseLong(parent.awaitOutput("^child (\\d+)$", SOON).group(1)));
            assertThat(child.isGone()).isFalse();
            parent.kill();
            assertThat(child.awaitGone(SOON)).isTrue();
        }
    }

    private static JavaProcess ticker(String... arguments) {
        return JavaProcess.of(Ticker.class)
                .heap("64m")
                .systemProperty("greeting", "hello")
                .environment("NAME", "you")
                .arguments(arguments)
                .start();
    }

    /** Whether the output is the same as at the last look. */
    private static final class Unchanging {
        private final JavaProcess process;
        private int length;

        Unchanging(JavaProcess process) {
            this.process = process;
        }

        boolean holds() {
            int before = length;
            length = process.output().length();
            return length == before;
        }
    }
}
