package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import org.jspecify.annotations.Nullable;

/** The whole configuration file. Immutable; its text form holds no secret. */
public record TwinlogConfiguration(
        @Key(
                name = "replication",
                text = "Name of the replication. Topics, slot, publication and progress row are named after it.",
                presence = Presence.REQUIRED)
        ReplicationName replication,

        @Key(name = "kafka", text = "Where the xlog lives.", presence = Presence.REQUIRED)
        KafkaConfiguration kafka,

        @Key(name = "schemas", text = "Where Avro schemas live.")
        SchemasConfiguration schemas,

        @Key(
                name = "source",
                text = "The database whose changes are read. The command `apply` does without it.",
                presence = Presence.OPTIONAL)
        @Nullable
        SourceConfiguration source,

        @Key(
                name = "target",
                text = "The database that the changes are applied to. The command `capture` does without it.",
                presence = Presence.OPTIONAL)
        @Nullable
        TargetConfiguration target,

        @Key(name = "capture", text = "How the source is read.")
        CaptureConfiguration capture,

        @Key(name = "apply", text = "How the target is written.")
        ApplyConfiguration apply,

        @Key(name = "conflicts", text = "What becomes of an event that does not meet the target row it expects.")
        ConflictsConfiguration conflicts,

        @Key(name = "metrics", text = "How the daemons can be watched (docs/monitoring.md).")
        MetricsConfiguration metrics) {

    /** The source section, for those who asked for a file that has one. */
    public SourceConfiguration requiredSource() {
        if (source == null) {
            throw new TwinlogException(Category.CONFIG, "The configuration file has no section 'source'");
        }
        return source;
    }

    /** The target section, for those who asked for a file that has one. */
    public TargetConfiguration requiredTarget() {
        if (target == null) {
            throw new TwinlogException(Category.CONFIG, "The configuration file has no section 'target'");
        }
        return target;
    }
}
