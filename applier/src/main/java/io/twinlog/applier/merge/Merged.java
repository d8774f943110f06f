package io.twinlog.applier.merge;

import io.twinlog.schemas.control.ControlRecord;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the merger gives, in source order. */
public sealed interface Merged permits XlogEvent, Merged.Began, Merged.Ended, Merged.Voided, Merged.Control {

    /** For switch expressions that the compiler checks. */
    enum Kind {
        BEGAN,
        EVENT,
        ENDED,
        VOIDED,
        CONTROL
    }

    Kind kind();

    /** A transaction (or snapshot chunk) opens. */
    record Began(ControlRecord record) implements Merged {
        @Override
        public Kind kind() {
            return Kind.BEGAN;
        }
    }

    /**
     * It is complete.
     *
     * @param begin its BEGIN
     * @param positions where to read on after it, per partition; null where nobody asked for them
     */
    record Ended(
            ControlRecord begin,
            ControlRecord end,
            @Nullable Map<TopicPartition, Long> positions) implements Merged {
        @Override
        public Kind kind() {
            return Kind.ENDED;
        }
    }

    /** The open transaction never happened: a newer epoch tells the history from its seq on anew. */
    record Voided(ControlRecord begin) implements Merged {
        @Override
        public Kind kind() {
            return Kind.VOIDED;
        }
    }

    /** EPOCH, SNAPSHOT_BEGIN, SNAPSHOT_END, HEARTBEAT, BARRIER or GAP, between transactions. */
    record Control(ControlRecord record, @Nullable Map<TopicPartition, Long> positions) implements Merged {
        @Override
        public Kind kind() {
            return Kind.CONTROL;
        }
    }
}
