package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
            for (int round = 1; round <= 2; round++) {
                kafka.kill();
                assertThat(kafka.isRunning()).isFalse();
                kafka.start();
                topic.send(List.of("after kill " + round));
            }
            kafka.restart();
            assertThat(topic.read(4)).containsExactly("one", "two", "after kill 1", "after kill 2");
        }
    }

    @Test
    void frozen_broker_answers_again_when_thawed() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.builder().start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            kafka.freeze();
            assertThatThrownBy(() -> admin.describeCluster().clusterId().get(1, TimeUnit.SECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            kafka.thaw();
            assertThat(admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS))
                    .isNotEmpty();
        }
    }

    @Test
    void line_to_a_broker_is_cut_and_healed() throws Exception {
        int front = FreePort.find();
        try (KafkaProcess kafka = KafkaProcess.builder().advertisedPort(front).start();
                TcpProxy line = TcpProxy.between(front, kafka.port())) {
            Topic topic = new Topic("127.0.0.1:" + front, "orders");
            topic.create(Map.of());
            topic.send(List.of("one"));
            line.cut();
            line.heal();
            topic.send(List.of("two"));
            assertThat(topic.read(2)).containsExactly("one", "two");
        }
    }
}
