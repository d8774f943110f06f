package io.twinlog.cli.run;

import io.twinlog.capture.Capture;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;

/**
 * Capture as a {@link Part}.
 *
 * @param hurried the same one with little patience for Kafka; it makes the checks where no broker listens
 */
record CapturePart(Capture capture, Capture hurried, BootstrapServers brokers) implements Part {

    @Override
    public String role() {
        return "capture";
    }

    @Override
    public MemberStatus status() {
        return capture.status();
    }

    @Override
    public List<Check> check() {
        return (brokers.anyListens() ? capture : hurried).check();
    }

    @Override
    public boolean isEstablished() {
        return (brokers.anyListens() ? capture : hurried).isEstablished();
    }

    @Override
    public void run() {
        capture.run();
    }

    @Override
    public void stop() {
        capture.stop();
    }

    @Override
    public void drop() {
        capture.drop();
    }

    @Override
    public void acceptLoss(String reason, String actor) {
        capture.acceptLoss(reason, actor);
    }

    @Override
    public void close() {
        hurried.close();
        capture.close();
    }
}
