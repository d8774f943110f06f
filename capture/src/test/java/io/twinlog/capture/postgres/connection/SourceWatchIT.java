package io.twinlog.capture.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Source;
import io.twinlog.sandbox.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A source that has closed nothing is found to be gone, one that is only silent is not. */
@Timeout(60)
class SourceWatchIT {

    private static final int IDLE_MILLIS = 20;
    private static final SourceWatch.Patience LITTLE =
            new SourceWatch.Patience(Duration.ofMillis(300), Duration.ofMillis(1_500), Duration.ofSeconds(2));

    private final Source source =
            Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)", "CREATE PUBLICATION p FOR TABLE t");

    @Test
    void an_idle_source_is_asked_for_keepalives_and_not_looked_for() throws Exception {
        try (ReplicationConnection connection = open(Servers.postgres().port(), LITTLE);
                CopyStream stream = start(connection)) {
            int keepAlives = 0;
            long end = System.nanoTime() + Duration.ofMillis(2_300).toNanos();
            while (System.nanoTime() < end) {
                if (stream.next(() -> {}) == CopyStream.Kind.KEEPALIVE) {
                    keepAlives++;
                }
            }
            // Feedback goes out every second; unasked the server would send one in 15 seconds.
            assertThat(keepAlives).isBetween(1, 6);
        }
    }

    @Test
    void a_frozen_link_is_given_up() throws Exception {
        try (TcpProxy link = TcpProxy.to(Servers.postgres().port());
                ReplicationConnection connection = open(link.port(), LITTLE);
                CopyStream stream = start(connection)) {
            link.freeze();
            assertThatThrownBy(() -> readForEver(stream))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("nothing came for \\d+ s, and no server answers at its address");
        }
    }

    @Test
    void a_server_process_that_ended_unheard_is_noticed() throws Exception {
        try (TcpProxy link = TcpProxy.to(Servers.postgres().port());
                ReplicationConnection connection = ReplicationConnection.open(
                        address(link.port()), address(Servers.postgres().port()), LITTLE, "test");
                CopyStream stream = start(connection)) {
            link.freeze();
            source.sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + source.slot() + "'");
            assertThatThrownBy(() -> readForEver(stream))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not serve slot " + source.slot() + " any more");
        }
    }

    @Test
    void a_server_process_that_is_silent_and_lives_is_waited_for() throws Exception {
        try (ReplicationConnection connection = open(Servers.postgres().port(), LITTLE);
                CopyStream stream = start(connection)) {
            String pid = source.value(
                    "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'");
            signal("STOP", pid);
            try {
                long end = System.nanoTime() + Duration.ofMillis(3_500).toNanos();
                while (System.nanoTime() < end) {
                    assertThat(stream.next(() -> {})).isNotEqualTo(CopyStream.Kind.LOG);
                }
            } finally {
                signal("CONT", pid);
            }
            source.sql("INSERT INTO t VALUES (1)");
            while (stream.next(() -> {}) != CopyStream.Kind.LOG) {
                // Keep-alives that were asked for meanwhile.
            }
        }
    }

    private static void readForEver(CopyStream stream) throws Exception {
        while (true) {
            stream.next(() -> {});
        }
    }

    private static void signal(String name, String pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    private SourceAddress address(int port) {
        return new SourceAddress(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + source.name(), "postgres", "", "watched");
    }

    private ReplicationConnection open(int port, SourceWatch.Patience patience) throws Exception {
        return ReplicationConnection.open(address(port), address(port), patience, "test");
    }

    private CopyStream start(ReplicationConnection connection) throws Exception {
        long position = connection.createSlot(source.slot(), false, false).consistentPoint();
        return connection.stream(source.slot(), "p", position, source.version() / 10_000, IDLE_MILLIS);
    }
}
