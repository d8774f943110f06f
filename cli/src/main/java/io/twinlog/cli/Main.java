package io.twinlog.cli;

/** The entry of the {@code twinlog} command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.out.println("twinlog 0.1.0-SNAPSHOT");
    }
}
