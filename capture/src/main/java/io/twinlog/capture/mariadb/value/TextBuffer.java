package io.twinlog.capture.mariadb.value;

import java.util.Arrays;

/** Bytes of text under construction. Reusable; not thread-safe. */
public final class TextBuffer {

    private static final int KEEP_BYTES = 4 << 20;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[4096];
    private int size;

    /** Empties it; lets a buffer go that a giant row has blown up. */
    public void reset() {
        if (bytes.length > KEEP_BYTES) {
            bytes = new byte[4096];
        }
        size = 0;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return size;
    }

    private void require(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }

    void add(int b) {
        require(1);
        bytes[size++] = (byte) b;
    }

    public void add(byte[] source, int from, int to) {
        require(to - from);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    void ascii(String text) {
        require(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    /** A number with at least so many digits. */
    void digits(long value, int least) {
        require(20);
        int start = size;
        long rest = value;
        int count = 0;
        do {
            bytes[size++] = (byte) ('0' + rest % 10);
            rest /= 10;
            count++;
        } while (rest != 0 || count < least);
        for (int i = start, j = size - 1; i < j; i++, j--) {
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
    }

    void number(long value) {
        if (value >= 0) {
            digits(value, 1);
        } else {
            ascii(Long.toString(value));
        }
    }

    /** {@code \x0aff}, the form that the encoder takes for bytes. */
    void hex(byte[] source, int from, int to, int padTo) {
        int padding = Math.max(0, padTo - (to - from));
        require(2 + 2 * (to - from + padding));
        bytes[size++] = '\\';
        bytes[size++] = 'x';
        for (int i = from; i < to; i++) {
            bytes[size++] = HEX[source[i] >> 4 & 0xF];
            bytes[size++] = HEX[source[i] & 0xF];
        }
        Arrays.fill(bytes, size, size + 2 * padding, (byte) '0');
        size += 2 * padding;
    }

    void codePoint(int c) {
        require(4);
        if (c < 0x80) {
            bytes[size++] = (byte) c;
        } else if (c < 0x800) {
            bytes[size++] = (byte) (0xC0 | c >> 6);
            bytes[size++] = (byte) (0x80 | c & 0x3F);
        } else if (c < 0x10000) {
            bytes[size++] = (byte) (0xE0 | c >> 12);
            bytes[size++] = (byte) (0x80 | c >> 6 & 0x3F);
            bytes[size++] = (byte) (0x80 | c & 0x3F);
        } else {
            bytes[size++] = (byte) (0xF0 | c >> 18);
            bytes[size++] = (byte) (0x80 | c >> 12 & 0x3F);
            bytes[size++] = (byte) (0x80 | c >> 6 & 0x3F);
            bytes[size++] = (byte) (0x80 | c & 0x3F);
        }
    }
}
