package io.twinlog.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineTest {

    private final Cli cli = new Cli();

    static Stream<List<String>> commands() {
        return Stream.of(
                List.of("demo"),
                List.of("sandbox"),
                List.of("kafka"),
                List.of("run"),
                List.of("capture"),
                List.of("apply"),
                List.of("doctor"),
                List.of("status"),
                List.of("wait"),
                List.of("conflicts"),
                List.of("conflicts", "list"),
                List.of("conflicts", "show"),
                List.of("conflicts", "replay"),
                List.of("conflicts", "discard"),
                List.of("accept-loss"),
                List.of("drop"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_explains_itself_with_an_example(List<String> command) {
        Result help =
                cli.run(Stream.concat(command.stream(), Stream.of("--help")).toArray());

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Usage: twinlog " + String.join(" ", command), "Example");
    }

    @Test
    void the_version_is_the_one_that_was_built() {
        assertThat(cli.run("--version").out()).matches("twinlog \\d+\\.\\d+\\.\\d+.*\\R");
    }

    @Test
    void an_unknown_command_is_refused_with_the_one_that_was_meant() {
        Result result = cli.run("rum", "-f", "x");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("'rum'", "twinlog run", "twinlog --help");
    }

    @Test
    void an_unknown_option_is_refused_with_the_one_that_was_meant() {
        Result result = cli.run("run", "--flie", "x");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--flie", "--file", "twinlog run --help");
    }

    @Test
    void without_a_configuration_file_one_learns_how_to_get_one(@TempDir Path directory) {
        for (Result result : List.of(cli.run("run"), cli.run("run", "-f", directory.resolve("no.yaml")))) {
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("twinlog sandbox --dir DIR");
        }
    }

    @Test
    void a_time_needs_its_unit() {
        Result result = cli.run("wait", "-f", "x", "--timeout", "60");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("such as 5ms, 2s");
    }

    @Test
    void a_loss_is_not_accepted_without_a_reason() {
        assertThat(cli.run("accept-loss", "-f", "x").exitCode()).isEqualTo(2);
        assertThat(cli.run("accept-loss", "-f", "x", "--reason", " ").exitCode())
                .isEqualTo(2);
    }
}
