package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.GtidEvent;
import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.TransactionHead;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * By what a binlog is known again: the GTIDs that stand before one of its places, and when the file of that place was begun. File names
 * alone do not tell: RESET MASTER begins with the same ones, and so does another server. Owned by the capturing thread.
 */
public final class BinlogAnchor implements LogIdentity {

    public static final String GTIDS = "gtid";
    /** MySQL: all GTIDs before {@link #AT}; not there where transactions have none. */
    public static final String GTID_SET = "gtid_set";

    public static final String AT = "gtid_position";
    public static final String FILE_BEGUN = "binlog_begun";
    public static final String SERVER_ID = "server_id";
    private static final String EXITS = " Changes may be missing, so nothing is captured. Exits: `twinlog drop`,"
            + " then a start with an initial sync; or `twinlog accept-loss`, which continues from now on and records the gap.";

    private final String replication;
    private final SourcePosition.Format format;
    private final long ownDomain;
    private final long ownServer;
    private final Map<Long, String> gtids;
    private final CapturedGtids captured;
    private long file;
    private long begun;

    /**
     * @param gtids the last one of each domain at the place where reading begins
     * @param remembered facts of the control log, or empty
     */
    public BinlogAnchor(
            String replication,
            SourcePosition.Format format,
            long ownDomain,
            long ownServer,
            Map<Long, String> gtids,
            Map<String, String> remembered) {
        this.replication = replication;
        this.format = format;
        this.ownDomain = ownDomain;
        this.ownServer = ownServer;
        this.gtids = new TreeMap<>(gtids);
        this.captured = new CapturedGtids(replication, remembered, gtids);
        String fact = remembered.get(FILE_BEGUN);
        if (fact != null) {
            file = Long.parseLong(fact.substring(0, fact.indexOf('@')));
            begun = Long.parseLong(fact.substring(fact.indexOf('@') + 1));
        }
    }

    @Override
    public TransactionHead begin(LogEvent event) {
        GtidEvent gtid = GtidEvent.read(event);
        boolean own = gtid.domain() == ownDomain && gtid.server() == ownServer;
        return new TransactionHead(
                gtid.text(),
                gtid.sequence(),
                event.seconds() * 1_000_000,
                gtid.standalone(),
                gtid.preparedXa(),
                own ? null : gtid.domain() + "-" + gtid.server());
    }

    @Override
    public boolean isCaptured(TransactionHead head) {
        return captured.contains(Gtid.parse(String.valueOf(head.gtid())));
    }

    @Override
    public void committed(TransactionHead head) {
        gtids.putAll(BinlogFiles.parse(String.valueOf(head.gtid())));
    }

    @Override
    public void fileBegins(long number, long seconds) {
        if (number == file && seconds != begun) {
            throw new TwinlogException(
                    Category.GAP,
                    "GAP in replication " + replication + ": the binlog file with number " + number
                            + " was begun at second " + seconds + ", the one that was captured at " + begun
                            + ": RESET MASTER was issued, or this is another server." + EXITS);
        }
        file = number;
        begun = seconds;
    }

    @Override
    public void put(long position, Map<String, String> facts) {
        facts.put(GTIDS, String.join(",", gtids.values()));
        facts.put(AT, format.format(position));
        if (begun != 0) {
            facts.put(FILE_BEGUN, file + "@" + begun);
        }
    }

    /**
     * Proves that the source's log goes on exactly where we stopped (invariant 2).
     *
     * @param resume position to continue from
     * @param facts what the control log remembers
     * @throws TwinlogException GAP naming both positions
     */
    public static void check(String replication, BinlogFiles files, String resume, Map<String, String> facts)
            throws SQLException {
        TreeMap<Long, Long> sizes = requirePlace(replication, files, resume);
        String list = facts.get(GTIDS);
        String at = facts.get(AT);
        if (list == null || at == null || !sizes.containsKey(SourcePosition.numberOf(BinlogFiles.fileOf(at)))) {
            return;
        }
        Map<Long, String> found = files.gtids(at);
        Map<Long, String> expected = BinlogFiles.parse(list);
        if (!expected.equals(found)) {
            throw gap(
                    replication,
                    "The source's log is another one: before " + at + " it has the GTIDs "
                            + (found == null ? "of no place" : new LinkedHashMap<>(found).values()) + ", captured were "
                            + expected.values()
                            + ". RESET MASTER was issued, this is another server, or a replica that was promoted");
        }
    }

    /** Sizes of the log's files, of which one has the place where we stopped. */
    static TreeMap<Long, Long> requirePlace(String replication, BinlogFiles files, String resume) throws SQLException {
        String end = files.end();
        TreeMap<Long, Long> sizes = files.sizes();
        if (!BinlogFiles.baseName(end).equals(BinlogFiles.baseName(resume))) {
            throw gap(
                    replication,
                    "The source's log is named otherwise: it ends at " + end + ", we continue from " + resume);
        }
        Long size = sizes.get(SourcePosition.numberOf(BinlogFiles.fileOf(resume)));
        if (size == null) {
            throw gap(
                    replication,
                    "The source has no binlog file " + BinlogFiles.fileOf(resume)
                            + " any more (it was purged, RESET MASTER was"
                            + " issued, or this is another server); the first position lost is " + resume
                            + ", and the log now goes from file number " + sizes.firstKey() + " to " + end
                            + ". Raise binlog_expire_logs_seconds");
        }
        if (Long.compareUnsigned(size, SourcePosition.offset(SourcePosition.parse(resume))) < 0) {
            throw gap(
                    replication,
                    "The source's log is shorter than what was captured: " + BinlogFiles.fileOf(resume) + " has " + size
                            + " bytes, we continue from " + resume
                            + ". RESET MASTER was issued, an older copy was restored, or the server has lost its latest"
                            + " transactions in a crash (sync_binlog = 1 prevents that)");
        }
        return sizes;
    }

    /** A GAP for this reason, with the exits. */
    public static TwinlogException gap(String replication, String what) {
        return new TwinlogException(Category.GAP, "GAP in replication " + replication + ": " + what + "." + EXITS);
    }

    /** The facts of an epoch that begins at a position. */
    public static Map<String, String> facts(String position, @Nullable Map<Long, String> gtids) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (gtids != null) {
            facts.put(GTIDS, String.join(",", gtids.values()));
            facts.put(AT, position);
        }
        return facts;
    }
}
