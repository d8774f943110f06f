package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedServer;
import java.util.Map;

/** A way to carry the changes of a workload from the source to a target server of its own. */
interface Replication extends AutoCloseable {

    String name();

    EmbeddedServer target();

    /** Makes the source keep its changes for us (slot, publication), starts nothing. The tables exist on both sides. */
    void prepare(String database, Workload workload, Shape shape);

    /** Whether the rows that were there before it began have been copied; of systems that tell it by the order of changes, true. */
    default boolean isSynced() {
        return true;
    }

    /** Starts to carry, or goes on after {@link #hold}; returns at once. */
    void start();

    /** Stops reading the source's log, so that a backlog grows; {@link #start} goes on. */
    void hold();

    /** Looks whether it still carries. @throws IllegalStateException with what stopped it */
    default void checkRunning() {}

    /** CPU seconds used so far by process group; only differences of two readings mean something. */
    Map<String, Double> costs();

    /** Peak resident memory of our processes in MiB, by name. */
    Map<String, Long> memory();

    /** Ends it and lets the source forget it. */
    void stop();

    @Override
    void close();
}
