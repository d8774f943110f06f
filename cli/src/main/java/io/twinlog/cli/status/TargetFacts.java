package io.twinlog.cli.status;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the target knows: the progress row, if the applier has ever started, and where reading goes on. Immutable. */
record TargetFacts(@Nullable StoredProgress progress, Map<TopicPartition, StoredOffset> offsets) {}
