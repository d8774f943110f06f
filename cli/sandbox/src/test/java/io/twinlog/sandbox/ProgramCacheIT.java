package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramCacheIT {
    @TempDir
    Path folder;

    @Test
    void what_a_failed_unpacking_left_goes_with_the_next_one() throws IOException {
        ProgramCache cache = new ProgramCache(folder);
        assertThatThrownBy(() -> cache.find("server-1", fresh -> {
                    Files.writeString(fresh.resolve("program"), "half");
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");
        assertThat(names()).hasSize(2).noneMatch(name -> name.equals("server-1"));

        Path home = cache.find("server-1", fresh -> Files.writeString(fresh.resolve("program"), "whole"));

        assertThat(home.resolve("program")).hasContent("whole");
        assertThat(names()).containsExactlyInAnyOrder("server-1", "unpacking.lock");
    }

    @Test
    void threads_that_start_the_same_server_unpack_it_once() {
        ProgramCache cache = new ProgramCache(folder);
        AtomicInteger unpacked = new AtomicInteger();
        List<Path> homes = IntStream.range(0, 8)
                .parallel()
                .mapToObj(thread -> {
                    try {
                        return cache.find("server-1", fresh -> unpacked.incrementAndGet());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();

        assertThat(unpacked).hasValue(1);
        assertThat(homes).containsOnly(folder.resolve("server-1"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
