package io.twinlog.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CPU seconds and peak memory of processes, from {@code /proc} (Linux; proc(5), "stat" and "status"). Groups are named by the
 * caller; a server's group is its postmaster and everything that it started, ended children included.
 */
final class ProcessCosts {

    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_PER_SECOND = 100;

    private ProcessCosts() {}

    /** CPU seconds used so far by a process alone, 0 if it has ended. */
    static double ofProcess(long pid) {
        long[] stat = stat(pid);
        return stat.length == 0 ? 0 : (stat[1] + stat[2]) / TICKS_PER_SECOND;
    }

    /** CPU seconds used so far by a server: walsenders and all the rest, by name. */
    static Map<String, Double> ofServer(long postmaster) {
        Map<String, Double> costs = new LinkedHashMap<>();
        costs.put("walsender", 0.0);
        costs.put("others", 0.0);
        long[] own = stat(postmaster);
        if (own.length > 0) {
            costs.merge("others", (own[1] + own[2] + own[3] + own[4]) / TICKS_PER_SECOND, Double::sum);
        }
        for (long child : children(postmaster)) {
            String name = commandLine(child).contains("walsender") ? "walsender" : "others";
            costs.merge(name, ofProcess(child), Double::sum);
        }
        return costs;
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
        try {
            String text = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return new long[] {
                Long.parseLong(fields[1]),
                Long.parseLong(fields[11]),
                Long.parseLong(fields[12]),
                Long.parseLong(fields[13]),
                Long.parseLong(fields[14])
            };
        } catch (IOException e) {
            return new long[0];
        }
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
