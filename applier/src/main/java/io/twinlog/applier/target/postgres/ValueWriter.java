package io.twinlog.applier.target.postgres;

import io.twinlog.applier.target.ValueText;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.event.RowLayout;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.MalformedEventException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes column values in binary form, straight from the Avro bytes where their natural type is sent. Not thread-safe.
 *
 * <p>Sources of the binary forms: the {@code ..._recv} functions in src/backend/utils/adt; times count from 2000-01-01.
 */
final class ValueWriter {

    private static final int EPOCH_DAYS = 10_957;
    private static final long EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000L;
    private static final int NBASE = 10_000;
    private static final BigInteger BIG_NBASE = BigInteger.valueOf(NBASE);
    private static final long[] POWERS = {1, 10, 100, 1000};

    private final AvroInput in = new AvroInput(new byte[0]);
    private final int[] digits = new int[16];

    /** Appends the value of a column; {@code image} null stands for SQL null. */
    void write(ValueBuffer out, Parameter parameter, @Nullable RowImage image, int column) {
        int offset = image == null ? RowLayout.NULL : image.offset(column);
        if (image == null || offset == RowLayout.NULL || (parameter == Parameter.TEXT && !isText(image, column))) {
            writeText(out, image == null ? null : ValueText.of(image, column));
            return;
        }
        in.reset(image.bytes(), offset, image.bytes().length);
        switch (parameter) {
            case BOOL -> {
                out.begin(1);
                out.putByte(in.readBoolean() ? 1 : 0);
            }
            case INT4 -> out.addInt(in.readInt());
            case INT8, TIME -> out.addLong(in.readLong());
            case FLOAT4 -> out.addInt(Float.floatToRawIntBits(in.readFloat()));
            case FLOAT8 -> out.addLong(Double.doubleToRawLongBits(in.readDouble()));
            case BYTEA, TEXT -> {
                int length = in.readLength();
                out.addBytes(in.buffer(), in.position(), length);
            }
            case DATE -> out.addInt(Math.subtractExact(in.readInt(), EPOCH_DAYS));
            case TIMESTAMP, TIMESTAMPTZ -> out.addLong(Math.subtractExact(in.readLong(), EPOCH_MICROS));
            case UUID -> uuid(out);
            case NUMERIC -> numeric(out, image.shape().columns().get(column).scale());
        }
    }

    private static boolean isText(RowImage image, int column) {
        return image.shape().columns().get(column).type() == XlogType.TEXT;
    }

    private static void writeText(ValueBuffer out, @Nullable String text) {
        if (text == null) {
            out.addNull();
        } else {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.addBytes(bytes, 0, bytes.length);
        }
    }

    private void uuid(ValueBuffer out) {
        int length = in.readLength();
        byte[] text = in.buffer();
        int at = in.position();
        int end = at + length;
        out.begin(16);
        int written = 0;
        int high = -1;
        for (; at < end; at++) {
            if (text[at] == '-') {
                continue;
            }
            int digit = Character.digit(text[at], 16);
            if (digit < 0 || written == 16) {
                throw new MalformedEventException("A uuid does not have 32 hexadecimal digits");
            }
            if (high < 0) {
                high = digit;
            } else {
                out.putByte(high << 4 | digit);
                high = -1;
                written++;
            }
        }
        if (written != 16) {
            throw new MalformedEventException("A uuid does not have 32 hexadecimal digits");
        }
    }

    // numeric_recv: digit count, weight of the first digit, sign, display scale; then digits of base 10000 around the
    // point.
    private void numeric(ValueBuffer out, int scale) {
        int length = in.readLength();
        byte[] bytes = in.buffer();
        int at = in.position();
        if (length > 8 || scale < 0 || scale > 16) {
            numeric(out, new BigInteger(bytes, at, length), scale);
            return;
        }
        long unscaled = length == 0 ? 0 : bytes[at];
        for (int i = 1; i < length; i++) {
            unscaled = unscaled << 8 | (bytes[at + i] & 0xFF);
        }
        if (unscaled == Long.MIN_VALUE) {
            numeric(out, BigInteger.valueOf(unscaled), scale);
            return;
        }
        boolean negative = unscaled < 0;
        long rest = Math.abs(unscaled);
        int fractionGroups = (scale + 3) / 4;
        int padding = fractionGroups * 4 - scale;
        int count = 0;
        int weight = -fractionGroups - 1;
        if (rest != 0 && padding > 0) {
            // The lowest group holds fewer than four digits of the number.
            long part = POWERS[4 - padding];
            digits[count++] = (int) (rest % part * POWERS[padding]);
            rest /= part;
            weight++;
        }
        while (rest != 0) {
            digits[count++] = (int) (rest % NBASE);
            rest /= NBASE;
            weight++;
        }
        int low = 0;
        while (low < count && digits[low] == 0) {
            low++;
        }
        header(out, count - low, count == 0 ? 0 : weight, negative, scale);
        for (int i = count - 1; i >= low; i--) {
            out.putShort(digits[i]);
        }
    }

    private static void numeric(ValueBuffer out, BigInteger unscaled, int scale) {
        int displayScale = Math.max(0, scale);
        int padding = (4 - Math.floorMod(scale, 4)) % 4;
        BigInteger rest = unscaled.abs().multiply(BigInteger.TEN.pow(padding));
        int groupsBehindPoint = Math.floorDiv(scale + padding, 4);
        int[] reversed = new int[rest.bitLength() / 13 + 2];
        int count = 0;
        while (rest.signum() != 0) {
            BigInteger[] parts = rest.divideAndRemainder(BIG_NBASE);
            reversed[count++] = parts[1].intValue();
            rest = parts[0];
        }
        int low = 0;
        while (low < count && reversed[low] == 0) {
            low++;
        }
        header(out, count - low, count == 0 ? 0 : count - 1 - groupsBehindPoint, unscaled.signum() < 0, displayScale);
        for (int i = count - 1; i >= low; i--) {
            out.putShort(reversed[i]);
        }
    }

    private static void header(ValueBuffer out, int count, int weight, boolean negative, int scale) {
        out.begin(8 + 2 * count);
        out.putShort(count);
        out.putShort(weight);
        out.putShort(negative ? 0x4000 : 0);
        out.putShort(scale);
    }
}
