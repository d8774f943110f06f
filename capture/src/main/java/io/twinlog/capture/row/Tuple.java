package io.twinlog.capture.row;

import java.util.Arrays;

/**
 * The columns of one row as slices of a buffer that somebody else owns and will overwrite. Reusable; not thread-safe.
 *
 * <p>A column is null ({@link #NULL}), left out because it did not change ({@link #UNCHANGED}), or text ({@link #TEXT}).
 */
public final class Tuple {

    public static final byte NULL = 'n';
    public static final byte UNCHANGED = 'u';
    public static final byte TEXT = 't';

    private byte[] buffer = {};
    private int columns;
    private byte[] kinds = new byte[32];
    private int[] offsets = new int[32];
    private int[] lengths = new int[32];

    /** Forgets the columns and points to another buffer. */
    public void reset(byte[] newBuffer) {
        buffer = newBuffer;
        columns = 0;
    }

    /** The buffer was replaced by one with the same bytes at the same places. */
    public void moved(byte[] newBuffer) {
        buffer = newBuffer;
    }

    public void add(byte kind, int offset, int length) {
        if (columns == kinds.length) {
            kinds = Arrays.copyOf(kinds, columns * 2);
            offsets = Arrays.copyOf(offsets, columns * 2);
            lengths = Arrays.copyOf(lengths, columns * 2);
        }
        kinds[columns] = kind;
        offsets[columns] = offset;
        lengths[columns] = length;
        columns++;
    }

    public byte[] buffer() {
        return buffer;
    }

    public int columns() {
        return columns;
    }

    public byte kind(int column) {
        return kinds[column];
    }

    public int offset(int column) {
        return offsets[column];
    }

    public int length(int column) {
        return lengths[column];
    }
}
