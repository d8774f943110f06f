package io.twinlog.capture.snapshot;

import io.twinlog.capture.postgres.connection.SourceAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads chunks with one connection that has imported the snapshot, until none is left. Its own thread. */
final class ChunkReader implements Runnable {

    private static final int BATCH_BYTES = 256 * 1024;

    private final SourceAddress source;
    private final String snapshot;
    private final ChunkQueue chunks;

    ChunkReader(SourceAddress source, String snapshot, ChunkQueue chunks) {
        this.source = source;
        this.snapshot = snapshot;
        this.chunks = chunks;
    }

    @Override
    public void run() {
        ChunkPlan.Task task = null;
        try (Connection connection = source.open()) {
            importSnapshot(connection);
            while ((task = chunks.next(connection)) != null) {
                read(connection, task);
                task.rows().finish(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(task, e);
        } catch (SQLException | RuntimeException e) {
            fail(task, e);
        }
    }

    private void fail(ChunkPlan.@Nullable Task task, Exception failure) {
        if (task != null) {
            task.rows().finish(failure);
        }
        chunks.fail(failure);
    }

    private void importSnapshot(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Rows that a policy hides would be missing at the target without a word.
            statement.execute("SET row_security = off");
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot + "'");
        }
    }

    private static void read(Connection connection, ChunkPlan.Task task) throws SQLException, InterruptedException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(ChunkPlan.copyStatement(task));
        try {
            List<byte[]> batch = new ArrayList<>();
            long size = 0;
            for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
                batch.add(line);
                size += line.length;
                if (size >= BATCH_BYTES) {
                    task.rows().put(batch, size);
                    batch = new ArrayList<>();
                    size = 0;
                }
            }
            if (!batch.isEmpty()) {
                task.rows().put(batch, size);
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }
}
