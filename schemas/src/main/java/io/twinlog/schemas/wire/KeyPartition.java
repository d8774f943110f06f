package io.twinlog.schemas.wire;

/**
 * The partition of a key: 32-bit murmur2 (Kafka's variant) of the Avro body of the key, made positive, modulo the
 * partition count. The schema prefix stays out of the hash so that a new schema version never moves a key.
 *
 * <p>Source of the function: Austin Appleby's MurmurHash2 with the seed 0x9747b28c that Kafka clients use; a test holds
 * it equal to Kafka's own.
 */
public final class KeyPartition {

    private static final int M = 0x5bd1e995;

    private KeyPartition() {}

    public static int of(byte[] buffer, int offset, int length, int partitions) {
        return (murmur2(buffer, offset, length) & 0x7fffffff) % partitions;
    }

    static int murmur2(byte[] data, int offset, int length) {
        int h = 0x9747b28c ^ length;
        int end = offset + (length & ~3);
        for (int i = offset; i < end; i += 4) {
            int k = (data[i] & 0xFF)
                    | (data[i + 1] & 0xFF) << 8
                    | (data[i + 2] & 0xFF) << 16
                    | (data[i + 3] & 0xFF) << 24;
            k *= M;
            k ^= k >>> 24;
            h = h * M ^ k * M;
        }
        int rest = length & 3;
        if (rest == 3) {
            h ^= (data[end + 2] & 0xFF) << 16;
        }
        if (rest >= 2) {
            h ^= (data[end + 1] & 0xFF) << 8;
        }
        if (rest >= 1) {
            h ^= data[end] & 0xFF;
            h *= M;
        }
        h ^= h >>> 13;
        h *= M;
        return h ^ h >>> 15;
    }
}
