package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of this machine by its number; unlike {@link Process} it need not be a child of this JVM. */
record Pid(long number) {
    private static final Path PROC = Path.of("/proc");

    /** Java itself sends only TERM and KILL; the shell's builtin is there wherever a shell is. */
    void send(Signal signal) {
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + number)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(10, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            throw new SandboxException("No signal could be sent: " + signal + " to process " + number, e);
        } catch (InterruptedException e) {
            throw Interrupted.while_("sending " + signal + " to process " + number);
        }
    }

    /** Gone or a zombie: a zombie runs no more and holds neither memory nor files, but waits for a parent that may never look. */
    boolean isGone() {
        if (ProcessHandle.of(number).filter(ProcessHandle::isAlive).isEmpty()) {
            return true;
        }
        try {
            String stat = Files.readString(PROC.resolve(number + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'Z' || state == 'X';
        } catch (IOException e) {
            return Files.isDirectory(PROC.resolve("self"));
        }
    }

    /** True when the process runs a program of this file name; false when that cannot be seen. */
    boolean runs(String program) {
        return ProcessHandle.of(number)
                .flatMap(handle -> handle.info().command())
                .map(command -> Path.of(command).endsWith(program))
                .orElse(false);
    }

    List<Pid> children() {
        return ProcessHandle.of(number)
                .map(handle ->
                        handle.children().map(child -> new Pid(child.pid())).toList())
                .orElse(List.of());
    }

    /** Waits until the process is gone; false when it still runs after that time. */
    boolean awaitGone(Duration limit) {
        return Condition.within(limit).holds(this::isGone);
    }
}
