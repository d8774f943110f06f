package io.twinlog.capture.stream;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;

/** A source's log being read: gives changes to a {@link TransactionWriter}. Owned by the capturing thread. */
public interface ChangeStream {

    /**
     * Takes the next piece of the log, waiting a moment for one.
     *
     * @param beforeWaiting called when nothing has arrived, before it waits
     * @return whether there was a piece of the log; false where the source only showed that it is alive, or nothing came
     */
    boolean next(Runnable beforeWaiting) throws IOException, SQLException;

    /** The end of the source's log as last heard, or 0. */
    long sourceEnd();

    /** Whether the source has asked for a reply since the last call. */
    boolean takeHaste();

    /** The source may forget what lies before. */
    void confirm(long position) throws SQLException;

    /** Puts down what the next session needs to know of the log, as it is at the writer's position. */
    void remember(Map<String, String> facts);

    /** How often reading paused to let data gather. */
    long pauses();
}
