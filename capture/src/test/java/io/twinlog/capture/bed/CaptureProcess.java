package io.twinlog.capture.bed;

import io.twinlog.capture.Capture;
import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.CaptureListener;
import io.twinlog.capture.SnapshotMode;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;
import java.util.Map;

/** A capture in a JVM of its own, which tests kill. Prints its states and messages. */
public final class CaptureProcess {

    private CaptureProcess() {}

    public static JavaProcess start(CaptureConfig config, String heap) {
        return JavaProcess.of(CaptureProcess.class)
                .likeLauncher(heap)
                .option("-XX:TieredStopAtLevel=1")
                .arguments(
                        config.replication(),
                        String.valueOf(config.kafka().get("bootstrap.servers")),
                        config.sourceUrl(),
                        config.snapshot().name(),
                        String.join(",", config.tables()),
                        config.sourceUser())
                .start();
    }

    public static void main(String[] arguments) {
        CaptureConfig config = new CaptureConfig(
                arguments[0],
                Map.of("bootstrap.servers", arguments[1]),
                arguments[2],
                arguments[5],
                "",
                List.of(arguments[4].split(",", -1)),
                SnapshotMode.valueOf(arguments[3]),
                3,
                2,
                (short) 1);
        CaptureListener printer = new CaptureListener() {
            @Override
            public void state(MemberStatus status) {
                System.out.println(
                        "STATE " + status.state() + " " + status.details().getOrDefault("seq", "0") + " "
                                + (status.reason() == null ? "" : status.reason()));
            }

            @Override
            public void message(String line) {
                System.out.println("MESSAGE " + line);
            }
        };
        try (Capture capture = new Capture(config, printer)) {
            Runtime.getRuntime().addShutdownHook(new Thread(capture::stop));
            capture.run();
        }
    }
}
