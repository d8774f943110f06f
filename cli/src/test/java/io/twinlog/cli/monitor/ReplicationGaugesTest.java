package io.twinlog.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.twinlog.cli.status.StatusReport;
import io.twinlog.cli.status.StatusReport.Detection;
import io.twinlog.cli.status.StatusReport.Hop;
import io.twinlog.cli.status.StatusReport.Kafka;
import io.twinlog.cli.status.StatusReport.Lag;
import io.twinlog.cli.status.StatusReport.Member;
import io.twinlog.cli.status.StatusReport.PausedTable;
import io.twinlog.cli.status.StatusReport.Slot;
import io.twinlog.cli.status.StatusReport.Source;
import io.twinlog.cli.status.StatusReport.Staleness;
import io.twinlog.cli.status.StatusReport.Target;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicationGaugesTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ReplicationGauges gauges = new ReplicationGauges(registry, "shop");

    @Test
    void before_the_first_look_nothing_is_known() {
        assertThat(value("twinlog.lag.transactions")).isNaN();
        assertThat(value("twinlog.stale")).isNaN();
        assertThat(registry.find("twinlog.member.state").gauges()).isEmpty();
    }

    @Test
    void gauges_say_what_the_report_says() {
        gauges.update(
                report(
                        MemberState.SECONDARY,
                        List.of(
                                new Detection("public.a", ReplicaIdentity.FULL),
                                new Detection("public.b", ReplicaIdentity.KEY))),
                Map.of());

        assertThat(value("twinlog.lag.transactions")).isEqualTo(3);
        assertThat(value("twinlog.lag.bytes", "hop", "capture")).isEqualTo(10);
        assertThat(value("twinlog.lag.bytes", "hop", "apply")).isEqualTo(20);
        assertThat(value("twinlog.lag.bytes", "hop", "total")).isEqualTo(30);
        assertThat(value("twinlog.lag.seconds", "hop", "total")).isEqualTo(1.5);
        assertThat(value("twinlog.until.stale.seconds", "at", "source")).isEqualTo(600);
        assertThat(value("twinlog.until.stale.seconds", "at", "kafka"))
                .isPositive()
                .isInfinite();
        assertThat(value("twinlog.source.retained.bytes")).isEqualTo(4096);
        assertThat(value("twinlog.source.safe.bytes")).isPositive().isInfinite();
        assertThat(value("twinlog.conflicts.open")).isEqualTo(7);
        assertThat(value("twinlog.held.keys")).isEqualTo(5);
        assertThat(value("twinlog.waiting.events")).isEqualTo(9);
        assertThat(value("twinlog.paused.tables")).isEqualTo(1);
        assertThat(value("twinlog.reachable", "server", "source")).isEqualTo(1);
        assertThat(value("twinlog.reachable", "server", "target")).isZero();
        assertThat(value("twinlog.detection", "table", "public.a", "strength", "FULL"))
                .isEqualTo(1);
        assertThat(value("twinlog.detection", "table", "public.b", "strength", "KEY"))
                .isEqualTo(1);
        assertThat(value("twinlog.member.state", "role", "applier", "state", "SECONDARY"))
                .isEqualTo(1);
        assertThat(value("twinlog.member.state", "role", "applier", "state", "DOWN"))
                .isZero();
    }

    @Test
    void what_is_no_more_is_not_shown_any_longer() {
        gauges.update(report(MemberState.SECONDARY, List.of(new Detection("public.a", ReplicaIdentity.KEY))), Map.of());
        gauges.update(report(MemberState.DOWN, List.of(new Detection("public.a", ReplicaIdentity.FULL))), Map.of());

        assertThat(registry.find("twinlog.detection").tag("strength", "KEY").gauge())
                .isNull();
        assertThat(value("twinlog.detection", "table", "public.a", "strength", "FULL"))
                .isEqualTo(1);
        assertThat(value("twinlog.member.state", "role", "applier", "state", "SECONDARY"))
                .isZero();
        assertThat(value("twinlog.member.state", "role", "applier", "state", "DOWN"))
                .isEqualTo(1);
    }

    @Test
    void a_member_of_this_process_is_known_also_when_kafka_is_not() {
        gauges.update(report(MemberState.UNKNOWN, List.of()), Map.of("applier", MemberState.PAUSED));

        assertThat(value("twinlog.member.state", "role", "applier", "state", "PAUSED"))
                .isEqualTo(1);
        assertThat(value("twinlog.member.state", "role", "applier", "state", "UNKNOWN"))
                .isZero();
    }

    private double value(String name, String... tags) {
        return registry.get(name).tag("replication", "shop").tags(tags).gauge().value();
    }

    private static StatusReport report(MemberState applier, List<Detection> detection) {
        return new StatusReport(
                "shop",
                "2026-05-01T12:00:00Z",
                member(MemberState.PRIMARY),
                member(applier),
                new Source(true, null, "0/100", new Slot("s", true, "reserved", "0/90", 4096L, null), detection),
                new Kafka(true, null, 1L, 103L, 103L, "0/F6", null),
                new Target(false, "no", null, null, null, null, List.of(new PausedTable("public.a", "why"))),
                new Lag(3L, 12L, 30L, 1.5, new Hop(10L, 0.5), new Hop(20L, 1.0)),
                new Staleness(false, null, 600.0, 600.0, null),
                7L,
                5L,
                9L);
    }

    private static Member member(MemberState state) {
        return new Member(state, null, "host:1", null, state, 0.1, Map.of());
    }
}
