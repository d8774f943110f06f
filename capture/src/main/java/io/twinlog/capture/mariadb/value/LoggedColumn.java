package io.twinlog.capture.mariadb.value;

import io.twinlog.capture.mariadb.binlog.LogBytes;
import io.twinlog.capture.mariadb.binlog.TableMap;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the values of one column from row images. Not thread-safe. */
final class LoggedColumn {

    /** How the bytes of a string become text. */
    private enum Form {
        TEXT,
        BYTES,
        /** Bytes up to the declared length: the log leaves zero bytes at the end out. */
        PADDED_BYTES,
        UUID,
        INET6,
        INET4
    }

    private static final int ADDRESS_BYTES = 16;

    private final TableMap.Column column;
    private final String name;
    private final Form form;
    private final CharacterSets.@Nullable TextForm text;
    private final List<byte[]> labels;
    private final byte[] padded;

    LoggedColumn(TableMap.Column column, MariadbType type, CharacterSets sets, String name) {
        this.column = column;
        this.name = name;
        String set = column.collation() < 0 ? null : sets.ofCollation(column.collation());
        boolean binary = set == null || set.equals(CharacterSets.BINARY);
        this.form = switch (type.base()) {
            case "uuid" -> Form.UUID;
            case "inet6" -> Form.INET6;
            case "inet4" -> Form.INET4;
            default -> !binary ? Form.TEXT : column.type() == TableMap.STRING ? Form.PADDED_BYTES : Form.BYTES;
        };
        this.padded = new byte[form == Form.INET4 ? 4 : ADDRESS_BYTES];
        this.text = form == Form.TEXT ? sets.form(Objects.requireNonNull(set), name) : null;
        this.labels = utf8(column.labels(), text);
        if (!isReadable(column.type())) {
            throw RowDecoder.unknown(name, column.type());
        }
    }

    private static List<byte[]> utf8(List<byte[]> labels, CharacterSets.@Nullable TextForm form) {
        List<byte[]> result = new ArrayList<>();
        for (byte[] label : labels) {
            TextBuffer buffer = new TextBuffer();
            if (form == null) {
                buffer.add(label, 0, label.length);
            } else {
                form.append(buffer, label, 0, label.length);
            }
            result.add(Arrays.copyOf(buffer.bytes(), buffer.size()));
        }
        return result;
    }

    private static boolean isReadable(int type) {
        return switch (type) {
            case TableMap.TINY,
                    TableMap.SHORT,
                    TableMap.INT24,
                    TableMap.LONG,
                    TableMap.LONGLONG,
                    TableMap.FLOAT,
                    TableMap.DOUBLE,
                    TableMap.NEWDECIMAL,
                    TableMap.YEAR,
                    TableMap.DATE,
                    TableMap.TIME2,
                    TableMap.DATETIME2,
                    TableMap.TIMESTAMP2,
                    TableMap.BIT,
                    TableMap.ENUM,
                    TableMap.SET,
                    TableMap.STRING,
                    TableMap.VARCHAR,
                    TableMap.VAR_STRING,
                    TableMap.BLOB,
                    TableMap.GEOMETRY,
                    TableMap.VECTOR,
                    TableMap.JSON -> true;
            default -> false;
        };
    }

