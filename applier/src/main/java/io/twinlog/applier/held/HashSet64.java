package io.twinlog.applier.held;

/** A set of 64-bit hashes in one array, at most half full. Zero is kept apart. Not thread-safe. */
final class HashSet64 {

    private long[] slots = new long[16];
    private int size;
    private boolean zero;

    void add(long hash) {
        if (hash == 0) {
            zero = true;
            return;
        }
        if (2 * (size + 1) > slots.length) {
            long[] old = slots;
            slots = new long[old.length * 2];
            size = 0;
            for (long slot : old) {
                if (slot != 0) {
                    add(slot);
                }
            }
        }
        int at = find(hash);
        if (slots[at] == 0) {
            slots[at] = hash;
            size++;
        }
    }

    boolean contains(long hash) {
        return hash == 0 ? zero : slots[find(hash)] == hash;
    }

    int size() {
        return zero ? size + 1 : size;
    }

    private int find(long hash) {
        int mask = slots.length - 1;
        int at = (int) hash & mask;
        while (slots[at] != 0 && slots[at] != hash) {
            at = at + 1 & mask;
        }
        return at;
    }
}
