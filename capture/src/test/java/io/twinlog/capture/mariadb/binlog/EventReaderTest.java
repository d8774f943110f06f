package io.twinlog.capture.mariadb.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.shyiko.mysql.binlog.network.ServerException;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventReaderTest {

    private static final byte[] NOTHING = {};

    private final List<LogEvent> taken = new ArrayList<>();

    private void read(InputStream in, boolean checksums, boolean unpacks) throws Exception {
        EventReader reader = new EventReader(new PacketInput(in), checksums, unpacks, taken::add);
        boolean more = true;
        while (more) {
            more = reader.next();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** @param compression as MySQL numbers it; -1 to leave it unsaid */
    private static byte[] payload(int compression, byte[] packed) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        // The size, which is not looked at; then the compression; then the end of what is said.
        body.writeBytes(new byte[] {1, 9, (byte) 0xFE, 1, 2, 3, 4, 5, 6, 7, 8});
        if (compression == 255) {
            body.writeBytes(new byte[] {2, 3, (byte) 0xFC, (byte) 255, 0});
        } else if (compression >= 0) {
            body.writeBytes(new byte[] {2, 1, (byte) compression});
        }
        body.writeBytes(new byte[] {0});
        body.writeBytes(packed);
        return body.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void events_arrive_whole_however_they_are_cut_into_packets() throws Exception {
        int full = 0xFF_FFFF;
        WrittenEvents written = new WrittenEvents();
        List<byte[]> bodies = new ArrayList<>();
        // The first byte of an answer says what it is; an answer of exactly one packet is followed by an empty one.
        for (int length : new int[] {0, 1, 1000, full - 2, full - 1, full, 2 * full - 1, 2 * full + 5}) {
            byte[] body = random(Math.max(0, length - LogEvent.HEADER_BYTES));
            bodies.add(body);
            written.answer(WrittenEvents.event(LogEvent.WRITE_ROWS_V2, body));
        }
        read(new Trickling(written.stream()), false, true);
        assertThat(taken).extracting(LogEvent::body).containsExactlyElementsOf(bodies);
        assertThat(taken.get(2)).satisfies(event -> {
            assertThat(event.type()).isEqualTo(LogEvent.WRITE_ROWS_V2);
            assertThat(event.serverId()).isEqualTo(7);
            assertThat(event.length()).isEqualTo(1000);
            assertThat(event.isPacked()).isFalse();
        });
    }

    @Test
    void checksums_are_verified_from_where_a_file_says_that_it_has_them() throws Exception {
        byte[] with = WrittenEvents.checked(LogEvent.FORMAT_DESCRIPTION, new byte[] {4, 0, 1});
        byte[] without = WrittenEvents.checked(LogEvent.FORMAT_DESCRIPTION, new byte[] {4, 0, 0});
        byte[] xid = WrittenEvents.checked(LogEvent.XID, new byte[] {1, 2, 3});
        WrittenEvents good = new WrittenEvents()
                .answer(WrittenEvents.event(LogEvent.ROTATE, new byte[] {9}))
                .answer(with)
                .answer(xid)
                .answer(without)
                .answer(WrittenEvents.event(LogEvent.XID, new byte[] {5}));
        read(good.stream(), false, true);
        assertThat(taken)
                .extracting(LogEvent::body)
                .containsExactly(
                        new byte[] {9}, new byte[] {4, 0, 1}, new byte[] {1, 2, 3}, new byte[] {4, 0, 0}, new byte[] {5
                        });

        taken.clear();
        xid[LogEvent.HEADER_BYTES] ^= 1;
        assertThatThrownBy(() -> read(new WrittenEvents().answer(with).answer(xid).stream(), false, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("event of type 16 and 3 bytes arrived with a wrong checksum");
        assertThat(taken).hasSize(1);
    }

    @Test
    void packed_events_follow_the_one_that_they_came_in() throws Exception {
        byte[] packed = joined(
                WrittenEvents.event(LogEvent.QUERY, "BEGIN".getBytes(StandardCharsets.UTF_8)),
                WrittenEvents.event(LogEvent.WRITE_ROWS_V2, random(100_000)),
                WrittenEvents.event(LogEvent.XID, NOTHING));
        for (byte[] body : List.of(payload(0, Zstd.compress(packed)), payload(255, packed), payload(-1, packed))) {
            taken.clear();
            WrittenEvents written = new WrittenEvents()
                    .answer(WrittenEvents.checked(LogEvent.TRANSACTION_PAYLOAD, body))
                    .answer(WrittenEvents.checked(LogEvent.STOP, NOTHING));
            read(new Trickling(written.stream()), true, true);
            assertThat(taken)
                    .extracting(LogEvent::type)
                    .containsExactly(
                            LogEvent.TRANSACTION_PAYLOAD,
                            LogEvent.QUERY,
                            LogEvent.WRITE_ROWS_V2,
                            LogEvent.XID,
                            LogEvent.STOP);
            assertThat(taken).extracting(LogEvent::isPacked).containsExactly(false, true, true, true, false);
            assertThat(taken.get(0).length()).isEqualTo(LogEvent.HEADER_BYTES + body.length + 4);
            assertThat(taken.get(2).body()).isEqualTo(random(100_000));
        }
    }

    @Test
    void who_does_not_want_packed_events_gets_the_others() throws Exception {
        byte[] body = payload(0, Zstd.compress(WrittenEvents.event(LogEvent.XID, NOTHING)));
        WrittenEvents written = new WrittenEvents()
                .answer(WrittenEvents.checked(LogEvent.TRANSACTION_PAYLOAD, body))
                .answer(WrittenEvents.checked(LogEvent.STOP, NOTHING));
        read(written.stream(), true, false);
        assertThat(taken).extracting(LogEvent::type).containsExactly(LogEvent.TRANSACTION_PAYLOAD, LogEvent.STOP);
    }

    /** 400 MB in two events at a time: far above what is packed, and what may be held. */
    @Test
    void a_transaction_much_larger_than_what_it_is_packed_in_comes_event_by_event() throws Exception {
        int events = 400;
        byte[] one = WrittenEvents.event(LogEvent.WRITE_ROWS_V2, new byte[1 << 20]);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStreamNoFinalizer(packed)) {
            for (int i = 0; i < events; i++) {
                out.write(one);
            }
        }
        byte[] body = payload(0, packed.toByteArray());
        assertThat(body.length).isLessThan(1 << 20);
        long[] counted = new long[2];
        EventReader reader = new EventReader(
                new PacketInput(
                        new WrittenEvents().answer(WrittenEvents.event(LogEvent.TRANSACTION_PAYLOAD, body)).stream()),
                false,
                true,
                event -> {
                    counted[0]++;
                    counted[1] += event.body().length;
                });
        assertThat(reader.next()).isTrue();
        assertThat(counted).containsExactly(events + 1, (long) events << 20);
    }

    @Test
    void nothing_of_a_damaged_transaction_is_handed_over() {
        byte[] event =
                WrittenEvents.checked(LogEvent.TRANSACTION_PAYLOAD, payload(255, WrittenEvents.event(16, NOTHING)));
        event[event.length - 10] ^= 1;
        assertThatThrownBy(() -> read(new WrittenEvents().answer(event).stream(), true, true))
                .hasMessageContaining("wrong checksum");
        assertThat(taken).isEmpty();
    }

    @Test
    void what_is_packed_in_another_way_or_cut_off_stops_capture() {
        byte[] whole = Zstd.compress(WrittenEvents.event(LogEvent.XID, random(10_000)));
        byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
        for (byte[] body : List.of(payload(3, whole), payload(0, half), payload(255, half), new byte[] {1, 9, 1})) {
            byte[] event = WrittenEvents.event(LogEvent.TRANSACTION_PAYLOAD, body);
            assertThatThrownBy(() -> read(new WrittenEvents().answer(event).stream(), false, true))
                    .isInstanceOfSatisfying(
                            TwinlogException.class,
                            failure -> assertThat(failure.category()).isEqualTo(Category.BUG));
        }
    }

    @Test
    void errors_ends_and_broken_connections_are_told_apart() throws Exception {
        byte[] refused = joined(new byte[] {(byte) 0xD4, 4}, "#HY000no such file".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read(new WrittenEvents().answer(0xFF, refused).stream(), false, true))
                .isInstanceOfSatisfying(ServerException.class, failure -> {
                    assertThat(failure.getErrorCode()).isEqualTo(1236);
                    assertThat(failure).hasMessage("no such file");
                });
        read(new WrittenEvents().answer(0xFE, new byte[4]).stream(), false, true);
        assertThat(taken).isEmpty();
        byte[] event = WrittenEvents.event(LogEvent.XID, random(100));
        for (int cut : new int[] {1, 10, 90}) {
            byte[] bytes = new WrittenEvents().answer(event).bytes();
            assertThatThrownBy(() -> read(new java.io.ByteArrayInputStream(bytes, 0, bytes.length - cut), false, true))
                    .isInstanceOf(EOFException.class);
        }
        byte[] longer = joined(event, new byte[1]);
        assertThatThrownBy(() -> read(new WrittenEvents().answer(longer).answer(event).stream(), false, true))
                .hasMessageContaining("shorter than the packet");
    }

    @Test
    void much_is_kept_in_a_file_that_has_no_name() throws Exception {
        byte[] bytes = random(300_000);
        long before = temporaryFiles();
        try (InputStream kept =
                Spill.copy(new Trickling(new java.io.ByteArrayInputStream(bytes)), bytes.length, 1000)) {
            assertThat(temporaryFiles()).isEqualTo(before);
            assertThat(kept.readAllBytes()).isEqualTo(bytes);
        }
        assertThatThrownBy(() -> Spill.copy(new java.io.ByteArrayInputStream(bytes), bytes.length + 1, 1000))
                .isInstanceOf(EOFException.class);
    }

    private static long temporaryFiles() throws IOException {
        java.nio.file.Path folder = java.nio.file.Path.of(System.getProperty("java.io.tmpdir"));
        try (java.util.stream.Stream<java.nio.file.Path> files = java.nio.file.Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("twinlog-transaction-"))
                    .count();
        }
    }

    /** Gives a few bytes at a time, as a network does. */
    private static final class Trickling extends FilterInputStream {

        private int count;

        Trickling(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            count = (count * 31 + 7) % 4096;
            return super.read(bytes, from, Math.min(length, 1 + count));
        }
    }
}
