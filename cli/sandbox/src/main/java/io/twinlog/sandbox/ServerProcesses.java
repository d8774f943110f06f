package io.twinlog.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a server's processes end.
 *
 * @param name what messages call the server
 */
record ServerProcesses(String name, Path directory, LogFile log) {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Sends the signal to the server's first process, and kills them all where that takes too long. */
    void end(Pid first, Signal signal) {
        if (first.isGone()) {
            return;
        }
        first.send(signal);
        if (!first.awaitGone(LIMIT)) {
            kill(first);
        }
    }

    /** Kills the first process and those that it has started; returns when they are gone. */
    void kill(Pid first) {
        if (first.isGone()) {
            return;
        }
        // Frozen, it starts no more processes that we would not see.
        first.send(Signal.STOP);
        List<Pid> all = new ArrayList<>(first.children());
        all.add(0, first);
        all.forEach(process -> process.send(Signal.KILL));
        for (Pid process : all) {
            if (!process.awaitGone(LIMIT)) {
                throw new SandboxException("Process " + process.number() + " of " + name + " survives SIGKILL in "
                        + directory + log.quoted());
            }
        }
    }
}
