package io.twinlog.applier;

import io.twinlog.schemas.status.MemberStatus;
import java.time.Duration;
import java.util.Map;

/** An applier in a process of its own: replication, bootstrap servers, URL, user, batch size. */
public final class ApplierMain {

    private ApplierMain() {}

    public static void main(String[] arguments) {
        ApplierConfig config = new ApplierConfig(
                arguments[0],
                Map.of("bootstrap.servers", arguments[1]),
                arguments[2],
                arguments[3],
                "",
                Integer.parseInt(arguments[4]),
                Duration.ofMillis(5),
                ExistingRows.FAIL_IF_NOT_EMPTY);
        Applier applier = new Applier(config, new ApplierListener() {
            @Override
            public void state(MemberStatus status) {
                System.out.println("state " + status.state() + " " + status.reason());
            }

            @Override
            public void message(String line) {
                System.out.println(line);
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(applier::stop));
        applier.run();
    }
}
