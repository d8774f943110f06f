package io.twinlog.capture.mariadb.value;

import io.twinlog.capture.mariadb.binlog.LogBytes;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * JSON documents as MySQL stores them, printed as the server prints them. Stateless. Source: MySQL, sql-common/json_binary.h and
 * json_dom.cc ({@code Json_wrapper::to_string}).
 */
final class JsonText {

    private static final int SMALL_OBJECT = 0;
    private static final int LARGE_OBJECT = 1;
    private static final int SMALL_ARRAY = 2;
    private static final int LARGE_ARRAY = 3;
    private static final int LITERAL = 4;
    private static final int INT16 = 5;
    private static final int UINT16 = 6;
    private static final int INT32 = 7;
    private static final int UINT32 = 8;
    private static final int INT64 = 9;
    private static final int UINT64 = 10;
    private static final int DOUBLE = 11;
    private static final int STRING = 12;
    private static final int OPAQUE = 15;

    private static final int OPAQUE_TIMESTAMP = 7;
    private static final int OPAQUE_DATE = 10;
    private static final int OPAQUE_TIME = 11;
    private static final int OPAQUE_DATETIME = 12;
    private static final int OPAQUE_DECIMAL = 246;

    private static final int MICRO_DIGITS = 6;
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /** Appends the document that lies in these bytes; none at all is what the server takes for null. */
    static void append(byte[] bytes, int from, int length, TextBuffer out) {
        if (length == 0) {
            out.ascii("null");
            return;
        }
        value(bytes[from] & 0xFF, new LogBytes(bytes, from + 1, from + length), out);
    }

    /** The value that begins at the cursor. */
    private static void value(int type, LogBytes in, TextBuffer out) {
        switch (type) {
            case SMALL_OBJECT -> container(in, out, true, 2);
            case LARGE_OBJECT -> container(in, out, true, 4);
            case SMALL_ARRAY -> container(in, out, false, 2);
            case LARGE_ARRAY -> container(in, out, false, 4);
            case LITERAL -> literal(in.readByte(), out);
            case INT16 -> out.number((short) in.readLittle(2));
            case UINT16 -> out.number(in.readLittle(2));
            case INT32 -> out.number((int) in.readLittle(4));
            case UINT32 -> out.number(in.readLittle(4));
            case INT64 -> out.number(in.readLittle(8));
            case UINT64 -> out.ascii(Long.toUnsignedString(in.readLittle(8)));
            case DOUBLE -> JsonNumber.append(Double.longBitsToDouble(in.readLittle(8)), out);
            case STRING -> {
                int length = length(in);
                quoted(in.array(), in.skip(length), length, out);
            }
            case OPAQUE -> opaque(in, out);
            default -> throw unknown("a value of type " + type);
        }
    }

    private static void literal(int literal, TextBuffer out) {
        out.ascii(
                switch (literal) {
                    case 0 -> "null";
                    case 1 -> "true";
                    case 2 -> "false";
                    default -> throw unknown("the literal " + literal);
                });
    }

