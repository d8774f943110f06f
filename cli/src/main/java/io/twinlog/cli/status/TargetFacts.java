package io.twinlog.cli.status;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.table.TableId;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the target knows. Immutable.
 *
 * @param progress the progress row, if the applier has ever started
 * @param offsets where reading goes on
 * @param pausedTables tables that are paused as a whole, with the reason
 */
record TargetFacts(
        @Nullable StoredProgress progress,
        Map<TopicPartition, StoredOffset> offsets,
        Map<TableId, String> pausedTables) {}
