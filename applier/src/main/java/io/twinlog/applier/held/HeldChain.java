package io.twinlog.applier.held;

import io.twinlog.schemas.table.TableId;
import java.time.Instant;

/**
 * Keys that wait together, in short. Immutable.
 *
 * @param id of the conflict that began it, epoch-seq-ordinal; of a paused table {@code table:schema.table}
 * @param table the table of its first event
 * @param keys how many keys it holds
 * @param events how many events wait
 * @param since when it began
 */
public record HeldChain(String id, TableId table, long keys, long events, Instant since) {

    /** The chain of a table that is paused as a whole. */
    public static String ofTable(TableId table) {
        return "table:" + table;
    }

    /** Whether a whole table is paused by it. */
    public boolean isTable() {
        return isTable(id);
    }

    /** Whether this is the name of a chain by which a whole table is paused. */
    public static boolean isTable(String chain) {
        return chain.startsWith("table:");
    }
}
