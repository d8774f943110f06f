package io.twinlog.applier.xlog;

import io.twinlog.schemas.control.ControlRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.avro.Schema;

/** Keeps the events of one partition back, as a broker does whose partition lags, and gives them on when it is told to. */
public final class HeldPartition implements XlogSink {

    private record Event(String topic, byte[] key, byte[] value) {}

    private final XlogSink sink;
    private final int partition;
    private final Deque<Event> held = new ArrayDeque<>();
    private boolean holding;

    public HeldPartition(XlogSink sink, int partition) {
        this.sink = sink;
        this.partition = partition;
    }

    /** From now on events of the partition stay here. */
    public void hold() {
        holding = true;
    }

    /** How many events are here. */
    public int size() {
        return held.size();
    }

    /** Gives the oldest ones on. */
    public void release(int count) {
        for (int i = 0; i < count; i++) {
            Event event = held.remove();
            sink.data(event.topic(), partition, event.key(), event.value());
        }
    }

    @Override
    public void data(String topic, int to, byte[] key, byte[] value) {
        if (holding && to == partition) {
            held.add(new Event(topic, key, value));
        } else {
            sink.data(topic, to, key, value);
        }
    }

    @Override
    public void schema(Schema schema) {
        sink.schema(schema);
    }

    @Override
    public void topic(String topic, int partitions) {
        sink.topic(topic, partitions);
    }

    @Override
    public void control(ControlRecord record) {
        sink.control(record);
    }
}
