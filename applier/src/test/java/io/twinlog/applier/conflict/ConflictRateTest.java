package io.twinlog.applier.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConflictRateTest {

    private static final TableId ORDERS = new TableId("public", "orders");

    private final SetClock clock = new SetClock();
    private final ConflictRate rate = new ConflictRate(3, clock);

    @Test
    void one_more_than_allowed_within_sixty_seconds_is_too_many_wherever_the_minute_begins() {
        for (int offset = 0; offset < 60; offset += 7) {
            clock.second = 1_000_000 + 600L * offset + offset;
            found(2, ConflictKind.UPDATE_DIFFERS);
            clock.second += 59;
            found(1, ConflictKind.UPDATE_DIFFERS);
            assertThat(rate.overrun()).isEmpty();
            found(1, ConflictKind.UPDATE_DIFFERS);

            assertThat(rate.overrun())
                    .containsOnlyKeys(ORDERS)
                    .containsValue("4 conflicts in a minute are more than" + " conflicts.max = 3");
            assertThat(rate.overrun()).as("said once").isEmpty();
        }
    }

    @Test
    void what_lies_a_minute_back_counts_no_more() {
        clock.second = 1_000_000;
        for (int i = 0; i < 200; i++) {
            found(1, ConflictKind.INSERT_EXISTS);
            assertThat(rate.overrun()).isEmpty();
            clock.second += 20;
        }
    }

    @Test
    void a_clock_that_is_set_back_loses_no_count() {
        clock.second = 1_000_000;
        found(2, ConflictKind.DELETE_MISSING);
        clock.second -= 5_000;
        found(2, ConflictKind.DELETE_MISSING);

        assertThat(rate.overrun()).containsOnlyKeys(ORDERS);
    }

    @Test
    void events_that_only_wait_are_no_conflicts_and_zero_means_never() {
        found(100, ConflictKind.BEHIND);
        assertThat(rate.overrun()).isEmpty();

        ConflictRate never = new ConflictRate(0, clock);
        never.count(Collections.nCopies(100, conflict(ConflictKind.UPDATE_DIFFERS)));
        assertThat(never.overrun()).isEmpty();
    }

    private void found(int times, ConflictKind kind) {
        rate.count(Collections.nCopies(times, conflict(kind)));
    }

    private static ConflictRecord conflict(ConflictKind kind) {
        return new ConflictRecord(
                "1-1-1",
                kind,
                ORDERS.schema(),
                ORDERS.table(),
                Map.of("id", "1"),
                "u",
                "The row differs",
                List.of(),
                null,
                null,
                null,
                List.of(),
                null,
                ReplicaIdentity.FULL,
                ConflictPolicy.HOLD,
                ConflictOutcome.HELD,
                "The policy is hold",
                null,
                null,
                null,
                1,
                null,
                null,
                1,
                2,
                "shop.public.orders",
                0,
                1,
                null,
                new byte[0]);
    }

    private static final class SetClock extends Clock {
        private long second = 1_000_000;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(second);
        }
    }
}
