package io.twinlog.schemas.topic;

import java.util.regex.Pattern;

/**
 * The topics of one replication. Immutable.
 *
 * @param replication name of the replication: letters, digits, hyphen and underscore, no dot, at most 60 characters
 */
public record TopicNames(String replication) {

    /** Kafka's own limit for a topic name. */
    static final int MAX_LENGTH = 249;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,59}");

    public TopicNames {
        if (!isValidReplication(replication)) {
            throw new IllegalArgumentException("A replication name is made of letters, digits, '-' and '_' (at most 60"
                    + " characters), not '" + replication + "'");
        }
    }

    public static boolean isValidReplication(String name) {
        return NAME.matcher(name).matches();
    }

    /** The control log: one partition, BEGIN, END, HEARTBEAT and the rest. */
    public String transactions() {
        return replication + ".transactions";
    }

    /** Dead letters, keyed like the data. */
    public String conflicts() {
        return replication + ".conflicts";
    }

    /** Compacted: conflict id to outcome. */
    public String resolutions() {
        return replication + ".resolutions";
    }

    /** Compacted: which member is in which state. */
    public String status() {
        return replication + ".status";
    }

    /** Compacted: schema fingerprint to schema. */
    public String schemas() {
        return replication + ".schemas";
    }

    /** The data topic of a table; has two dots, so it never meets one of the names above. */
    public String data(String schema, String table) {
        String name = replication + "." + NameEscape.forTopic(schema) + "." + NameEscape.forTopic(table);
        if (name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("The topic name of table " + schema + "." + table + " would be "
                    + name.length() + " characters long; Kafka allows " + MAX_LENGTH);
        }
        return name;
    }
}
