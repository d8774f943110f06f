package io.twinlog.cli.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** Prints the story, with the seconds since its beginning at each heading. Any thread may call. */
public final class Narrator {

    private static final int WIDTH = 96;

    private final PrintWriter out;
    private final long begin = System.nanoTime();
    private int chapter;

    public Narrator(PrintWriter out) {
        this.out = out;
    }

    /** Seconds since the beginning. */
    double elapsedSeconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    synchronized void chapter(String title) {
        chapter++;
        String head = chapter + ". " + title + " ";
        String time = String.format(Locale.ROOT, " %.1f s", elapsedSeconds());
        out.println();
        out.println(head + "-".repeat(Math.max(3, WIDTH - head.length() - time.length())) + time);
        out.flush();
    }

    synchronized void say(String text) {
        text.lines().forEach(line -> out.println("   " + line));
        out.flush();
    }

    /** What a command or a process prints. */
    synchronized void quote(String text) {
        text.lines().forEach(line -> out.println("   | " + line));
        out.flush();
    }

    /** A command that the reader could type. */
    synchronized void command(String text) {
        out.println("   $ " + text);
        out.flush();
    }

    synchronized void title(String text) {
        out.println(text);
        out.flush();
    }
}
