package io.twinlog.sandbox;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process writes, kept in a file; exceptions quote its end. */
record LogFile(Path path) {
    private static final int TAIL_BYTES = 8_000;

    long size() {
        try {
            return Files.exists(path) ? Files.size(path) : 0;
        } catch (IOException e) {
            throw new SandboxException("The log cannot be read: " + path, e);
        }
    }

    /** The text from a byte offset on. */
    String since(long offset) {
        if (!Files.exists(path)) {
            return "";
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, Math.min(file.length() - offset, Integer.MAX_VALUE - 8))];
            file.seek(offset);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SandboxException("The log cannot be read: " + path, e);
        }
    }

    /** The last lines, introduced for the end of an error message. */
    String quoted() {
        String tail = since(Math.max(0, size() - TAIL_BYTES)).strip();
        return tail.isEmpty()
                ? ""
                : System.lineSeparator() + "The end of " + path + ":" + System.lineSeparator() + tail;
    }
}
