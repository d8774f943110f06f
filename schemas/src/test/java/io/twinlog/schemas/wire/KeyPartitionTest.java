package io.twinlog.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class KeyPartitionTest {

    @Test
    void equals_the_hash_of_kafka_at_every_length_and_offset() {
        Random random = new Random(1);
        for (int length = 0; length < 70; length++) {
            byte[] padded = new byte[length + 5];
            random.nextBytes(padded);
            byte[] key = Arrays.copyOfRange(padded, 3, 3 + length);

            assertThat(KeyPartition.murmur2(padded, 3, length)).isEqualTo(Utils.murmur2(key));
            assertThat(KeyPartition.of(padded, 3, length, 12)).isEqualTo(Utils.toPositive(Utils.murmur2(key)) % 12);
        }
    }
}
