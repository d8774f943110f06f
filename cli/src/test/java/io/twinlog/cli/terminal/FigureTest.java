package io.twinlog.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FigureTest {

    @Test
    void bytes_have_the_unit_that_fits() {
        assertThat(Figure.bytes(0)).isEqualTo("0 B");
        assertThat(Figure.bytes(1023)).isEqualTo("1023 B");
        assertThat(Figure.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Figure.bytes(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    }

    @Test
    void times_have_their_two_largest_units() {
        assertThat(Figure.seconds(0)).isEqualTo("0 s");
        assertThat(Figure.seconds(0.0123)).isEqualTo("12 ms");
        assertThat(Figure.seconds(12.34)).isEqualTo("12.3 s");
        assertThat(Figure.seconds(90)).isEqualTo("1 min 30 s");
        assertThat(Figure.seconds(3 * 3600 + 120)).isEqualTo("3 h 2 min");
        assertThat(Figure.seconds(86_400 * 7 + 3600)).isEqualTo("7 d 1 h");
    }

    @Test
    void things_are_counted() {
        assertThat(Figure.of(1, "problem")).isEqualTo("1 problem");
        assertThat(Figure.of(1234, "event")).isEqualTo("1,234 events");
    }
}
