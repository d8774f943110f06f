package io.twinlog.schemas.origin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OriginMarkTest {

    @Test
    void marks_of_appliers_are_known_again() {
        assertThat(OriginMark.isOfApplier(OriginMark.replicationOrigin("shop"))).isTrue();
        assertThat(OriginMark.isOfApplier(OriginMark.gtidTag("shop"))).isTrue();
        assertThat(OriginMark.gtidTag("a name: ü")).matches("[a-z_][a-z0-9_]{0,31}");
        assertThat(OriginMark.isOfApplier("0-" + OriginMark.serverId("shop"))).isTrue();
        assertThat(OriginMark.isOfApplier(String.valueOf(OriginMark.serverId("shop"))))
                .isTrue();
        assertThat(OriginMark.isOfApplier("4294967295-" + OriginMark.serverId("other")))
                .isTrue();
    }

    @Test
    void other_origins_are_not_marks() {
        assertThat(OriginMark.isOfApplier("pg_16404")).isFalse();
        assertThat(OriginMark.isOfApplier("0-1")).isFalse();
        assertThat(OriginMark.isOfApplier("0-1954000000")).isFalse();
        assertThat(OriginMark.isOfApplier("")).isFalse();
    }
}
