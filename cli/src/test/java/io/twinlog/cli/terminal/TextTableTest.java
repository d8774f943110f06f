package io.twinlog.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void columns_are_aligned_and_the_last_one_keeps_its_length() {
        assertThat(new TextTable("  ").row("a", "bb", "c").row("aaa", "b", "").toString())
                .isEqualTo("  a    bb  c\n  aaa  b\n");
    }
}
