package io.twinlog.schemas.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusCodecTest {

    @Test
    void every_state_comes_back_as_it_was() {
        for (MemberState state : MemberState.values()) {
            MemberStatus status = new MemberStatus(
                    "capture", "db1:4711", state, state == MemberState.PAUSED ? "why" : null, 1, 2, Map.of("seq", "9"));
            assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
        }
    }
}
