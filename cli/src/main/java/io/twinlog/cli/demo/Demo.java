package io.twinlog.cli.demo;

import io.twinlog.cli.run.StopSignals;
import io.twinlog.cli.servers.SandboxServers;
import io.twinlog.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration from beginning to end. The story runs in a thread of its own, which a signal interrupts; this class owns
 * the servers and the directory, and takes them down whatever became of the story.
 */
public final class Demo {

    private Demo() {}

    /** Runs a command of the command line within this process and returns what it prints. */
    @FunctionalInterface
    public interface Commands {
        String run(String... arguments);
    }

    /** @param keep leaves everything running at the end, until a signal comes */
    public static ExitCode run(Narrator narrator, Commands commands, boolean keep)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("twinlog-demo-");
        AtomicBoolean signalled = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        SandboxServers servers = SandboxServers.starting(null, SandboxServers.Ports.FREE);
        Story story = new Story(narrator, commands, servers, directory, keep);
        Thread teller = new Thread(
                () -> {
                    try {
                        story.tell();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                },
                "demo-story");
        StopSignals.handle(() -> {
            signalled.set(true);
            teller.interrupt();
        });
        teller.start();
        teller.join();
        narrator.title("");
        narrator.title("Stopping the servers and removing " + directory + " ...");
        story.close();
        servers.close();
        delete(directory);
        Throwable reason = failure.get();
        if (signalled.get() || reason == null) {
            return ExitCode.DONE;
        }
        throw reason instanceof RuntimeException known
                ? known
                : new IllegalStateException("The demonstration broke off: " + reason.getMessage(), reason);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> all = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        }
    }
}
