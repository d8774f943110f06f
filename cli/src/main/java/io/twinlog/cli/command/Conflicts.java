package io.twinlog.cli.command;

import io.twinlog.applier.replay.ConflictEntry;
import io.twinlog.applier.replay.Replay;
import io.twinlog.applier.replay.Replays;
import io.twinlog.applier.replay.Selection;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Parts;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conflicts of a configuration, also where its target does not answer. Immutable. */
record Conflicts(TwinlogConfiguration configuration, PrintWriter err) {

    /** The conflicts with their states; without the target's help, and a word about that, as published. */
    List<ConflictEntry> list(Selection selection) {
        if (configuration.target() == null) {
            return published(selection);
        }
        try {
            return replay().list(selection);
        } catch (TwinlogException e) {
            if (e.category() != Category.OUTAGE) {
                throw e;
            }
            List<ConflictEntry> published = published(selection);
            err.println("twinlog: " + e.getMessage() + ". States are as Kafka has them.");
            err.flush();
            return published;
        }
    }

    private List<ConflictEntry> published(Selection selection) {
        return Replay.published(
                configuration.replication().text(), configuration.kafka().clientSettings(), selection);
    }

    @Nullable
    ConflictEntry find(String id) {
        List<ConflictEntry> found = list(Selection.of(id));
        if (found.isEmpty()) {
            return null;
        }
        return Replay.whole(
                configuration.replication().text(), configuration.kafka().clientSettings(), found.get(0));
    }

    Replays replay() {
        return new Replays(Parts.applierConfig(configuration));
    }

    /** Who types, for the record. */
    static String actor() {
        String user = System.getProperty("user.name", "unknown");
        try {
            return user + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine without a name for itself.
            return user + "@localhost";
        }
    }
}
