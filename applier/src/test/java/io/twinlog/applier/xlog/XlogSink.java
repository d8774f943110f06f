package io.twinlog.applier.xlog;

import io.twinlog.schemas.control.ControlRecord;
import org.apache.avro.Schema;

/** Where a script writes to. */
public interface XlogSink {

    void schema(Schema schema);

    void topic(String topic, int partitions);

    void control(ControlRecord record);

    void data(String topic, int partition, byte[] key, byte[] value);
}
