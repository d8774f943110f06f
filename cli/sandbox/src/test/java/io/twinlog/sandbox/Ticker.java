package io.twinlog.sandbox;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program that counts aloud, for tests that freeze and kill it; with the argument "parent" it starts another one first. */
final class Ticker {
    private Ticker() {}

    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("leaving")));
        System.out.println(System.getProperty("greeting") + " " + System.getenv("NAME"));
        if (arguments.length > 0 && arguments[0].equals("exit")) {
            System.exit(7);
        }
        if (arguments.length > 0 && arguments[0].equals("parent")) {
            JavaProcess child = JavaProcess.of(Ticker.class).heap("64m").start();
            child.awaitOutput("tick", Duration.ofSeconds(30));
            child.freeze();
            System.out.println("child " + child.pid());
        }
        for (long tick = 1; ; tick++) {
            System.out.println("tick " + tick);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
