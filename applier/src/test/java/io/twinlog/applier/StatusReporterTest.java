package io.twinlog.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.twinlog.applier.metrics.ApplierMetrics;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusReporterTest {

    private static final String WHY = "Waits for topic shop.public.late";

    private final List<MemberStatus> states = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final StatusReporter reporter = new StatusReporter(
            new ApplierListener() {
                @Override
                public void state(MemberStatus status) {
                    states.add(status);
                }

                @Override
                public void message(String line) {
                    messages.add(line);
                }
            },
            new ApplierMetrics(new CompositeMeterRegistry(), "shop", Clock.systemUTC()),
            new Clock() {
                @Override
                public ZoneOffset getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(java.time.ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            },
            "shop.status");

    @AfterEach
    void close() {
        reporter.close();
    }

    @Test
    void what_events_wait_for_is_the_reason_of_the_state_as_long_as_it_lasts() {
        reporter.working();
        reporter.waiting(null);
        assertThat(reporter.status().state()).isEqualTo(MemberState.SECONDARY);

        reporter.waiting(WHY);
        assertThat(reporter.status().state()).isEqualTo(MemberState.RECOVERING);
        assertThat(reporter.status().reason()).isEqualTo(WHY);

        reporter.waiting(null);
        assertThat(reporter.status().state()).isEqualTo(MemberState.SECONDARY);
        assertThat(reporter.status().reason()).isNull();
        assertThat(states)
                .extracting(MemberStatus::state)
                .containsExactly(MemberState.SECONDARY, MemberState.RECOVERING, MemberState.SECONDARY);
    }

    @Test
    void what_events_wait_for_is_told_at_once_again_every_minute_and_when_it_is_over() {
        reporter.working();
        for (int second = 0; second < 90; second++) {
            reporter.waiting(WHY + ", " + second);
            now = now.plus(Duration.ofSeconds(1));
        }
        reporter.waiting(null);
        reporter.waiting(null);

        assertThat(messages).containsExactly(WHY + ", 0", WHY + ", 60", "Goes on: what was waited for is here.");
    }
}
