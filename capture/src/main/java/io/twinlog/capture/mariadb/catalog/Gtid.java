package io.twinlog.capture.mariadb.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * MariaDB's global transaction id, {@code domain-server-sequence}. Immutable. A set of them holds the last one of each domain, and stands
 * for that one and all before it.
 *
 * @param server the {@code server_id} under which it was written first
 * @param sequence grows within its domain; unsigned
 */
public record Gtid(long domain, long server, long sequence) {

    /** Reads {@code 0-1-5}. */
    public static Gtid parse(String text) {
        String[] parts = text.strip().split("-", 3);
        return new Gtid(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseUnsignedLong(parts[2]));
    }

    /** Reads {@code 0-1-5,0-2-7,1-2-7}; a domain may occur more than once. */
    public static List<Gtid> list(String text) {
        List<Gtid> gtids = new ArrayList<>();
        for (String gtid : text.split(",", -1)) {
            if (!gtid.isBlank()) {
                gtids.add(parse(gtid));
            }
        }
        return gtids;
    }

    /** The last one of each domain of a list. */
    public static Map<Long, Gtid> last(List<Gtid> gtids) {
        Map<Long, Gtid> last = new TreeMap<>();
        gtids.forEach(gtid -> last.merge(gtid.domain(), gtid, Gtid::later));
        return last;
    }

    /** Whether this comes behind another one of its domain. */
    public boolean isBehind(Gtid other) {
        return Long.compareUnsigned(sequence, other.sequence) > 0;
    }

    private static Gtid later(Gtid a, Gtid b) {
        return b.isBehind(a) ? b : a;
    }

    @Override
    public String toString() {
        return domain + "-" + server + "-" + Long.toUnsignedString(sequence);
    }
}
