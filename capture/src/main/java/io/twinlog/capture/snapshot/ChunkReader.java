package io.twinlog.capture.snapshot;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads chunks with one reader of the snapshot, until none is left. Its own thread. */
final class ChunkReader implements Runnable {

    private static final int BATCH_BYTES = 256 * 1024;

    private final RowSource source;
    private final ChunkQueue chunks;

    ChunkReader(RowSource source, ChunkQueue chunks) {
        this.source = source;
        this.chunks = chunks;
    }

    @Override
    public void run() {
        ChunkPlan.Task task = null;
        try (RowSource.Reader reader = source.open()) {
            while ((task = chunks.next(reader)) != null) {
                Batches batches = new Batches(task.rows());
                reader.read(task.table(), task.chunk(), batches);
                batches.flush();
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

    /** Rows go to the publisher in batches. */
    private static final class Batches implements RowSource.Sink {

        private final RowQueue queue;
        private List<byte[]> batch = new ArrayList<>();
        private long size;

        Batches(RowQueue queue) {
            this.queue = queue;
        }

        @Override
        public void row(byte[] row) throws InterruptedException {
            batch.add(row);
            size += row.length;
            if (size >= BATCH_BYTES) {
                flush();
            }
        }

        void flush() throws InterruptedException {
            if (!batch.isEmpty()) {
                queue.put(batch, size);
                batch = new ArrayList<>();
                size = 0;
            }
        }
    }
}
