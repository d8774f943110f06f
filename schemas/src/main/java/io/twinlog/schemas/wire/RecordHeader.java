package io.twinlog.schemas.wire;

/**
 * The bytes before the Avro body of a record. They tell themselves apart by the first one: {@code C3} starts a
 * {@linkplain SingleObject single-object} header of 10 bytes, {@code 00} the Confluent header, which is that byte and the
 * 4-byte big-endian id that a schema registry gave the schema. So a reader needs no setting to read either.
 */
public final class RecordHeader {

    /** Bytes before the body of a record whose schema is in a registry. */
    public static final int REGISTRY_BYTES = 5;

    private static final byte REGISTRY_MARK = 0;

    private RecordHeader() {}

    /** The header of a record whose schema is found by its fingerprint. */
    public static byte[] singleObject(long fingerprint) {
        AvroOutput out = new AvroOutput(SingleObject.HEADER_BYTES);
        SingleObject.writeHeader(out, fingerprint);
        return out.toBytes();
    }

    /** The header of a record whose schema is found by the id that a registry gave it. */
    public static byte[] registry(int id) {
        return new byte[] {REGISTRY_MARK, (byte) (id >>> 24), (byte) (id >>> 16), (byte) (id >>> 8), (byte) id};
    }

    /** Whether the schema is in a registry; else the record has a single-object header, or none that is known. */
    public static boolean isRegistry(byte[] record) {
        return record.length >= REGISTRY_BYTES && record[0] == REGISTRY_MARK;
    }

    /** Whether the record has one of the two headers; else it is none of ours. */
    public static boolean isKnown(byte[] record) {
        return isRegistry(record) || isSingleObject(record);
    }

    private static boolean isSingleObject(byte[] record) {
        return record.length >= SingleObject.HEADER_BYTES && record[0] == (byte) 0xC3 && record[1] == 0x01;
    }

    /** Whether a record starts with either header. */
    public static boolean isPresent(byte[] record) {
        return isRegistry(record) || isSingleObject(record);
    }

    /** Where the body starts; throws {@link MalformedEventException} if the record starts with neither header. */
    public static int length(byte[] record) {
        if (isRegistry(record)) {
            return REGISTRY_BYTES;
        }
        if (isSingleObject(record)) {
            return SingleObject.HEADER_BYTES;
        }
        throw new MalformedEventException(
                "The record starts neither with the single-object marker C3 01 nor with the registry's marker 00");
    }

    /** The fingerprint or the registry's id, as {@link #isRegistry} says. */
    public static long schema(byte[] record) {
        if (!isRegistry(record)) {
            return SingleObject.readFingerprint(record);
        }
        return (record[1] & 0xFFL) << 24 | (record[2] & 0xFF) << 16 | (record[3] & 0xFF) << 8 | (record[4] & 0xFF);
    }
}
