package io.twinlog.capture.mariadb.catalog;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was captured from another server before this log was read: its transactions are passed over, in this epoch for ever, so that the
 * same log always yields the same numbers. Owned by the capturing thread.
 *
 * <p>Each domain proves itself with its first transactions: the log must hold the last captured one itself, or begin with the one right
 * behind it. A server that lacks captured transactions and has given their numbers to others shows that here at the latest.
 */
public final class CapturedGtids {

    /** The last captured GTID of each domain; none where this log was read from the beginning of the replication. */
    public static final String FACT = "gtid_captured";

    private final String replication;
    private final Map<Long, Gtid> captured;
    private final Map<Long, Gtid> unproven;

    /**
     * @param remembered facts of the control log
     * @param before GTIDs before the place where reading begins
     */
    public CapturedGtids(String replication, Map<String, String> remembered, Map<Long, String> before) {
        this.replication = replication;
        this.captured = Gtid.last(Gtid.list(remembered.getOrDefault(FACT, "")));
        this.unproven = new TreeMap<>(captured);
        before.values().forEach(text -> {
            Gtid known = captured.get(Gtid.parse(text).domain());
            if (known != null
                    && (known.equals(Gtid.parse(text)) || Gtid.parse(text).isBehind(known))) {
                unproven.remove(known.domain());
            }
        });
    }

    /** As it stands on the control log. */
    public static String text(Map<Long, Gtid> gtids) {
        return gtids.values().stream().map(Gtid::toString).collect(Collectors.joining(","));
    }

    /**
     * Whether a transaction of the log is captured already.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException GAP if it shows that captured ones are missing in this log
     */
    public boolean contains(Gtid gtid) {
        Gtid last = captured.get(gtid.domain());
        if (last == null) {
            return false;
        }
        boolean passed = !gtid.isBehind(last);
        boolean sameNumber = gtid.sequence() == last.sequence();
        if (sameNumber && gtid.server() != last.server()
                || unproven.containsKey(gtid.domain()) && !passed && gtid.sequence() != last.sequence() + 1) {
            throw BinlogAnchor.gap(
                    replication,
                    "the source is another server than before, and its binlog does not hold " + last
                            + ", which was captured: it goes on with " + gtid);
        }
        if (!passed || sameNumber) {
            unproven.remove(gtid.domain());
        }
        return passed;
    }
}
