package io.twinlog.capture.postgres.snapshot;

import io.twinlog.capture.row.Tuple;

/**
 * One line of COPY TO STDOUT in text format, unescaped in place. Stateless. Source: PostgreSQL manual, "COPY", "Text Format";
 * the server writes no other escapes than these.
 */
final class CopyRow {

    private CopyRow() {}

    /** Points the tuple to the columns of the line, whose bytes are changed. */
    static void parse(byte[] line, Tuple tuple) {
        tuple.reset(line);
        int end = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        int read = 0;
        while (true) {
            int start = read;
            int write = read;
            boolean isNull = false;
            while (read < end && line[read] != '\t') {
                byte c = line[read++];
                if (c == '\\' && read < end) {
                    byte escaped = line[read++];
                    if (escaped == 'N') {
                        isNull = true;
                    }
                    c = unescape(escaped);
                }
                line[write++] = c;
            }
            if (isNull) {
                tuple.add(Tuple.NULL, start, 0);
            } else {
                tuple.add(Tuple.TEXT, start, write - start);
            }
            if (read >= end) {
                return;
            }
            read++;
            if (read == end) {
                tuple.add(Tuple.TEXT, read, 0);
                return;
            }
        }
    }

    private static byte unescape(byte c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            default -> c;
        };
    }
}
