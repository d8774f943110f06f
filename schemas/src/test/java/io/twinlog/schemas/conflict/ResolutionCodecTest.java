package io.twinlog.schemas.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.wire.MalformedEventException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class ResolutionCodecTest {

    private static final Resolution RESOLVED = new Resolution(
            "1-4711-3", ResolutionState.RESOLVED, "anna", "ticket 12", 1_000_000, ConflictPolicy.OVERWRITE, 2);

    @Test
    void every_field_comes_back_as_it_was() {
        Resolution discarded = new Resolution("1-2-3", ResolutionState.DISCARDED, "bob", "", 5, null, 1);

        assertThat(ResolutionCodec.decode(ResolutionCodec.encode(RESOLVED))).isEqualTo(RESOLVED);
        assertThat(ResolutionCodec.decode(ResolutionCodec.encode(discarded))).isEqualTo(discarded);
    }

    @Test
    void the_bytes_follow_the_schema() throws Exception {
        byte[] bytes = ResolutionCodec.encode(RESOLVED);
        GenericRecord read = new GenericDatumReader<GenericRecord>(ResolutionCodec.SCHEMA)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, 10, bytes.length - 10, null));

        assertThat(read.get("policy")).hasToString("overwrite");
        assertThat(read.get("attempt")).isEqualTo(2);
    }

    @Test
    void every_truncation_and_an_unknown_state_are_refused() {
        byte[] bytes = ResolutionCodec.encode(RESOLVED);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ResolutionCodec.decode(cut)).isInstanceOf(MalformedEventException.class);
        }
        byte[] odd = ByteBuffer.wrap(bytes.clone()).array();
        odd[10 + 1 + RESOLVED.id().length() + 1] = 'x';
        assertThatThrownBy(() -> ResolutionCodec.decode(odd)).isInstanceOf(MalformedEventException.class);
    }
}
