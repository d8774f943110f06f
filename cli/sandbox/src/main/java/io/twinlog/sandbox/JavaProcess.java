package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A main class of our class path in a JVM of its own, for tests that kill, freeze or read a part of the product. What it
 * prints goes to a file, both streams together. It is killed when this JVM ends, however that ends, even while frozen.
 */
public final class JavaProcess implements AutoCloseable {
    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final Process process;
    private final Pid pid;
    private final LogFile output;
    private final long outputBegin;

    private JavaProcess(String name, Process process, LogFile output, long outputBegin) {
        this.name = name;
        this.process = process;
        this.pid = new Pid(process.pid());
        this.output = output;
        this.outputBegin = outputBegin;
    }

    public static Builder of(Class<?> mainClass) {
        return of(mainClass.getName());
    }

    public static Builder of(String mainClass) {
        return new Builder(mainClass);
    }

    public long pid() {
        return pid.number();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** All that the process has printed so far. */
    public String output() {
        return output.since(outputBegin);
    }

    /** Waits until the process has printed something that matches this expression, anywhere since its start. */
    public MatchResult awaitOutput(String regex, Duration limit) {
        Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
        long begun = System.nanoTime();
        try {
            while (true) {
                // Ended first, read second: so the last words of a process are seen.
                boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
                Matcher matcher = pattern.matcher(output());
                if (matcher.find()) {
                    return matcher.toMatchResult();
                }
                if (ended || System.nanoTime() - begun > limit.toNanos()) {
                    String why = ended ? "ended with exit code " + process.exitValue() : "did not in " + limit;
                    throw new SandboxException(
                            name + " should print something like \"" + regex + "\" but " + why + output.quoted());
                }
            }
        } catch (InterruptedException e) {
            throw Interrupted.while_("waiting for the output of " + name);
        }
    }

    /** Asks the process to leave (SIGTERM). */
    public void terminate() {
        pid.send(Signal.TERM);
    }

    /** Kills the process (SIGKILL) and returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(KILL_LIMIT);
    }

    /** Stops the process where it stands (SIGSTOP), as a long pause of its machine would. */
    public void freeze() {
        pid.send(Signal.STOP);
    }

    /** Lets a frozen process go on (SIGCONT). */
    public void thaw() {
        pid.send(Signal.CONT);
    }

    /** Waits for the end of the process; a kill shows as 128 + signal. */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SandboxException(name + " still runs after " + limit + output.quoted());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw Interrupted.while_("waiting for the end of " + name);
        }
    }

    /** The exit code, once there is one. */
    public Optional<Integer> exitCode() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    /** Kills the process if it still runs; harmless twice. */
    @Override
    public void close() {
        kill();
    }

    /** What to start; {@link #start()} may be called again for the next run. */
    public static final class Builder {
        private final String mainClass;
        private final List<String> options = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private @Nullable Path output;
        private @Nullable Path workingDirectory;
        private String classPath = System.getProperty("java.class.path");

        private Builder(String mainClass) {
            this.mainClass = mainClass;
        }

        /** The largest heap, as {@code -Xmx} takes it: "512m". */
        public Builder heap(String size) {
            return option("-Xmx" + size);
        }

        /** The options with which the launcher starts the commands that stay; what is added later wins. */
        public Builder likeDaemon(String heap) {
            return heap(heap).option("-XX:+UseSerialGC").option("-XX:NewRatio=1");
        }

        /** The options with which the launcher starts commands that end soon; what is added later wins. */
        public Builder likeLauncher(String heap) {
            return likeDaemon(heap).option("-XX:TieredStopAtLevel=1");
        }

        /** Any option of the {@code java} command. */
        public Builder option(String option) {
            options.add(option);
            return this;
        }

        public Builder systemProperty(String key, String value) {
            return option("-D" + key + "=" + value);
        }

        public Builder environment(String key, String value) {
            environment.put(key, value);
            return this;
        }

        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** Appends the output to this file; without it a temporary file is used. */
        public Builder output(Path file) {
            this.output = file;
            return this;
        }

        /** Replaces our class path: for a program that has nothing of ours on it. */
        public Builder classPath(String other) {
            this.classPath = other;
            return this;
        }

        public Builder workingDirectory(Path directory) {
            this.workingDirectory = directory;
            return this;
        }

        public JavaProcess start() {
            try {
                LogFile log = new LogFile(output == null ? PrivateDirectory.createTemporaryFile(mainClass) : output);
                long begin = log.size();
                ProcessBuilder builder = Detached.command(words())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(log.path().toFile()));
                if (workingDirectory != null) {
                    builder.directory(workingDirectory.toFile());
                }
                builder.environment().putAll(environment);
                Process process = builder.start();
                Guard.over(process, Signal.KILL);
                return new JavaProcess(mainClass, process, log, begin);
            } catch (IOException e) {
                throw new SandboxException("No JVM could be started for " + mainClass, e);
            }
        }

        private List<String> words() {
            List<String> words = new ArrayList<>();
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            String ports = System.getProperty(FreePort.SHARE_PROPERTY);
            if (ports != null) {
                words.add("-D" + FreePort.SHARE_PROPERTY + "=" + ports);
            }
            words.addAll(options);
            words.addAll(List.of("-cp", classPath, mainClass));
            words.addAll(arguments);
            return words;
        }
    }
}
