package io.twinlog.capture.row;

import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroOutput;

/** Writes one value, given as text, as Avro. Stateless. */
final class ValueEncoder {

    private ValueEncoder() {}

    /**
     * Writes the value without any union branch.
     *
     * @return false if the type cannot hold this value exactly; then some bytes may have been written
     */
    static boolean write(AvroOutput out, XlogType type, int scale, byte[] b, int from, int to) {
        return switch (type) {
            case BOOLEAN -> writeBoolean(out, b, from, to);
            case INT -> NumberText.writeInteger(out, b, from, to, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> NumberText.writeInteger(out, b, from, to, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> NumberText.writeFloat(out, b, from, to);
            case DOUBLE -> NumberText.writeDouble(out, b, from, to);
            case BYTES -> writeHex(out, b, from, to);
            case TEXT -> {
                out.writeBytes(b, from, to - from);
                yield true;
            }
            case UUID -> {
                out.writeBytes(b, from, to - from);
                yield to - from == 36;
            }
            case DECIMAL -> NumberText.writeDecimal(out, scale, b, from, to);
            case DATE -> writeTime(out, TimeText.days(b, from, to));
            case TIME -> writeTime(out, TimeText.microsOfDay(b, from, to));
            case TIMESTAMP -> writeTime(out, TimeText.instantMicros(b, from, to));
            case LOCAL_TIMESTAMP -> writeTime(out, TimeText.micros(b, from, to));
        };
    }

    private static boolean writeBoolean(AvroOutput out, byte[] b, int from, int to) {
        if (to - from != 1 || (b[from] != 't' && b[from] != 'f')) {
            return false;
        }
        out.writeBoolean(b[from] == 't');
        return true;
    }

    private static boolean writeTime(AvroOutput out, long value) {
        if (value == TimeText.INVALID) {
            return false;
        }
        out.writeLong(value);
        return true;
    }

    /** {@code \x0aff}: bytes as PostgreSQL prints them with bytea_output hex. */
    private static boolean writeHex(AvroOutput out, byte[] b, int from, int to) {
        int length = to - from - 2;
        if (length < 0 || (length & 1) != 0 || b[from] != '\\' || b[from + 1] != 'x') {
            return false;
        }
        int bytes = length >> 1;
        out.writeLong(bytes);
        int at = out.reserve(bytes);
        byte[] target = out.buffer();
        int source = from + 2;
        int invalid = 0;
        for (int i = 0; i < bytes; i++) {
            int high = nibble(b[source++]);
            int low = nibble(b[source++]);
            invalid |= high | low;
            target[at++] = (byte) (high << 4 | low);
        }
        return invalid >= 0;
    }

    private static int nibble(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
}
