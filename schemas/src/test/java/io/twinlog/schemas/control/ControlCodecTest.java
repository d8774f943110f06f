package io.twinlog.schemas.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.SingleObject;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class ControlCodecTest {

    private static final ControlRecord END = new ControlRecord(
            ControlKind.END,
            2,
            4711,
            "0/16B3790",
            815L,
            1_700_000_000_123_456L,
            "twinlog_back",
            3,
            List.of(new PartitionCount("shop.public.orders", 2, 1), new PartitionCount("shop.public.items", 0, 2)),
            4700,
            "0/16B3000",
            Map.of("a", "1", "b", "2"));

    @Test
    void every_kind_comes_back_as_it_was() {
        assertThat(ControlCodec.decode(ControlCodec.encode(END))).isEqualTo(END);
        for (ControlKind kind : ControlKind.values()) {
            ControlRecord record = ControlRecord.of(kind, 1, 2, null, 3, Map.of(ControlRecord.Detail.REASON, "start"));
            assertThat(ControlCodec.decode(ControlCodec.encode(record))).isEqualTo(record);
        }
    }

    @Test
    void a_plain_avro_reader_understands_it() throws Exception {
        byte[] bytes = ControlCodec.encode(END);

        GenericRecord read = new GenericDatumReader<GenericRecord>(ControlCodec.SCHEMA)
                .read(
                        null,
                        DecoderFactory.get()
                                .binaryDecoder(
                                        bytes,
                                        SingleObject.HEADER_BYTES,
                                        bytes.length - SingleObject.HEADER_BYTES,
                                        null));

        assertThat(read.get("kind").toString()).isEqualTo("END");
        assertThat(read.get("stored_seq")).isEqualTo(4700L);
        assertThat(read.get("resume_position").toString()).isEqualTo("0/16B3000");
        assertThat((List<?>) read.get("counts")).hasSize(2);
    }

    @Test
    void unknown_schemas_and_every_truncation_are_refused() {
        byte[] bytes = ControlCodec.encode(END);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ControlCodec.decode(cut)).isInstanceOf(MalformedEventException.class);
        }
        bytes[5] ^= 1;
        assertThatThrownBy(() -> ControlCodec.decode(bytes)).hasMessageContaining("unknown schema");
    }
}
