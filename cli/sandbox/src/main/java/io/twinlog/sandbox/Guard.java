package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A tiny shell process that outlives this JVM just long enough to end another process with it. It reads from a pipe that
 * only this JVM holds; when the JVM dies, also by {@code kill -9}, the pipe closes and the guard sends its signal. A
 * watcher inside the other process could not do that: it does not run while the process is frozen.
 */
final class Guard implements AutoCloseable {
    private static final String SCRIPT = "read -r released || kill -s \"$1\" \"$2\"";

    private final Process shell;

    private Guard(Process shell) {
        this.shell = shell;
    }

    /** Guards a child of this JVM until it exits or the guard is closed. */
    static Guard over(Process child, Signal signal) {
        try {
            Process shell = Detached.command(
                            List.of("sh", "-c", SCRIPT, "twinlog-guard", signal.name(), Long.toString(child.pid())))
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Guard guard = new Guard(shell);
            // The number of an exited process may be given to another one: do not keep a signal ready for it.
            var unused = child.onExit().thenRun(guard::close);
            return guard;
        } catch (IOException e) {
            throw new SandboxException("No guard could be started for process " + child.pid(), e);
        }
    }

    /** Lets the process go; harmless twice. */
    @Override
    public void close() {
        try (var pipe = shell.getOutputStream()) {
            pipe.write("released\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The guard is gone already, which is what we want.
            shell.destroyForcibly();
        }
    }
}
