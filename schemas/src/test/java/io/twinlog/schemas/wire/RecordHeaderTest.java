package io.twinlog.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecordHeaderTest {

    @Test
    void a_registry_header_is_a_zero_and_the_id_with_its_highest_byte_first() {
        byte[] header = RecordHeader.registry(0x8102_0304);

        assertThat(header).containsExactly(0, 0x81, 2, 3, 4);
        assertThat(RecordHeader.isRegistry(header)).isTrue();
        assertThat(RecordHeader.length(header)).isEqualTo(5);
        assertThat(RecordHeader.schema(header)).isEqualTo(0x8102_0304L);
    }

    @Test
    void a_single_object_header_is_the_mark_and_the_fingerprint_with_its_lowest_byte_first() {
        byte[] header = RecordHeader.singleObject(0x8102030405060708L);

        assertThat(header).containsExactly(0xC3, 1, 8, 7, 6, 5, 4, 3, 2, 0x81);
        assertThat(RecordHeader.isRegistry(header)).isFalse();
        assertThat(RecordHeader.length(header)).isEqualTo(10);
        assertThat(RecordHeader.schema(header)).isEqualTo(0x8102030405060708L);
    }

    @Test
    void what_starts_otherwise_is_malformed() {
        for (byte[] record : new byte[][] {{}, {0, 1, 2, 3}, {(byte) 0xC3, 1, 2}, "{\"op\":\"c\"}".getBytes()}) {
            assertThatThrownBy(() -> RecordHeader.length(record)).isInstanceOf(MalformedEventException.class);
        }
    }
}
