package io.twinlog.capture.publish;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.topic.TopicNames;

/**
 * How records get to Kafka and in which form they stand there: bytes of our own through a producer of our own ({@link
 * KafkaOutlet}), or whatever a Connect worker and its converter make of them. Implementations are safe for many threads.
 */
public interface Outlet {

    /** A sender for one session; the caller closes it. */
    RecordSender open(KafkaClients kafka, TopicNames names);

    /**
     * Reads a record of the control log back.
     *
     * @throws io.twinlog.schemas.wire.MalformedEventException if it is none
     */
    ControlRecord control(byte[] value);

    /**
     * Reads the identity of an event back.
     *
     * @throws io.twinlog.schemas.wire.MalformedEventException if it has none
     */
    EventId identity(byte[] value);
}
