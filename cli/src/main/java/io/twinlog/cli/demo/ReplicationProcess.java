package io.twinlog.cli.demo;

import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;

/** {@code twinlog run} in a process of its own, whose words are told as they come. */
final class ReplicationProcess implements AutoCloseable {

    /** By name: the entry of the command line knows the demonstration, not the other way round. */
    private static final String MAIN = "io.twinlog.cli.Main";

    private final JavaProcess process;
    private final Narrator narrator;
    private int told;

    private ReplicationProcess(JavaProcess process, Narrator narrator) {
        this.process = process;
        this.narrator = narrator;
    }

    static ReplicationProcess start(Path directory, Path configuration, Narrator narrator) {
        JavaProcess process = JavaProcess.of(MAIN)
                .likeLauncher("512m")
                // The demonstration is about the first seconds: compile less, start sooner.
                .option("-XX:+UseSerialGC")
                .option("-Xshare:auto")
                .arguments("run", "-f", configuration.toString())
                .output(directory.resolve("run.log"))
                .start();
        return new ReplicationProcess(process, narrator);
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isRunning();
    }

    /** Tells the whole lines that it has printed since the last call. */
    void tell() {
        String output = process.output();
        int end = output.lastIndexOf('\n') + 1;
        if (end > told) {
            narrator.quote(output.substring(told, end));
            told = end;
        }
    }

    /** Passes over what it has printed so far. */
    void hush() {
        told = process.output().lastIndexOf('\n') + 1;
    }

    void kill() {
        process.kill();
    }

    /** Ends it in order and returns its exit code. */
    int terminate() {
        process.terminate();
        return process.awaitExit(java.time.Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        process.close();
    }
}
