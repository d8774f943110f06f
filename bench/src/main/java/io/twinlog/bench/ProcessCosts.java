package io.twinlog.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CPU seconds and peak memory of processes, from {@code /proc} (Linux; proc(5), "stat" and "status"). Of a server of many
 * processes everything counts that its first process has started, ended children included.
 */
final class ProcessCosts {

    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_PER_SECOND = 100;

    private ProcessCosts() {}

    /** CPU seconds used so far by a process alone, 0 if it has ended. */
    static double ofProcess(long pid) {
        return seconds(stat(pid), 1, 2);
    }

    /** CPU seconds used so far by a thread, 0 if it has ended. */
    static double ofThread(long pid, long thread) {
        return seconds(stat(PROC.resolve(pid + "/task/" + thread)), 1, 2);
    }

    /** Those of a server of many processes. @param sender what the command line of those that send its log contains */
    static Database.Costs ofServer(long first, String sender) {
        double sending = 0;
        double others = seconds(stat(first), 1, 4);
        for (long child : children(first)) {
            if (commandLine(child).contains(sender)) {
                sending += ofProcess(child);
            } else {
                others += ofProcess(child);
            }
        }
        return new Database.Costs(sending, others);
    }

    /** Peak resident memory in MiB, 0 if the process has ended. */
    static long peakMemory(long pid) {
        try {
            for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
            return 0;
        } catch (IOException e) {
            // The process ended between two looks, which is an answer.
            return 0;
        }
    }

    /** Parent, user ticks, system ticks, and the same two of ended children; empty if the process has ended. */
    private static long[] stat(long pid) {
        return stat(PROC.resolve(Long.toString(pid)));
    }

    private static long[] stat(Path task) {
        try {
            String text = Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return new long[] {
                Long.parseLong(fields[1]),
                Long.parseLong(fields[11]),
                Long.parseLong(fields[12]),
                Long.parseLong(fields[13]),
                Long.parseLong(fields[14])
            };
        } catch (IOException e) {
            // It ended between two looks.
            return new long[0];
        }
    }

    private static double seconds(long[] stat, int from, int to) {
        long ticks = 0;
        for (int i = from; i <= to && i < stat.length; i++) {
            ticks += stat[i];
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static List<Long> children(long parent) {
        List<Long> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                long[] stat = stat(pid);
                if (stat.length > 0 && stat[0] == parent) {
                    children.add(pid);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("The processes of the servers cannot be listed in " + PROC, e);
        }
        return children;
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(PROC.resolve(pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
