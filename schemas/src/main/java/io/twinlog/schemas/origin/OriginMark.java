package io.twinlog.schemas.origin;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The mark that an applier leaves on its transactions in the target's log, so that a capture on the same database can leave them out:
 * PostgreSQL's replication origin, MariaDB's {@code server_id}, the tag of MySQL's GTIDs. Stateless.
 */
public final class OriginMark {

    private static final String PREFIX = "twinlog_";
    private static final long FIRST_SERVER_ID = 1_953_000_000L;
    private static final long SERVER_IDS = 1_000_000;

    private OriginMark() {}

    /** The replication origin of an applier. */
    public static String replicationOrigin(String replication) {
        return PREFIX + replication;
    }

    /** The tag of an applier's GTIDs: at most 32 small letters, digits and underscores. */
    public static String gtidTag(String replication) {
        CRC32 hash = new CRC32();
        hash.update(replication.getBytes(StandardCharsets.UTF_8));
        return String.format("%s%08x", PREFIX, hash.getValue());
    }

    /** The {@code server_id} of an applier. */
    public static long serverId(String replication) {
        CRC32 hash = new CRC32();
        hash.update(replication.getBytes(StandardCharsets.UTF_8));
        return FIRST_SERVER_ID + hash.getValue() % SERVER_IDS;
    }

    /**
     * Whether an origin is the mark of an applier, of any replication.
     *
     * @param origin as the control log has it: the name of a replication origin, or a tag, or {@code domain-server}, or {@code server}
     */
    public static boolean isOfApplier(String origin) {
        if (origin.startsWith(PREFIX)) {
            return true;
        }
        String server = origin.substring(origin.indexOf('-') + 1);
        return origin.matches("(\\d{1,10}-)?\\d{1,10}") && isOfApplier(Long.parseLong(server));
    }

    /** Whether a {@code server_id} is kept for appliers; a server must not have it. */
    public static boolean isOfApplier(long serverId) {
        return serverId >= FIRST_SERVER_ID && serverId < FIRST_SERVER_ID + SERVER_IDS;
    }
}
