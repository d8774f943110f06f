package io.twinlog.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class AvroBytesTest {

    @Test
    void writes_the_bytes_that_avro_writes_and_reads_them_back() throws Exception {
        Random random = new Random(2);
        AvroOutput out = new AvroOutput(1);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        BinaryEncoder avro = EncoderFactory.get().binaryEncoder(expected, null);
        long[] numbers = new long[1000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextLong() >> random.nextInt(64);
        }
        numbers[0] = Long.MIN_VALUE;
        numbers[1] = Long.MAX_VALUE;
        for (long number : numbers) {
            out.writeLong(number);
            avro.writeLong(number);
            out.writeDouble(Double.longBitsToDouble(number));
            avro.writeDouble(Double.longBitsToDouble(number));
            out.writeFloat(number);
            avro.writeFloat(number);
            out.writeString("n" + number + "ü😀");
            avro.writeString("n" + number + "ü😀");
            out.writeBoolean(number > 0);
            avro.writeBoolean(number > 0);
        }
        avro.flush();

        assertThat(out.toBytes()).isEqualTo(expected.toByteArray());
        AvroInput in = new AvroInput(out.toBytes());
        for (long number : numbers) {
            assertThat(in.readLong()).isEqualTo(number);
            assertThat(Double.doubleToRawLongBits(in.readDouble()))
                    .isEqualTo(Double.doubleToRawLongBits(Double.longBitsToDouble(number)));
            assertThat(in.readFloat()).isEqualTo((float) number);
            assertThat(in.readString()).isEqualTo("n" + number + "ü😀");
            assertThat(in.readBoolean()).isEqualTo(number > 0);
        }
        assertThat(in.remaining()).isZero();
        AvroInput skipping = new AvroInput(out.toBytes());
        for (long number : numbers) {
            skipping.skipLong();
            assertThat(Double.doubleToRawLongBits(skipping.readDouble()))
                    .isEqualTo(Double.doubleToRawLongBits(Double.longBitsToDouble(number)));
            skipping.skip(4);
            skipping.skipBytes();
            skipping.skip(1);
        }
        assertThat(skipping.remaining()).isZero();
    }

    @Test
    void damaged_bytes_are_named_and_never_read_past_the_end() {
        byte[] tooLong = {
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            (byte) 0x80,
            1
        };
        for (int length = 0; length <= tooLong.length; length++) {
            // A buffer goes on behind the record that is read from it.
            int limit = length;
            String expected = length < 10 ? "ends at offset " + length : "longer than 10 bytes";
            assertThatThrownBy(() -> new AvroInput(tooLong, 0, limit).readLong())
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessageContaining(expected);
            assertThatThrownBy(() -> new AvroInput(tooLong, 0, limit).skipLong())
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessageContaining(expected);
        }
        assertThatThrownBy(() -> new AvroInput(new byte[] {20, 'a'}).readString())
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("length of 10");
        assertThatThrownBy(() -> new AvroInput(new byte[] {1, 2}).readFloat())
                .isInstanceOf(MalformedEventException.class);
        assertThatThrownBy(() -> SingleObject.readFingerprint(new byte[] {0, 1, 2}))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("C3 01");
    }
}
