package io.twinlog.cli.config;

/** The section {@code capture}. Immutable. */
public record CaptureConfiguration(
        @Key(
                name = "snapshot",
                text =
                        "`initial`: copy the existing rows, then follow the changes; `none`: follow the changes only;"
                                + " `only`: copy the existing rows and stop. Looked at when a replication starts for the first time.",
                defaultValue = "initial")
        Snapshot snapshot,

        @Key(
                name = "partitions",
                text = "Partitions of each data topic when it is created; later it stays what it is.",
                defaultValue = "3",
                min = "1",
                max = "1000")
        int partitions,

        @Key(
                name = "origin",
                text =
                        "`any`: capture every transaction; `local`: leave out those that an applier of Twinlog's has written to"
                                + " the source, so that two databases can replicate each other.",
                defaultValue = "any")
        Origin origin) {

    /** Where captured transactions were first made. */
    public enum Origin {
        ANY,
        LOCAL
    }

    /** What is done about rows that exist when a replication begins. */
    public enum Snapshot {
        NONE,
        INITIAL,
        ONLY
    }
}
