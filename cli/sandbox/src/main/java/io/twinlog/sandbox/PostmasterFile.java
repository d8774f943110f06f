package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running PostgreSQL says about itself in {@code postmaster.pid}: line 1 its process, line 8 its state (see the
 * server's {@code src/include/utils/pidfile.h}).
 */
record PostmasterFile(Pid pid, boolean ready) {
    /** Empty when there is no such file, or when its first line is still being written. */
    static Optional<PostmasterFile> read(Path dataDirectory) {
        try {
            List<String> lines = Files.readAllLines(path(dataDirectory));
            if (lines.isEmpty() || !lines.get(0).strip().matches("\\d+")) {
                return Optional.empty();
            }
            String state = lines.size() < 8 ? "" : lines.get(7).strip();
            return Optional.of(new PostmasterFile(
                    new Pid(Long.parseLong(lines.get(0).strip())), state.equals("ready") || state.equals("standby")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new SandboxException("The server's state cannot be read: " + path(dataDirectory), e);
        }
    }

    static Path path(Path dataDirectory) {
        return dataDirectory.resolve("postmaster.pid");
    }
}
