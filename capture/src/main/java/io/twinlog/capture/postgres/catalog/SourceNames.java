package io.twinlog.capture.postgres.catalog;

import java.util.Locale;

/** Names of what a replication owns at the source. Immutable. */
public record SourceNames(String replication) {

    private static final int MAX_LENGTH = 63;

    /** The slot: PostgreSQL allows lower-case letters, digits and underscore. */
    public String slot() {
        String name = "twinlog_" + replication.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        if (name.length() <= MAX_LENGTH) {
            return name;
        }
        String hash = String.format("_%08x", replication.hashCode());
        return name.substring(0, MAX_LENGTH - hash.length()) + hash;
    }

    /** The publication has the slot's name. */
    public String publication() {
        return slot();
    }

    /** The slot with which an interrupted snapshot is read on. Temporary. */
    public String resumeSlot() {
        String slot = slot();
        return (slot.length() > MAX_LENGTH - 2 ? slot.substring(0, MAX_LENGTH - 2) : slot) + "_b";
    }

    /** The name that the source shows for our connections. */
    public String application() {
        return "twinlog " + replication;
    }

    /** The two numbers of the advisory lock that a running capture holds. */
    public int lockClass() {
        return 0x7717_1067;
    }

    public int lockObject() {
        return slot().hashCode();
    }
}
