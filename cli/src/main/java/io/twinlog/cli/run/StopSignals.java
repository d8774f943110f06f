package io.twinlog.cli.run;

import io.twinlog.cli.terminal.ExitCode;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/**
 * SIGTERM, SIGINT and SIGHUP: the first one asks for an orderly end, the second one ends the process at once.
 *
 * <p>A shutdown hook would not do: the JVM then leaves with 143 whatever the hook achieved, and a second signal has no effect
 * while hooks run. {@code sun.misc.Signal} lives in jdk.unsupported, which every JDK since 9 has.
 */
public final class StopSignals {

    private StopSignals() {}

    /** From now on, runs {@code stop} in a thread of its own at the first signal. */
    public static void handle(Runnable stop) {
        AtomicInteger received = new AtomicInteger();
        for (String name : new String[] {"TERM", "INT", "HUP"}) {
            Signal.handle(new Signal(name), signal -> {
                if (received.incrementAndGet() == 1) {
                    stop.run();
                } else {
                    Runtime.getRuntime().halt(ExitCode.ERROR.number());
                }
            });
        }
    }
}
