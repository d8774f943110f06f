package io.twinlog.cli.run;

import io.twinlog.applier.Applier;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;

/**
 * The applier as a {@link Part}.
 *
 * @param hurried the same one with little patience for Kafka; it makes the checks where no broker listens
 */
record ApplierPart(Applier applier, Applier hurried, BootstrapServers brokers) implements Part {

    @Override
    public String role() {
        return "applier";
    }

    @Override
    public MemberStatus status() {
        return applier.status();
    }

    @Override
    public List<Check> check() {
        return (brokers.anyListens() ? applier : hurried).check();
    }

    @Override
    public boolean isEstablished() {
        return (brokers.anyListens() ? applier : hurried).isEstablished();
    }

    @Override
    public void run() {
        applier.run();
    }

    @Override
    public void stop() {
        applier.stop();
    }

    @Override
    public void drop() {
        applier.drop();
    }

    @Override
    public void acceptLoss(String reason, String actor) {
        applier.acceptLoss(reason, actor);
    }

    @Override
    public void close() {
        hurried.close();
        applier.close();
    }
}
