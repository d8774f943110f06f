package io.twinlog.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.HolderWait.Verdict;
import io.twinlog.applier.target.LockedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is waited for, and for how long. */
class HolderWaitTest {

    private static final LockedException BUSY = new LockedException(17, "session 17", true);
    private static final LockedException IDLE = new LockedException(17, "session 17", false);

    private final HolderWait wait = new HolderWait(17, 0);

    private Verdict at(double seconds, LockedException holder, boolean anotherLives) {
        return wait.look(holder, Duration.ofMillis((long) (seconds * 1000)).toNanos(), () -> anotherLives);
    }

    @Test
    void a_busy_session_without_a_sign_of_life_is_waited_for_without_end_and_visibly() {
        assertThat(at(0, BUSY, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(1.1, BUSY, false)).isEqualTo(Verdict.TELL);
        assertThat(at(5, BUSY, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(32, BUSY, false)).isEqualTo(Verdict.TELL);
        assertThat(at(3600, BUSY, false)).isEqualTo(Verdict.TELL);
        assertThat(at(3601, BUSY, false)).isEqualTo(Verdict.WAIT);
    }

    @Test
    void a_busy_session_is_another_appliers_as_soon_as_one_gives_a_sign_of_life() {
        assertThat(at(2, BUSY, false)).isEqualTo(Verdict.TELL);
        assertThat(at(2.2, BUSY, true)).isEqualTo(Verdict.REFUSE);
    }

    @Test
    void an_idle_session_that_stays_is_another_appliers() {
        assertThat(at(0, IDLE, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(3.9, IDLE, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(4.1, IDLE, false)).isEqualTo(Verdict.REFUSE);
    }

    @Test
    void a_session_that_is_idle_between_two_statements_is_busy() {
        assertThat(at(5, BUSY, false)).isEqualTo(Verdict.TELL);
        assertThat(at(6, IDLE, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(6.2, BUSY, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(6.4, IDLE, false)).isEqualTo(Verdict.WAIT);
        assertThat(at(6.6, IDLE, false)).isEqualTo(Verdict.REFUSE);
    }

    @Test
    void another_session_is_waited_for_anew() {
        assertThat(wait.isFor(BUSY)).isTrue();
        assertThat(wait.isFor(new LockedException(18, "session 18", true))).isFalse();
    }
}
