package io.twinlog.cli.run;

import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;

/** Capture or applier, as far as the process that runs it is concerned. {@link #stop()} may be called from any thread. */
public interface Part extends AutoCloseable {

    /** {@code capture} or {@code applier}. */
    String role();

    /** What it does now. */
    MemberStatus status();

    /** Every precondition; creates nothing. */
    List<Check> check();

    /**
     * Whether it has worked before, as far as those of its servers tell that answer now: what does not answer is an outage then,
     * and may be a mistake otherwise.
     */
    boolean isEstablished();

    /** Works until {@link #stop()}, or until it fails with an exception. */
    void run();

    /** Asks it to finish the current batch and leave; returns at once. */
    void stop();

    /** Removes what it created. */
    void drop();

    /** Continues behind a gap, with a record of who accepted it and why. */
    void acceptLoss(String reason, String actor);

    @Override
    void close();
}
