package io.twinlog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LsnTest {

    @Test
    void reads_what_it_prints_also_with_the_top_bit_set() {
        for (long lsn : new long[] {0, 0x16B3748L, 0x1_0000_0000L, 0xFFFF_FFFF_FFFF_FFFFL, 0x8000_0000_0000_0001L}) {
            assertThat(Lsn.parse(Lsn.format(lsn))).isEqualTo(lsn);
        }
        assertThat(Lsn.format(0x1_016B_3748L)).isEqualTo("1/16B3748");
    }
}
