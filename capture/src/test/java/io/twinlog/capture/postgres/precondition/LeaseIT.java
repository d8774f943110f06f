package io.twinlog.capture.postgres.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who is let in, who is refused and who waits. A process of the server that is stopped stands for one that decodes in silence: it holds
 * lease and slot, and notices nothing.
 */
class LeaseIT {

    private static final LeaseWait.Patience SHORT = new LeaseWait.Patience(
            Duration.ofMillis(200), Duration.ofMillis(600), Duration.ofMillis(100), Duration.ofMillis(300));

    private final Source source = Source.create();
    private final SourceNames names = new SourceNames(source.name());
    private final Watcher watcher = new Watcher();
    private ReplicationConnection holder;
    private ReplicationConnection next;
    private int process;

    private static final class Watcher implements Lease.Waiting {
        final List<String> messages = new CopyOnWriteArrayList<>();
        final List<String> reasons = new CopyOnWriteArrayList<>();
        final AtomicLong end = new AtomicLong(7);
        volatile boolean somebodyWrites;
        volatile boolean stopped;

        @Override
        public boolean isStopped() {
            return stopped;
        }

        @Override
        public long controlLogEnd() {
            return somebodyWrites ? end.incrementAndGet() : end.get();
        }

        @Override
        public void message(String line) {
            messages.add(line);
        }

        @Override
        public void lasts(String reason) {
            reasons.add(reason);
        }
    }

    private ReplicationConnection connect(String application) throws SQLException {
        SourceAddress address =
                new SourceAddress(Servers.postgres().jdbcUrl(source.name()), "postgres", "", application);
        return ReplicationConnection.open(address, "test");
    }

    private static int process(ReplicationConnection connection) throws SQLException {
        try (Statement statement = connection.sql().createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    @BeforeEach
    void connect() throws SQLException {
        holder = connect(names.application());
        next = connect(names.application());
    }

    @AfterEach
    void disconnect() throws Exception {
        if (process != 0) {
            signal("CONT");
        }
        holder.close();
        next.close();
        Awaitility.await()
                .until(() -> source.query("SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + names.slot()
                                + "' AND active")
                        .isEmpty());
        source.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                + names.slot() + "'");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process)).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** As a capture does that streams, with a server that then says nothing more. */
    private void streamAndFallSilent() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE PUBLICATION " + names.publication() + " FOR TABLE t");
        Lease.acquire(holder.sql(), names, watcher);
        long position = holder.createSlot(names.slot(), false, false).consistentPoint();
        process = process(holder);
        int version = holder.sql().getMetaData().getDatabaseMajorVersion();
        holder.stream(names.slot(), names.publication(), position, version, 50);
        Awaitility.await()
                .until(() -> source.query(
                                "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND pid = " + process)
                        .contains("1"));
        signal("STOP");
    }

    private CompletableFuture<Void> acquire() {
        return CompletableFuture.runAsync(() -> {
            try {
                Lease.acquire(next.sql(), names, watcher, SHORT);
            } catch (SQLException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private void assertRefused(CompletableFuture<Void> attempt) {
        assertThatThrownBy(() -> attempt.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(TwinlogException.class, failure -> {
                    assertThat(failure.category()).isEqualTo(Category.CONFIG);
                    assertThat(failure)
                            .hasMessageContaining("is captured already: pid ")
                            .hasMessageContaining("pg_terminate_backend(");
                });
    }

    @Test
    void a_server_process_that_decodes_in_silence_for_a_client_that_is_gone_is_waited_for() throws Exception {
        streamAndFallSilent();
        holder.close();
        CompletableFuture<Void> attempt = acquire();
        Awaitility.await().until(() -> watcher.reasons.size() > 3 || attempt.isDone());
        assertThat(attempt).isNotDone();
        assertThat(watcher.reasons)
                .allSatisfy(reason -> assertThat(reason)
                        .contains("pid " + process, "application '" + names.application() + "'", "since 20")
                        .contains("slot '" + names.slot() + "'"));
        assertThat(watcher.messages).anyMatch(line -> line.contains("pg_terminate_backend(" + process + ")"));
        signal("CONT");
        process = 0;
        attempt.get(20, TimeUnit.SECONDS);
        assertThat(LeaseHolder.find(next.sql(), names)).extracting("pid").isEqualTo(process(next));
    }

    @Test
    void a_capture_that_writes_to_the_control_log_is_alive_however_silent_its_server_process_is() throws Exception {
        streamAndFallSilent();
        watcher.somebodyWrites = true;
        assertRefused(acquire());
        assertThat(watcher.reasons).isEmpty();
    }

    @Test
    void one_record_that_was_on_its_way_is_no_sign_of_life() throws Exception {
        streamAndFallSilent();
        CompletableFuture<Void> attempt = acquire();
        Awaitility.await().until(() -> !watcher.reasons.isEmpty());
        watcher.end.incrementAndGet();
        int before = watcher.reasons.size();
        Awaitility.await().until(() -> watcher.reasons.size() > before + 2 || attempt.isDone());
        assertThat(attempt).isNotDone();
        watcher.stopped = true;
        assertThatThrownBy(() -> attempt.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void a_silent_holder_that_does_not_stream_may_be_reading_an_initial_sync_and_is_not_waited_for() throws Exception {
        Lease.acquire(holder.sql(), names, watcher);
        assertRefused(acquire());
    }

    @Test
    void a_stranger_who_holds_lease_and_slot_is_not_waited_for() throws Exception {
        holder.close();
        holder = connect("stranger");
        streamAndFallSilent();
        assertRefused(acquire());
    }
}