    /** Offsets count from where the container begins. */
    private static void container(LogBytes in, TextBuffer out, boolean object, int width) {
        byte[] bytes = in.array();
        int start = in.position();
        int count = (int) in.readLittle(width);
        int size = (int) in.readLittle(width);
        int keys = in.position();
        int keyEntry = width + 2;
        int values = object ? keys + count * keyEntry : keys;
        int end = start + size;
        out.add(object ? '{' : '[');
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.ascii(", ");
            }
            if (object) {
                LogBytes key = new LogBytes(bytes, keys + i * keyEntry, end);
                int at = start + (int) key.readLittle(width);
                int length = (int) key.readLittle(2);
                quoted(bytes, new LogBytes(bytes, at, end).skip(length), length, out);
                out.ascii(": ");
            }
            LogBytes entry = new LogBytes(bytes, values + i * (1 + width), end);
            int type = entry.readByte();
            if (isInline(type, width)) {
                value(type, entry, out);
            } else {
                value(type, new LogBytes(bytes, start + (int) entry.readLittle(width), end), out);
            }
        }
        out.add(object ? '}' : ']');
    }

    private static boolean isInline(int type, int width) {
        return switch (type) {
            case LITERAL, INT16, UINT16 -> true;
            case INT32, UINT32 -> width == 4;
            default -> false;
        };
    }

    /** Seven bits per byte, the lowest first. */
    private static int length(LogBytes in) {
        long length = 0;
        int shift = 0;
        int octet;
        do {
            octet = in.readByte();
            length |= (long) (octet & 0x7F) << shift;
            shift += 7;
        } while ((octet & 0x80) != 0);
        return Math.toIntExact(length);
    }

    private static void quoted(byte[] bytes, int from, int length, TextBuffer out) {
        out.add('"');
        int plain = from;
        for (int i = from; i < from + length; i++) {
            int c = bytes[i] & 0xFF;
            if (c < 0x20 || c == '"' || c == '\\') {
                out.add(bytes, plain, i);
                plain = i + 1;
                out.add('\\');
                escaped(c, out);
            }
        }
        out.add(bytes, plain, from + length);
        out.add('"');
    }

    private static void escaped(int c, TextBuffer out) {
        switch (c) {
            case '\b' -> out.add('b');
            case '\t' -> out.add('t');
            case '\n' -> out.add('n');
            case '\f' -> out.add('f');
            case '\r' -> out.add('r');
            case '"', '\\' -> out.add(c);
            default -> {
                out.ascii("u00");
                out.add(HEX.charAt(c >> 4));
                out.add(HEX.charAt(c & 0xF));
            }
        }
    }

    // --- values of SQL inside of documents

    private static void opaque(LogBytes in, TextBuffer out) {
        int type = in.readByte();
        int length = length(in);
        int from = in.skip(length);
        LogBytes data = new LogBytes(in.array(), from, from + length);
        switch (type) {
            case OPAQUE_DECIMAL -> DecimalText.append(data, out, data.readByte(), data.readByte());
            case OPAQUE_DATE, OPAQUE_DATETIME, OPAQUE_TIMESTAMP -> moment(data.readLittle(8), type, out);
            case OPAQUE_TIME -> time(data.readLittle(8), out);
            default -> {
                byte[] bytes = data.readBytes(length);
                String text = "base64:type" + type + ":"
                        + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes);
                quoted(text.getBytes(StandardCharsets.US_ASCII), 0, text.length(), out);
            }
        }
    }

    private static void moment(long packed, int type, TextBuffer out) {
        long ymd = packed >> 41;
        long yearMonth = ymd >> 5;
        out.add('"');
        out.digits(yearMonth / 13, 4);
        out.add('-');
        out.digits(yearMonth % 13, 2);
        out.add('-');
        out.digits(ymd & 0x1F, 2);
        if (type != OPAQUE_DATE) {
            out.add(' ');
            clock(packed >> 24 & 0x1FFFF, packed & 0xFFFFFF, out);
        }
        out.add('"');
    }

    private static void time(long signed, TextBuffer out) {
        long packed = Math.abs(signed);
        out.add('"');
        if (signed < 0) {
            out.add('-');
        }
        clock(packed >> 24, packed & 0xFFFFFF, out);
        out.add('"');
    }

    private static void clock(long hms, long micros, TextBuffer out) {
        out.digits(hms >> 12, 2);
        out.add(':');
        out.digits(hms >> 6 & 0x3F, 2);
        out.add(':');
        out.digits(hms & 0x3F, 2);
        out.add('.');
        out.digits(micros, MICRO_DIGITS);
    }

    private static TwinlogException unknown(String what) {
        return new TwinlogException(
                Category.BUG,
                "A JSON document of the binlog has " + what
                        + ", which this Twinlog does not understand. Nothing was skipped."
                        + " Please report it with the version of the server.");
    }
}
