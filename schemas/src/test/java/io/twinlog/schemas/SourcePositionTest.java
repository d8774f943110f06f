package io.twinlog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SourcePositionTest {

    @Test
    void a_place_in_a_binlog_is_read_back_from_its_text() {
        SourcePosition.Format format = SourcePosition.binlog("mysql-bin.x");
        for (long position : new long[] {
            SourcePosition.ofBinlog(1, 4),
            SourcePosition.ofBinlog(999_999, 0xFFFF_FFFFL),
            SourcePosition.ofBinlog(1_000_000, 0)
        }) {
            assertThat(SourcePosition.parse(format.format(position))).isEqualTo(position);
        }
        assertThat(format.format(SourcePosition.ofBinlog(3, 1234))).isEqualTo("mysql-bin.x.000003:1234");
    }

    @Test
    void files_come_before_offsets() {
        assertThat(SourcePosition.compare("b.000009:4000000000", "b.000010:4")).isNegative();
        assertThat(SourcePosition.compare("b.999999:4", "b.1000000:4")).isNegative();
        assertThat(SourcePosition.later("b.000002:900", "b.000002:1000")).isEqualTo("b.000002:1000");
        assertThat(SourcePosition.later(null, "0/1")).isEqualTo("0/1");
    }

    @Test
    void a_log_sequence_number_is_a_position_too() {
        assertThat(SourcePosition.parse("1/16B3748")).isEqualTo(Lsn.parse("1/16B3748"));
        assertThat(SourcePosition.compare("FFFFFFFF/0", "1/0")).isPositive();
    }

    @Test
    void a_distance_is_known_within_a_binlog_file_and_anywhere_in_a_wal() {
        assertThat(SourcePosition.bytesBetween("b.000002:900", "b.000002:1000")).isEqualTo(100);
        assertThat(SourcePosition.bytesBetween("b.000002:900", "b.000003:1000")).isNull();
        assertThat(SourcePosition.bytesBetween("0/FFFFFFFF", "1/1")).isEqualTo(2);
    }

    @Test
    void what_cannot_be_held_is_refused() {
        assertThatThrownBy(() -> SourcePosition.ofBinlog(1, 1L << 32)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SourcePosition.parse("nothing")).isInstanceOf(IllegalArgumentException.class);
    }
}
