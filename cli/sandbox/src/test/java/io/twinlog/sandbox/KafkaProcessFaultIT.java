package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Proves that acknowledged records survive the death of the broker's process; not that they survive the machine's. */
class KafkaProcessFaultIT {
    @Test
    void killed_broker_comes_back_with_every_acknowledged_record() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.builder().start()) {
            Topic topic = new Topic(kafka.bootstrapServers(), "shop.public.orders");
            topic.create(Map.of());
            topic.send(List.of("one", "two"));

            kafka.kill();
            assertThat(kafka.isRunning()).isFalse();
            kafka.start();
            topic.send(List.of("after the kill"));
            kafka.restart();

            assertThat(topic.read(3)).containsExactly("one", "two", "after the kill");
        }
    }

    @Test
    void broker_and_line_fall_silent_and_come_back() throws Exception {
        int front = FreePort.find();
        try (KafkaProcess kafka = KafkaProcess.builder().advertisedPort(front).start();
                TcpProxy line = TcpProxy.between(front, kafka.port());
                Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + front))) {
            Topic topic = new Topic("127.0.0.1:" + front, "shop.public.orders");
            topic.create(Map.of());
            topic.send(List.of("one"));

            kafka.freeze();
            assertThatThrownBy(() -> admin.describeCluster().clusterId().get(1, TimeUnit.SECONDS))
                    .isInstanceOf(TimeoutException.class);
            kafka.thaw();
            topic.send(List.of("two"));

            line.cut();
            line.heal();
            topic.send(List.of("three"));
            assertThat(topic.read(3)).containsExactly("one", "two", "three");
        }
    }
}
