package io.twinlog.capture.mariadb.changes;

import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;

/**
 * What a binlog may hold and capture cannot carry, or does not understand: nothing is skipped (invariant 3). Places are texts such as
 * {@code file 3, offset 1234}. Stateless.
 */
final class Refused {

    private static final String WAY_OUT =
            " to get past it, use `twinlog drop` and start with an initial sync, or `twinlog accept-loss`.";

    private Refused() {}

    static TwinlogException incident(String place) {
        return new TwinlogException(
                Category.GAP,
                "GAP: the source itself has lost changes: its binlog holds an incident at " + place
                        + ". Use `twinlog drop` and start with an initial sync, or `twinlog accept-loss`.");
    }

    /** An event of a type that has no meaning for us. */
    static TwinlogException unknown(LogEvent event, String place) {
        if (event.type() >= LogEvent.QUERY_COMPRESSED && event.type() <= LogEvent.LAST_COMPRESSED) {
            return schema("The binlog is compressed at " + place
                    + ", which cannot be captured. Set log_bin_compress = OFF at the source;" + WAY_OUT);
        }
        return new TwinlogException(
                Category.BUG,
                "The binlog has an event of the unknown type " + event.type() + " at " + place
                        + ". This Twinlog does not understand the source's log; nothing was skipped. Please report it with the"
                        + " version of the server.");
    }

    static TwinlogException partialJson(String place) {
        return schema("The binlog holds only parts of JSON documents at " + place
                + ": a session had binlog_row_value_options = PARTIAL_JSON. Set it to the empty text;" + WAY_OUT);
    }

    static TwinlogException partialRow(TableId table, String place) {
        return schema("The binlog holds only some of the columns of table " + table + " at " + place
                + ": a session had binlog_row_image = MINIMAL or NOBLOB. Set it to FULL;" + WAY_OUT);
    }

    static TwinlogException xa(TableId table, String place) {
        return schema("An XA transaction changes table " + table + " at " + place
                + ", which cannot be captured. Exclude the table, or do without XA;" + WAY_OUT);
    }

    /** @param what is inside, such as {@code a ROLLBACK} */
    static TwinlogException inside(String what, String place) {
        return schema(
                "The transaction that ends at " + place + " changes captured tables and has " + what + ";" + WAY_OUT);
    }

    static TwinlogException statement(String head, String place) {
        return schema("The statement '" + head + " ...' was logged as text at " + place
                + ", so the rows that it changed are unknown: a session had binlog_format = STATEMENT or MIXED. Forbid that;"
                + WAY_OUT);
    }

    private static TwinlogException schema(String message) {
        return new TwinlogException(Category.SCHEMA, message);
    }
}
