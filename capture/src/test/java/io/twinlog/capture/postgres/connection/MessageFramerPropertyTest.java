package io.twinlog.capture.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the bytes are split over reads, with time-outs in between, the messages are the same. */
class MessageFramerPropertyTest {

    /** Gives bytes in random portions and times out now and then. */
    private static final class Choppy extends InputStream {
        private final InputStream bytes;
        private final Random random;

        Choppy(byte[] bytes, Random random) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            assertThat(length).as("room to read into").isPositive();
            if (random.nextInt(10) == 0) {
                throw new SocketTimeoutException();
            }
            int limit = random.nextInt(4) == 0 ? length : Math.min(length, 1 + random.nextInt(40));
            return bytes.read(target, offset, limit);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void any_split_gives_the_same_messages(long seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> sent = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            byte[] body = new byte[random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(60)];
            random.nextBytes(body);
            sent.add(body);
            int size = body.length + 4;
            stream.write('d');
            stream.write(new byte[] {(byte) (size >>> 24), (byte) (size >>> 16), (byte) (size >>> 8), (byte) size});
            stream.write(body);
        }
        MessageFramer framer = new MessageFramer(64 + random.nextInt(40_000));
        InputStream in = new Choppy(stream.toByteArray(), random);
        List<byte[]> received = new ArrayList<>();
        while (received.size() < sent.size()) {
            while (framer.next()) {
                assertThat(framer.type()).isEqualTo('d');
                received.add(framer.copy());
            }
            if (received.size() < sent.size()) {
                try {
                    framer.fill(in);
                } catch (SocketTimeoutException e) {
                    assertThat(framer.next()).isFalse();
                }
            }
        }
        assertThat(received).usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
    }

    @Test
    void lost_framing_and_a_closed_connection_are_told_apart() {
        MessageFramer framer = new MessageFramer(64);
        assertThatThrownBy(() -> framer.fill(new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> {
                    framer.fill(new ByteArrayInputStream(new byte[] {'d', 0, 0, 0, 1}));
                    framer.next();
                })
                .isInstanceOf(ProtocolException.class);
    }
}
