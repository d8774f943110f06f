package io.twinlog.connect.sink;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** First and last offsets of partitions, and ids of topics. Uses, and never closes, the client. */
record PartitionOffsets(Admin admin) {

    Map<TopicPartition, Long> of(Collection<TopicPartition> partitions, OffsetSpec which, Duration limit) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, which));
        Map<TopicPartition, Long> found = new HashMap<>();
        await(admin.listOffsets(wanted).all(), limit).forEach((partition, info) -> found.put(partition, offset(info)));
        return found;
    }

    private static long offset(ListOffsetsResultInfo info) {
        return info.offset();
    }

    /** Ids by topic. */
    Map<String, String> topicIds(Collection<String> topics, Duration limit) {
        Map<String, String> ids = new HashMap<>();
        await(admin.describeTopics(topics).allTopicNames(), limit)
                .forEach((topic, description) ->
                        ids.put(topic, description.topicId().toString()));
        return ids;
    }

    boolean exists(String topic, Duration limit) {
        try {
            return !await(admin.describeTopics(List.of(topic)).allTopicNames(), limit)
                    .isEmpty();
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }

    private static <T> T await(KafkaFuture<T> asked, Duration limit) {
        try {
            return asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException known) {
                throw known;
            }
            throw new KafkaException("Kafka does not tell about partitions", e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("Kafka does not tell about partitions", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
