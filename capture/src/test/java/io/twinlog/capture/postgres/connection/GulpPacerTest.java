package io.twinlog.capture.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GulpPacerTest {

    private final GulpPacer pacer = new GulpPacer();
    private long now = 1;

    private void reads(int count, int bytes, long gapNanos) {
        for (int i = 0; i < count; i++) {
            pacer.beforeRead();
            now += gapNanos;
            pacer.afterRead(bytes, now);
        }
    }

    @Test
    void five_hundred_transactions_per_second_are_never_paused() {
        for (int transaction = 0; transaction < 1_000; transaction++) {
            reads(12, 150, 10_000);
            now += 1_880_000;
        }
        assertThat(pacer.pauses()).isZero();
    }

    @Test
    void a_backlog_that_comes_message_by_message_is_paused_until_reads_are_full() {
        reads(65, 150, 8_000);
        reads(3, 20_000, 8_000);
        assertThat(pacer.pauses()).isEqualTo(3);
        long before = pacer.pauses();
        reads(5, 60_000, 8_000);
        assertThat(pacer.pauses()).isLessThanOrEqualTo(before + 1);
    }

    @Test
    void a_backlog_on_a_busy_machine_is_paused_too() {
        reads(70, 150, 45_000);
        assertThat(pacer.pauses()).isPositive();
    }

    @Test
    void a_larger_read_now_and_then_does_not_hide_a_backlog() {
        for (int i = 0; i < 10; i++) {
            reads(10, 150, 8_000);
            reads(1, 20_000, 8_000);
        }
        assertThat(pacer.pauses()).isPositive();
    }

    @Test
    void an_old_backlog_is_read_empty_between_two_long_pauses() {
        reads(65, 150, 8_000);
        pacer.age(300_000);
        assertThat(pacer.pauseNanos()).isEqualTo(20_000_000);
        reads(1, 20_000, 8_000);
        assertThat(pacer.pauses()).isEqualTo(1);
        assertThat(pacer.expectsMore()).isTrue();
        reads(5, 60_000, 8_000);
        reads(1, 20_000, 8_000);
        assertThat(pacer.pauses()).isEqualTo(1);
        reads(1, 20_000, 8_000);
        assertThat(pacer.pauses()).isEqualTo(2);
    }

    @Test
    void what_was_just_committed_is_paused_for_shortly_only() {
        pacer.age(300_000);
        reads(65, 150, 8_000);
        pacer.age(1_000);
        assertThat(pacer.pauseNanos()).isEqualTo(2_000_000);
        reads(3, 20_000, 8_000);
        assertThat(pacer.pauses()).isEqualTo(3);
    }

    @Test
    void idleness_ends_it() {
        reads(70, 150, 8_000);
        pacer.idle();
        long before = pacer.pauses();
        reads(20, 150, 8_000);
        assertThat(pacer.pauses()).isEqualTo(before);
    }
}
