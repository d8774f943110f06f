package io.twinlog.bench.stage;

import io.twinlog.capture.postgres.pgoutput.ChangeVisitor;
import io.twinlog.capture.postgres.pgoutput.PgOutputDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as a walsender writes them (PostgreSQL manual, "Logical Replication Message Formats"): transactions of ten inserts,
 * or of ten updates with the whole old row, into the table of W1. Immutable.
 */
final class SourceLog {

    static final int EVENTS_PER_TRANSACTION = 10;
    static final int RELATION = 16_384;
    static final List<String> COLUMNS = List.of("id", "a", "b", "amount", "note", "at");

    /** Oids of int8, int4, int4, numeric, text, timestamptz. */
    private static final int[] TYPES = {20, 23, 23, 1700, 25, 1184};

    /** numeric(12,2) as its type modifier. */
    private static final int NUMERIC_12_2 = ((12 << 16) | 2) + 4;

    private final List<byte[]> messages = new ArrayList<>();
    private final int events;

    private SourceLog(int transactions, boolean updates) {
        this.events = transactions * EVENTS_PER_TRANSACTION;
        messages.add(relation());
        for (int i = 0; i < transactions; i++) {
            long lsn = 1_000_000L + i * 1_000L;
            messages.add(new Message('B').int64(lsn).int64(i).int32(i).bytes());
            for (int j = 0; j < EVENTS_PER_TRANSACTION; j++) {
                int id = i * EVENTS_PER_TRANSACTION + j;
                messages.add(
                        updates
                                ? update(id)
                                : new Message('I')
                                        .int32(RELATION)
                                        .tuple('N', row(id, 1))
                                        .bytes());
            }
            messages.add(
                    new Message('C').int8(0).int64(lsn).int64(lsn + 48).int64(i).bytes());
        }
    }

    static SourceLog inserts(int transactions) {
        return new SourceLog(transactions, false);
    }

    static SourceLog updates(int transactions) {
        return new SourceLog(transactions, true);
    }

    /** Row changes in it. */
    int events() {
        return events;
    }

    /** Decodes all of it. */
    void decodeInto(ChangeVisitor visitor) {
        PgOutputDecoder decoder = new PgOutputDecoder(visitor);
        for (byte[] message : messages) {
            decoder.decode(message, 0, message.length, 1_000_000L);
        }
    }

    private static byte[] relation() {
        Message message = new Message('R')
                .int32(RELATION)
                .text("public")
                .text("bench")
                .int8('f')
                .int16(TYPES.length);
        for (int i = 0; i < TYPES.length; i++) {
            message.int8(1).text(COLUMNS.get(i)).int32(TYPES[i]).int32(TYPES[i] == 1700 ? NUMERIC_12_2 : -1);
        }
        return message.bytes();
    }

    private static byte[] update(int id) {
        return new Message('U')
                .int32(RELATION)
                .tuple('O', row(id, 1))
                .tuple('N', row(id, 2))
                .bytes();
    }

    private static String[] row(int id, int b) {
        return new String[] {
            Integer.toString(id),
            Integer.toString(id % 10),
            Integer.toString(b),
            id / 7 + ".14",
            "9a1158154dfa42caddbd0694a4e9bdc8-" + id % 10,
            "2026-01-02 03:04:05.678901+00"
        };
    }

    /** Writes a message field by field. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message(char type) {
            bytes.write(type);
        }

        Message int8(int value) {
            bytes.write(value);
            return this;
        }

        Message int16(int value) {
            bytes.writeBytes(ByteBuffer.allocate(2).putShort((short) value).array());
            return this;
        }

        Message int32(int value) {
            bytes.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
            return this;
        }

        Message int64(long value) {
            bytes.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
            return this;
        }

        Message text(String value) {
            bytes.writeBytes(value.getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
            return this;
        }

        Message tuple(char kind, String[] columns) {
            int8(kind).int16(columns.length);
            for (String column : columns) {
                byte[] text = column.getBytes(StandardCharsets.UTF_8);
                int8('t').int32(text.length);
                bytes.writeBytes(text);
            }
            return this;
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
