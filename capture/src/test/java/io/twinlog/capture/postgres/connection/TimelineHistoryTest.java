package io.twinlog.capture.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.Lsn;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {

    @Test
    void forks_are_found_by_timeline() {
        TimelineHistory history = TimelineHistory.parse(
                "1\t0/3000060\tno recovery target specified\n\n2\t1/A000000\tbefore transaction 12\n");
        assertThat(history.leftAt(1)).isEqualTo(Lsn.parse("0/3000060"));
        assertThat(history.leftAt(2)).isEqualTo(Lsn.parse("1/A000000"));
        assertThat(history.leftAt(3)).isNull();
    }
}
