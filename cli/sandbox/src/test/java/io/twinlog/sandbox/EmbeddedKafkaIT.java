package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    @TempDir
    Path directory;

    @Test
    void restart_keeps_records_and_port() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().directory(directory).start()) {
            Topic topic = new Topic(kafka.bootstrapServers(), "shop.public.orders");
            topic.create(Map.of());
            topic.send(List.of("one", "two"));

            kafka.restart();

            topic.send(List.of("three"));
            assertThat(topic.read(3)).containsExactly("one", "two", "three");
        }
        try (EmbeddedKafka again = EmbeddedKafka.builder().directory(directory).start()) {
            assertThat(new Topic(again.bootstrapServers(), "shop.public.orders").read(3))
                    .hasSize(3);
        }
    }

    @Test
    void large_rows_pass() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().start()) {
            Topic topic = new Topic(kafka.bootstrapServers(), "large");
            topic.create(Map.of());
            String row = "x".repeat(20_000_000);
            topic.send(List.of(row));
            assertThat(topic.read(1)).containsExactly(row);
        }
    }

    @Test
    void taken_port_is_named() {
        try (TcpProxy other = TcpProxy.to(1)) {
            assertThatThrownBy(() -> EmbeddedKafka.builder().port(other.port()).start())
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("Another program listens on port " + other.port());
        }
    }
}
