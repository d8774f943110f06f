package io.twinlog.capture;

import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Looks at the source from outside of a running capture. Failures are TwinlogExceptions with their category. Not thread-safe. */
public interface SourceView extends AutoCloseable {

    /** Opens an ordinary connection. */
    static SourceView open(CaptureConfig config) {
        return MariadbSource.understands(config.sourceUrl()) ? new MariadbView(config) : new PostgresView(config);
    }

    /**
     * What the source keeps to remember how far we are: PostgreSQL's slot.
     *
     * @param status of the log that it needs, in the source's words
     * @param retainedBytes of log that it holds back
     * @param safeBytes that may still be written before log is lost, or null for no limit
     */
    record Bookmark(
            String name,
            boolean active,
            @Nullable String status,
            @Nullable String confirmed,
            @Nullable Long retainedBytes,
            @Nullable Long safeBytes) {}

    /** End of the source's log. */
    String end();

    /** The replication's bookmark; null: there is none, or this kind of source has none. */
    @Nullable
    Bookmark bookmark();

    /** The selected tables, each with what the source logs of a row before its change. */
    SortedMap<TableId, ReplicaIdentity> detection();

    /** The selected tables that have a key, as they are now. */
    List<TableShape> shapes();

    /**
     * A place in the log behind everything that is committed by now; where the source allows it, marked there, so that the
     * control log says BARRIER with the token.
     *
     * @return its position
     */
    String emitBarrier(String token);

    /**
     * Whether positions of a server can be compared with those of this one.
     *
     * @param systemId by which the control log knows that server
     */
    default boolean sharesLogWith(String systemId) {
        return true;
    }

    @Override
    void close();
}
