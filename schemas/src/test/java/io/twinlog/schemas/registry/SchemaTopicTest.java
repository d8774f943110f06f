package io.twinlog.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.wire.SingleObject;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SchemaTopicTest {

    private static final TopicPartition PARTITION = new TopicPartition("shop.schemas", 0);

    @Test
    void a_schema_is_published_once_and_found_by_its_fingerprint() {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        SchemaTopicWriter writer = new SchemaTopicWriter(producer, "shop.schemas");
        writer.publish(ControlCodec.SCHEMA);
        writer.publish(ControlCodec.SCHEMA);
        assertThat(producer.history()).hasSize(1);
        ProducerRecord<byte[], byte[]> sent = producer.history().get(0);

        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        consumer.schedulePollTask(
                () -> consumer.addRecord(new ConsumerRecord<>("shop.schemas", 0, 0, sent.key(), sent.value())));
        try (SchemaTopicReader reader = new SchemaTopicReader(consumer, "shop.schemas")) {
            assertThat(SingleObject.fingerprint(reader.find(SchemaId.fingerprint(ControlCodec.FINGERPRINT))))
                    .isEqualTo(ControlCodec.FINGERPRINT);
            assertThatThrownBy(() -> reader.find(SchemaId.fingerprint(42)))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessageContaining("000000000000002a")
                    .hasMessageContaining("shop.schemas");
        }
        assertThat(consumer.closed()).isTrue();
    }
}
