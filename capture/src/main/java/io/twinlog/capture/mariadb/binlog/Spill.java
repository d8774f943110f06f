package io.twinlog.capture.mariadb.binlog;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps bytes that must be seen whole before they are used: few in memory, many in a file without a name, which nobody else can open and
 * which is gone with its channel, or with this process (invariant 10). Stateless.
 */
final class Spill {

    private static final int MEMORY_BYTES = 8 << 20;
    private static final int PIECE_BYTES = 64 << 10;

    private Spill() {}

    /** Takes so many bytes, and gives them from the beginning. To be closed. */
    static InputStream copy(InputStream in, int length) throws IOException {
        return copy(in, length, MEMORY_BYTES);
    }

    static InputStream copy(InputStream in, int length, int memoryBytes) throws IOException {
        if (length <= memoryBytes) {
            byte[] bytes = new byte[length];
            EventReader.fill(in, bytes);
            return new ByteArrayInputStream(bytes);
        }
        FileChannel file = nameless();
        try {
            OutputStream out = Channels.newOutputStream(file);
            byte[] piece = new byte[PIECE_BYTES];
            for (int left = length; left > 0; ) {
                int count = in.read(piece, 0, Math.min(left, PIECE_BYTES));
                if (count < 0) {
                    throw new EOFException("The binlog ends inside an event");
                }
                out.write(piece, 0, count);
                left -= count;
            }
            return Channels.newInputStream(file.position(0));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileChannel nameless() throws IOException {
        Path path = Files.createTempFile("twinlog-transaction-", "");
        try {
            // On Unix its name goes as soon as it is open.
            return FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }
}
