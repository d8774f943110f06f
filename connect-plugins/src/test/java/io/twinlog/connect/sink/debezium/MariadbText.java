package io.twinlog.connect.sink.debezium;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Values that Debezium reads from MariaDB's log, as texts that can be compared with ours. Stateless. */
final class MariadbText {

    private static final long MICROS = 1_000_000;

    private MariadbText() {}

    /** A value of Debezium's, or null. */
    static String of(Schema schema, Object value) {
        if (value == null) {
            return null;
        }
        String semantic = schema.name() == null ? "" : schema.name();
        return switch (semantic) {
            case "io.debezium.time.Date" ->
                LocalDate.ofEpochDay((Integer) value).toString();
            case "io.debezium.time.Timestamp" -> moment((Long) value * 1000).toString();
            case "io.debezium.time.MicroTimestamp" -> moment((Long) value).toString();
            case "io.debezium.time.ZonedTimestamp" ->
                OffsetDateTime.parse((String) value)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime()
                        .toString();
            case "io.debezium.time.MicroTime" -> value + " us";
            case "org.apache.kafka.connect.data.Decimal" -> ((BigDecimal) value).toPlainString();
            case "io.debezium.data.Bits" ->
                bits((byte[]) value, Integer.parseInt(schema.parameters().get("length")));
            default ->
                switch (schema.type()) {
                    case BOOLEAN -> (Boolean) value ? "1" : "0";
                    case BYTES -> hex(value instanceof ByteBuffer buffer ? buffer.array() : (byte[]) value);
                    case STRUCT -> place((Struct) value);
                    default -> value.toString();
                };
        };
    }

    /** A text of ours in the same form. */
    static String ours(String type, String text) {
        if (text == null) {
            return null;
        }
        if (type.startsWith("time(")) {
            return micros(text) + " us";
        }
        if (type.startsWith("datetime") || type.startsWith("timestamp")) {
            String local = text.replace("+00", "").replace(' ', 'T');
            return local.contains("-00") ? local : LocalDateTime.parse(local).toString();
        }
        return text;
    }

    private static long micros(String time) {
        String[] parts = time.replace("-", "").split("[:.]", -1);
        long micros =
                ((Long.parseLong(parts[0]) * 60 + Long.parseLong(parts[1])) * 60 + Long.parseLong(parts[2])) * MICROS;
        if (parts.length > 3) {
            micros += Long.parseLong((parts[3] + "000000").substring(0, 6));
        }
        return time.startsWith("-") ? -micros : micros;
    }

    private static LocalDateTime moment(long micros) {
        return LocalDateTime.ofInstant(
                Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000),
                ZoneOffset.UTC);
    }

    /** The lowest byte first. */
    private static String bits(byte[] bytes, int length) {
        StringBuilder bits = new StringBuilder();
        for (int i = length - 1; i >= 0; i--) {
            bits.append(i / 8 < bytes.length ? bytes[i / 8] >> i % 8 & 1 : 0);
        }
        return bits.toString();
    }

    private static String place(Struct geometry) {
        Object wkb = geometry.get("wkb");
        Integer srid = geometry.getInt32("srid");
        return hex(ByteBuffer.allocate(4)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .putInt(srid == null ? 0 : srid)
                        .array())
                + hex(wkb instanceof ByteBuffer buffer ? buffer.array() : (byte[]) wkb)
                        .substring(2);
    }

    private static String hex(byte[] bytes) {
        return "\\x" + HexFormat.of().formatHex(bytes);
    }
}
