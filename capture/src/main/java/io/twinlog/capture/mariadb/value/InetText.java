package io.twinlog.capture.mariadb.value;

/** Addresses and UUIDs as MariaDB prints them. Stateless. */
final class InetText {

    private static final int WORDS = 8;

    private InetText() {}

    static void inet4(TextBuffer out, byte[] b) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                out.add('.');
            }
            out.digits(b[b.length - 4 + i] & 0xFF, 1);
        }
    }

    /**
     * The longest run of zero words, even a single one, becomes {@code ::}; what begins with 96 zero bits, or 80 and sixteen ones,
     * ends as IPv4.
     */
    static void inet6(TextBuffer out, byte[] b) {
        int[] words = new int[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = (b[2 * i] & 0xFF) << 8 | b[2 * i + 1] & 0xFF;
        }
        int gap = -1;
        int gapLength = 0;
        for (int i = 0; i < WORDS; i++) {
            int run = 0;
            while (i + run < WORDS && words[i + run] == 0) {
                run++;
            }
            if (run > gapLength) {
                gap = i;
                gapLength = run;
            }
            i += run;
        }
        for (int i = 0; i < WORDS; i++) {
            if (i == gap) {
                if (i == 0) {
                    out.add(':');
                }
                out.add(':');
                i += gapLength - 1;
            } else if (i == 6 && gap == 0 && (gapLength == 6 || gapLength == 5 && words[5] == 0xFFFF)) {
                inet4(out, b);
                return;
            } else {
                out.ascii(Integer.toHexString(words[i]));
                if (i < WORDS - 1) {
                    out.add(':');
                }
            }
        }
    }

    static void uuid(TextBuffer out, byte[] b) {
        for (int i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                out.add('-');
            }
            out.add(Character.forDigit(b[i] >> 4 & 0xF, 16));
            out.add(Character.forDigit(b[i] & 0xF, 16));
        }
    }
}
