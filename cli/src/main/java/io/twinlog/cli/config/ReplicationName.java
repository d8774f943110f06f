package io.twinlog.cli.config;

import io.twinlog.schemas.topic.TopicNames;

/**
 * The name of a replication, from which topics, slot and publication take theirs. Immutable.
 *
 * @param text letters, digits, hyphen and underscore, at most 60 characters
 */
public record ReplicationName(String text) {

    /** Reads a name; the message of the {@link IllegalArgumentException} says what a name is made of. */
    public static ReplicationName parse(String text) {
        if (!TopicNames.isValidReplication(text)) {
            throw new IllegalArgumentException(
                    "must be made of letters, digits, '-' and '_', begin with a letter or digit, and have at most 60 characters");
        }
        return new ReplicationName(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
