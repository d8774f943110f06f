package io.twinlog.capture.postgres.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.capture.row.Tuple;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages as the manual describes them, "Logical Replication Message Formats". */
class PgOutputDecoderTest {

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

        Message string(String text) {
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
            return this;
        }

        Message tuple(char kind, @Nullable String... columns) {
            int8(kind).int16(columns.length);
            for (String column : columns) {
                if (column == null) {
                    int8('n');
                } else if (column.equals("<unchanged>")) {
                    int8('u');
                } else {
                    byte[] text = column.getBytes(StandardCharsets.UTF_8);
                    int8('t').int32(text.length);
                    bytes.writeBytes(text);
                }
            }
            return this;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }

    /** Writes down what it hears. */
    private static final class Recorder implements ChangeVisitor {
        private final List<String> calls = new ArrayList<>();

        private static String text(@Nullable Tuple tuple) {
            if (tuple == null) {
                return "-";
            }
            List<String> columns = new ArrayList<>();
            for (int i = 0; i < tuple.columns(); i++) {
                columns.add((char) tuple.kind(i)
                        + new String(tuple.buffer(), tuple.offset(i), tuple.length(i), StandardCharsets.UTF_8));
            }
            return columns.toString();
        }

        @Override
        public void begin(long commitLsn, long commitMicros, long xid) {
            calls.add("begin " + commitLsn + " " + commitMicros + " " + xid);
        }

        @Override
        public void origin(String name) {
            calls.add("origin " + name);
        }

        @Override
        public void relation(Relation relation) {
            calls.add(relation.toString());
        }

        @Override
        public void type(int oid, String schema, String name) {
            calls.add("type " + oid + " " + schema + " " + name);
        }

        @Override
        public void insert(int relation, long lsn, Tuple row) {
            calls.add("insert " + relation + " " + lsn + " " + text(row));
        }

        @Override
        public void update(int relation, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
            calls.add("update " + text(old) + " " + oldIsKey + " " + text(row));
        }

        @Override
        public void delete(int relation, long lsn, Tuple old, boolean oldIsKey) {
            calls.add("delete " + text(old) + " " + oldIsKey);
        }

        @Override
        public void truncate(int[] relations, long lsn) {
            calls.add("truncate " + Arrays.toString(relations));
        }

        @Override
        public void message(boolean transactional, long lsn, String prefix, byte[] content) {
            calls.add("message " + transactional + " " + lsn + " " + prefix + " "
                    + new String(content, StandardCharsets.UTF_8));
        }

        @Override
        public void commit(long commitLsn, long endLsn, long commitMicros) {
            calls.add("commit " + commitLsn + " " + endLsn);
        }
    }

    private static String decode(Message message) {
        byte[] bytes = message.toBytes();
        byte[] padded = new byte[bytes.length + 7];
        System.arraycopy(bytes, 0, padded, 3, bytes.length);
        Recorder recorder = new Recorder();
        new PgOutputDecoder(recorder).decode(padded, 3, bytes.length, 77);
        assertThat(recorder.calls).hasSize(1);
        return recorder.calls.get(0);
    }

    @Test
    void transactions() {
        assertThat(decode(new Message('B').int64(5).int64(1).int32(-1)))
                .isEqualTo("begin 5 946684800000001 4294967295");
        assertThat(decode(new Message('C').int8(0).int64(5).int64(6).int64(1))).isEqualTo("commit 5 6");
        assertThat(decode(new Message('O').int64(9).string("elsewhere"))).isEqualTo("origin elsewhere");
        assertThat(decode(new Message('M')
                        .int8(1)
                        .int64(8)
                        .string("p")
                        .int32(2)
                        .int8('h')
                        .int8('i')))
                .isEqualTo("message true 8 p hi");
    }

    @Test
    void rows() {
        assertThat(decode(new Message('I').int32(16).tuple('N', "1", null, "<unchanged>", "")))
                .isEqualTo("insert 16 77 [t1, n, u, t]");
        assertThat(decode(new Message('U').int32(16).tuple('N', "1"))).isEqualTo("update - false [t1]");
        assertThat(decode(new Message('U').int32(16).tuple('K', "1").tuple('N', "2")))
                .isEqualTo("update [t1] true [t2]");
        assertThat(decode(new Message('U').int32(16).tuple('O', "1").tuple('N', "2")))
                .isEqualTo("update [t1] false [t2]");
        assertThat(decode(new Message('D').int32(16).tuple('K', "1", null))).isEqualTo("delete [t1, n] true");
        assertThat(decode(new Message('T').int32(2).int8(1).int32(16).int32(17)))
                .isEqualTo("truncate [16, 17]");
    }

    @Test
    void descriptions() {
        assertThat(decode(new Message('Y').int32(20000).string("public").string("mood")))
                .isEqualTo("type 20000 public mood");
        assertThat(decode(new Message('R')
                        .int32(16)
                        .string("public")
                        .string("größe")
                        .int8('d')
                        .int16(1)
                        .int8(1)
                        .string("id")
                        .int32(23)
                        .int32(-1)))
                .contains("größe", "identity=d", "name=id, typeOid=23, typeModifier=-1, identity=true");
    }

    @Test
    void anything_that_is_not_understood_stops_us() {
        for (Message message : List.of(
                new Message('Z'),
                new Message('I').int32(16).tuple('K', "1"),
                new Message('D').int32(16).tuple('N', "1"),
                new Message('B').int64(5),
                new Message('C').int8(0).int64(5).int64(6).int64(1).int8(0),
                new Message('I').int32(16).int8('N').int16(1).int8('b'),
                new Message('I').int32(16).int8('N').int16(1).int8('t').int32(1000))) {
            assertThatThrownBy(() -> decode(message)).isInstanceOf(TwinlogException.class);
        }
    }
}
