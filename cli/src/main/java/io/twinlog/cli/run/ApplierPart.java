package io.twinlog.cli.run;

import io.twinlog.applier.Applier;
import io.twinlog.schemas.check.Check;
import java.util.List;

/** The applier as a {@link Part}. */
record ApplierPart(Applier applier) implements Part {

    @Override
    public String role() {
        return "applier";
    }

    @Override
    public List<Check> check() {
        return applier.check();
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
        applier.close();
    }
}