    /** Appends the text of the value at the cursor. */
    void append(LogBytes in, TextBuffer out) {
        switch (column.type()) {
            case TableMap.TINY -> integer(in, out, 1);
            case TableMap.SHORT -> integer(in, out, 2);
            case TableMap.INT24 -> integer(in, out, 3);
            case TableMap.LONG -> integer(in, out, 4);
            case TableMap.LONGLONG -> integer(in, out, 8);
            case TableMap.FLOAT -> out.ascii(Float.toString(Float.intBitsToFloat((int) in.readLittle(4))));
            case TableMap.DOUBLE -> out.ascii(Double.toString(Double.longBitsToDouble(in.readLittle(8))));
            case TableMap.NEWDECIMAL -> DecimalText.append(in, out, column.precision(), column.scale());
            case TableMap.YEAR -> {
                int year = in.readByte();
                out.digits(year == 0 ? 0 : 1900 + year, 4);
            }
            case TableMap.DATE -> TemporalText.date(in, out);
            case TableMap.TIME2 -> TemporalText.time(in, out, column.precision());
            case TableMap.DATETIME2 -> TemporalText.datetime(in, out, column.precision());
            case TableMap.TIMESTAMP2 -> TemporalText.timestamp(in, out, column.precision());
            case TableMap.BIT -> bits(in, out);
            case TableMap.ENUM -> enumeration(in, out);
            case TableMap.SET -> set(in, out);
            case TableMap.STRING, TableMap.VARCHAR, TableMap.VAR_STRING ->
                bytes(in, out, (int) in.readLittle(column.length() > 255 ? 2 : 1));
            case TableMap.JSON -> {
                int length = Math.toIntExact(in.readLittle(column.length()));
                JsonText.append(in.array(), in.skip(length), length, out);
            }
            case TableMap.BLOB, TableMap.GEOMETRY, TableMap.VECTOR ->
                bytes(in, out, Math.toIntExact(in.readLittle(column.length())));
            default -> throw RowDecoder.unknown(name, column.type());
        }
    }

    private void integer(LogBytes in, TextBuffer out, int size) {
        long value = in.readLittle(size);
        if (!column.unsigned()) {
            int unused = 64 - 8 * size;
            out.number(value << unused >> unused);
        } else if (value < 0) {
            out.ascii(Long.toUnsignedString(value));
        } else {
            out.digits(value, 1);
        }
    }

    private void bits(LogBytes in, TextBuffer out) {
        int bits = column.length();
        long value = in.readBig((bits + 7) / 8);
        for (int i = bits - 1; i >= 0; i--) {
            out.add('0' + (int) (value >>> i & 1));
        }
    }

    private void enumeration(LogBytes in, TextBuffer out) {
        int index = (int) in.readLittle(column.length());
        // 0 is the member that stands for what was no member: the empty text.
        if (index > 0) {
            label(out, index - 1);
        }
    }

    private void set(LogBytes in, TextBuffer out) {
        long members = in.readLittle(column.length());
        boolean first = true;
        for (int i = 0; i < Long.SIZE && members >>> i != 0; i++) {
            if ((members >>> i & 1) != 0) {
                if (!first) {
                    out.add(',');
                }
                first = false;
                label(out, i);
            }
        }
    }

    private void label(TextBuffer out, int index) {
        if (index >= labels.size()) {
            throw new TwinlogException(
                    Category.BUG,
                    "Column " + name + ": the log has member " + (index + 1) + " of " + labels.size()
                            + " of its type. Is binlog_row_metadata FULL? Nothing was skipped.");
        }
        byte[] label = labels.get(index);
        out.add(label, 0, label.length);
    }

    private void bytes(LogBytes in, TextBuffer out, int length) {
        int from = in.skip(length);
        byte[] b = in.array();
        switch (form) {
            case TEXT -> Objects.requireNonNull(text).append(out, b, from, from + length);
            case BYTES -> out.hex(b, from, from + length, 0);
            case PADDED_BYTES -> out.hex(b, from, from + length, column.length());
            case UUID -> InetText.uuid(out, pad(b, from, length));
            case INET6 -> InetText.inet6(out, pad(b, from, length));
            case INET4 -> InetText.inet4(out, pad(b, from, length));
        }
    }

    /** The log leaves zero bytes at the end out: they belong to the right. */
    private byte[] pad(byte[] b, int from, int length) {
        Arrays.fill(padded, (byte) 0);
        System.arraycopy(b, from, padded, 0, Math.min(length, padded.length));
        return padded;
    }
}
