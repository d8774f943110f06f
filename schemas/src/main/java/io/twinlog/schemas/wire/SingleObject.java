package io.twinlog.schemas.wire;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Avro's single-object header: {@code C3 01}, then the 8-byte little-endian CRC-64-AVRO fingerprint of the schema.
 *
 * <p>The fingerprint is taken over the <em>complete</em> schema text, not over its parsing canonical form: the canonical
 * form drops logical types and properties, so that {@code numeric(10,2)} and {@code numeric(10,4)} would share one.
 */
public final class SingleObject {

    /** Bytes before the body of a record. */
    public static final int HEADER_BYTES = 10;

    private SingleObject() {}

    /** CRC-64-AVRO of the schema's text as {@link Schema#toString()} prints it. */
    public static long fingerprint(Schema schema) {
        return SchemaNormalization.fingerprint64(schema.toString().getBytes(StandardCharsets.UTF_8));
    }

    public static void writeHeader(AvroOutput out, long fingerprint) {
        int at = out.reserve(HEADER_BYTES);
        byte[] b = out.buffer();
        b[at] = (byte) 0xC3;
        b[at + 1] = 0x01;
        for (int i = 0; i < 8; i++) {
            b[at + 2 + i] = (byte) (fingerprint >>> (8 * i));
        }
    }

    /** Reads the fingerprint of a record; throws {@link MalformedEventException} if it does not start with the marker. */
    public static long readFingerprint(byte[] record) {
        if (record.length < HEADER_BYTES || record[0] != (byte) 0xC3 || record[1] != 0x01) {
            throw new MalformedEventException("The record does not start with the single-object marker C3 01");
        }
        long fingerprint = 0;
        for (int i = 7; i >= 0; i--) {
            fingerprint = fingerprint << 8 | (record[2 + i] & 0xFF);
        }
        return fingerprint;
    }
}
