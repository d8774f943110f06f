package io.twinlog.applier.progress;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.held.HeldStore;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the progress of a replication from its target over an ordinary connection; changes nothing. Not thread-safe.
 */
public final class ProgressView implements AutoCloseable {

    private final Connection connection;
    private final ProgressStore store;
    private final HeldStore held;

    public ProgressView(String replication, String targetUrl, String targetUser, String targetPassword)
            throws SQLException {
        connection = Dialect.ofUrl(targetUrl)
                .connect(targetUrl, targetUser, targetPassword, "twinlog " + replication + " status");
        connection.setNetworkTimeout(Runnable::run, 30_000);
        connection.setReadOnly(true);
        store = new ProgressStore(connection, replication);
        held = new HeldStore(connection, replication);
    }

    /** The progress row; empty before the applier's first start and after {@code drop}. */
    public Optional<StoredProgress> progress() throws SQLException {
        return Optional.ofNullable(store.read());
    }

    /** Tables that are paused as a whole, with the reason. */
    public Map<TableId, String> pausedTables() throws SQLException {
        return held.exists() ? held.tables() : Map.of();
    }

    /** Where reading of each partition goes on after a restart. */
    public Map<TopicPartition, StoredOffset> offsets() throws SQLException {
        return store.readOffsets();
    }

    /** Whether everything that the source had committed before this log position is applied or parked. */
    public boolean hasReached(String mark) throws SQLException {
        return progress()
                .map(row -> !row.syncing() && (reached(row.position(), mark) || reached(row.heartbeatPosition(), mark)))
                .orElse(false);
    }

    private static boolean reached(@org.jspecify.annotations.Nullable String position, String mark) {
        return position != null && SourcePosition.compare(position, mark) >= 0;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
