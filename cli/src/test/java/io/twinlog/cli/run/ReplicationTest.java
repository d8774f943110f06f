package io.twinlog.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReplicationTest {

    private final TwinlogException gap = new TwinlogException(Category.GAP, "gap");

    @Test
    void a_stop_ends_both_parts_without_failure() throws Exception {
        FakePart capture = new FakePart("capture", null);
        FakePart applier = new FakePart("applier", null);
        Replication replication = new Replication(List.of(capture, applier), () -> {});

        Thread stopper = new Thread(() -> {
            await(capture.started);
            await(applier.started);
            replication.stop();
        });
        stopper.start();

        assertThat(replication.run()).isNull();
        assertThat(capture.ended && applier.ended).isTrue();
    }

    @Test
    void the_first_failure_stops_the_other_part_and_is_what_counts() throws Exception {
        FakePart capture = new FakePart("capture", gap);
        FakePart applier = new FakePart("applier", null);

        Throwable failure = new Replication(List.of(capture, applier), () -> {}).run();

        assertThat(failure).isSameAs(gap);
        assertThat(applier.ended).isTrue();
        assertThat(Replication.exitCode(failure).number()).isEqualTo(3);
    }

    @Test
    void a_part_that_ends_by_itself_lets_the_other_one_finish() throws Exception {
        FakePart capture = new FakePart("capture", null);
        capture.stop();
        FakePart applier = new FakePart("applier", null);
        CountDownLatch caughtUp = new CountDownLatch(1);

        new Thread(() -> {
                    await(applier.started);
                    caughtUp.countDown();
                })
                .start();

        assertThat(new Replication(List.of(capture, applier), caughtUp::await).run())
                .isNull();
        assertThat(applier.ended).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Works until it is stopped, or fails at once. */
    private static final class FakePart implements Part {
        private final String role;
        private final RuntimeException failure;
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch stopped = new CountDownLatch(1);
        private volatile boolean ended;

        FakePart(String role, RuntimeException failure) {
            this.role = role;
            this.failure = failure;
        }

        @Override
        public String role() {
            return role;
        }

        @Override
        public MemberStatus status() {
            return new MemberStatus(role, "test", MemberState.STARTUP, null, 0, 0, Map.of());
        }

        @Override
        public List<Check> check() {
            return List.of();
        }

        @Override
        public boolean isEstablished() {
            return false;
        }

        @Override
        public void run() {
            started.countDown();
            if (failure != null) {
                throw failure;
            }
            await(stopped);
            ended = true;
        }

        @Override
        public void stop() {
            stopped.countDown();
        }

        @Override
        public void drop() {}

        @Override
        public void acceptLoss(String reason, String actor) {}

        @Override
        public void close() {}
    }
}
