package io.twinlog.applier.batch;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.control.ControlRecord;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the writing thread does next.
 *
 * @param <P> how a batch is made ready for execution
 */
public sealed interface Work<P> {

    /** For switch expressions that the compiler checks. */
    enum Kind {
        APPLY,
        ROLLBACK,
        CONTROL,
        FAIL
    }

    Kind kind();

    /** Execute a batch. */
    record Apply<P>(Batch batch, P plan) implements Work<P> {
        @Override
        public Kind kind() {
            return Kind.APPLY;
        }
    }

    /** Undo what was executed of a transaction that never happened. */
    record Rollback<P>() implements Work<P> {
        @Override
        public Kind kind() {
            return Kind.ROLLBACK;
        }
    }

    /** EPOCH, SNAPSHOT_BEGIN, SNAPSHOT_END or GAP, between transactions. */
    record Control<P>(ControlRecord record, @Nullable Map<TopicPartition, StoredOffset> offsets) implements Work<P> {
        @Override
        public Kind kind() {
            return Kind.CONTROL;
        }
    }

    /** Reading has failed; everything before it is to be applied first. */
    record Fail<P>(RuntimeException failure) implements Work<P> {
        @Override
        public Kind kind() {
            return Kind.FAIL;
        }
    }
}
