package io.twinlog.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.cli.status.KafkaFacts.ControlTail;
import io.twinlog.cli.status.KafkaFacts.Extent;
import io.twinlog.cli.status.StatusReport.Hop;
import io.twinlog.cli.status.StatusReport.Slot;
import io.twinlog.cli.terminal.Json;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StatusReportTest {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
    private static final TopicPartition DATA = new TopicPartition("shop.public.account", 0);
    private static final TopicPartition CONTROL = new TopicPartition("shop.transactions", 0);
    private static final long WEEK = Duration.ofDays(7).toMillis();

    private final Map<String, MemberStatus> members = new LinkedHashMap<>();
    private final Map<TopicPartition, Extent> partitions = new LinkedHashMap<>();
    private final Map<TopicPartition, StoredOffset> offsets = new HashMap<>();
    private final Map<TopicPartition, Long> nextRecordMillis = new HashMap<>();
    private final SortedMap<TableId, ReplicaIdentity> detection = new TreeMap<>();
    private final Map<TableId, String> paused = new LinkedHashMap<>();
    private Slot slot = new Slot("twinlog_shop", true, "reserved", "0/1000", 4096L, null);
    private ControlTail tail = tail(NOW.minusSeconds(1));
    private StoredProgress progress = progress(100, "0/2000", NOW.minusSeconds(1), NOW.minusSeconds(60));

    @Test
    void a_healthy_replication_has_no_lag_and_an_age_of_a_heartbeat() {
        heard("capture", MemberState.PRIMARY, 1);
        heard("applier", MemberState.SECONDARY, 1);
        partitions.put(DATA, new Extent(0, 500, WEEK));
        offsets.put(DATA, new StoredOffset("id", 400));

        StatusReport report = report();

        assertThat(report.capture().state()).isEqualTo(MemberState.PRIMARY);
        assertThat(report.applier().state()).isEqualTo(MemberState.SECONDARY);
        assertThat(report.lag())
                .isEqualTo(new StatusReport.Lag(0L, 0L, 0x100L, 1.0, new Hop(0x100L, 1.0), new Hop(0L, 0.0)));
        assertThat(report.staleness()).isEqualTo(new StatusReport.Staleness(false, null, null, null, null));
    }

    @Test
    void a_member_that_is_silent_for_10_s_is_down_unless_it_left_in_order() {
        heard("capture", MemberState.PRIMARY, 11);
        heard("applier", MemberState.REMOVED, 3600);

        StatusReport report = report();

        assertThat(report.capture().state()).isEqualTo(MemberState.DOWN);
        assertThat(report.capture().lastState()).isEqualTo(MemberState.PRIMARY);
        assertThat(report.capture().silentSeconds()).isEqualTo(11.0);
        assertThat(report.applier().state()).isEqualTo(MemberState.REMOVED);
    }

    @Test
    void a_member_that_never_spoke_is_unknown() {
        assertThat(report().applier().state()).isEqualTo(MemberState.UNKNOWN);
    }

    @Test
    void lag_is_what_is_captured_and_not_applied() {
        progress = progress(40, "0/1800", NOW.minusSeconds(90), NOW.minusSeconds(100));
        partitions.put(DATA, new Extent(10, 500, WEEK));
        partitions.put(new TopicPartition("shop.public.account", 1), new Extent(7, 9, WEEK));
        partitions.put(CONTROL, new Extent(0, 10_000, WEEK));
        offsets.put(DATA, new StoredOffset("id", 400));

        StatusReport.Lag lag = report().lag();

        assertThat(lag.transactions()).isEqualTo(60);
        assertThat(lag.events()).isEqualTo(100 + 2);
        assertThat(lag.bytes()).isEqualTo(0x2100 - 0x1800);
        assertThat(lag.seconds()).isEqualTo(90.0);
    }

    @Test
    void a_source_clock_ahead_of_ours_does_not_hide_the_lag() {
        progress = progress(40, "0/1800", NOW.minusSeconds(90), NOW.plusSeconds(3600));

        assertThat(report().lag().seconds()).isEqualTo(90.0);
    }

    @Test
    void a_limit_of_the_slot_and_the_speed_of_the_log_give_the_time_until_stale() {
        slot = new Slot("twinlog_shop", true, "extended", "0/1000", 4096L, 60_000L);

        assertThat(report().staleness().source()).isEqualTo(60.0);
        assertThat(report().staleness().secondsUntilStale()).isEqualTo(60.0);
    }

    @Test
    void a_lost_slot_is_stale() {
        slot = new Slot("twinlog_shop", false, "lost", "0/1000", null, null);

        assertThat(report().staleness().stale()).isTrue();
        assertThat(report().staleness().reason()).contains("slot twinlog_shop is lost");
        assertThat(report().staleness().secondsUntilStale()).isEqualTo(0.0);
    }

    @Test
    void retention_and_the_age_of_the_next_event_give_the_time_until_stale() {
        progress = progress(40, "0/1800", NOW.minusSeconds(90), NOW.minusSeconds(90));
        partitions.put(DATA, new Extent(0, 500, Duration.ofHours(1).toMillis()));
        offsets.put(DATA, new StoredOffset("id", 400));
        nextRecordMillis.put(DATA, NOW.minus(Duration.ofMinutes(50)).toEpochMilli());

        assertThat(report().staleness().kafka()).isEqualTo(600.0);
        assertThat(report().staleness().stale()).isFalse();
    }

    @Test
    void events_that_kafka_removed_before_they_were_applied_are_stale() {
        progress = progress(40, "0/1800", NOW.minusSeconds(90), NOW.minusSeconds(90));
        partitions.put(DATA, new Extent(450, 500, WEEK));
        offsets.put(DATA, new StoredOffset("id", 400));

        assertThat(report().staleness().stale()).isTrue();
        assertThat(report().staleness().reason()).contains("shop.public.account-0", "400", "450");
    }

    @Test
    void a_gap_that_was_accepted_since_is_over() {
        heard("capture", MemberState.STALE, 5000);
        tail = tail(NOW.minusSeconds(4000));

        assertThat(report().staleness().stale()).isFalse();
        assertThat(report().capture().state()).isEqualTo(MemberState.REMOVED);
        assertThat(report().capture().reason()).contains("accepted");
    }

    @Test
    void a_member_that_says_stale_is_believed_however_long_ago() {
        heard("capture", MemberState.STALE, 5000);
        tail = tail(NOW.minusSeconds(5001));

        assertThat(report().staleness().stale()).isTrue();
        assertThat(report().staleness().reason()).isEqualTo("why capture is in its state");
    }

    @Test
    void servers_that_cannot_be_asked_are_shown_as_such() {
        StatusReport report = new Assessment(
                        "shop",
                        NOW,
                        new Answer<>(null, "Connection refused"),
                        new Answer<>(null, "no answer within 5 s"),
                        new Answer<>(null, "password authentication failed"),
                        Answer.notConfigured(),
                        offsets -> Map.of())
                .report();

        assertThat(new StatusText(report).toString())
                .contains("source     cannot be asked: Connection refused")
                .contains("kafka      cannot be asked: no answer within 5 s")
                .contains("target     cannot be asked: password authentication failed")
                .contains("capture    UNKNOWN");
        assertThat(report.lag())
                .isEqualTo(new StatusReport.Lag(null, null, null, null, new Hop(null, null), new Hop(null, null)));
        assertThat(report.conflicts()).isNull();
    }

    @Test
    void detection_strengths_and_paused_tables_are_told() {
        detection.put(new TableId("public", "a"), ReplicaIdentity.FULL);
        detection.put(new TableId("public", "b"), ReplicaIdentity.KEY);
        detection.put(new TableId("public", "c"), ReplicaIdentity.FULL);
        paused.put(new TableId("public", "b"), "more than 5 conflicts in a minute");

        StatusReport report = report();

        assertThat(new StatusText(report).toString())
                .contains("detection  FULL 2 tables, KEY 1 table (public.b)")
                .contains("paused     public.b: more than 5 conflicts in a minute");
        assertThat(Json.of(report))
                .contains(
                        "\"table\" : \"public.a\"", "\"strength\" : \"FULL\"", "\"reason\" : \"more than 5 conflicts");
    }

    /** Scripts read these names: add, never change. */
    @Test
    void the_names_in_the_json_are_those_of_docs_operations_md() throws Exception {
        heard("capture", MemberState.PRIMARY, 1);

        TreeSet<String> names = new TreeSet<>();
        paths("", new ObjectMapper().readTree(Json.of(report())), names::add);

        assertThat(names)
                .containsExactly(
                        "applier.details",
                        "applier.last_state",
                        "applier.member",
                        "applier.reason",
                        "applier.silent_seconds",
                        "applier.since",
                        "applier.state",
                        "capture.details",
                        "capture.last_state",
                        "capture.member",
                        "capture.reason",
                        "capture.silent_seconds",
                        "capture.since",
                        "capture.state",
                        "conflicts",
                        "held_keys",
                        "kafka.captured_position",
                        "kafka.captured_seq",
                        "kafka.captured_time",
                        "kafka.epoch",
                        "kafka.error",
                        "kafka.reachable",
                        "kafka.stored_seq",
                        "lag.apply.bytes",
                        "lag.apply.seconds",
                        "lag.bytes",
                        "lag.capture.bytes",
                        "lag.capture.seconds",
                        "lag.events",
                        "lag.seconds",
                        "lag.transactions",
                        "replication",
                        "source.detection",
                        "source.error",
                        "source.reachable",
                        "source.slot.active",
                        "source.slot.confirmed_position",
                        "source.slot.name",
                        "source.slot.retained_bytes",
                        "source.slot.safe_wal_bytes",
                        "source.slot.wal_status",
                        "source.wal_end",
                        "staleness.kafka",
                        "staleness.reason",
                        "staleness.seconds_until_stale",
                        "staleness.source",
                        "staleness.stale",
                        "target.applied_position",
                        "target.applied_seq",
                        "target.applied_time",
                        "target.epoch",
                        "target.error",
                        "target.paused_tables",
                        "target.reachable",
                        "time",
                        "waiting_events");
    }

    private static void paths(String path, JsonNode node, Consumer<String> found) {
        if (node.isObject() && !path.endsWith("details")) {
            node.properties()
                    .forEach(entry -> paths(
                            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), found));
        } else {
            found.accept(path);
        }
    }

    private StatusReport report() {
        return new Assessment(
                        "shop",
                        NOW,
                        new Answer<>(new SourceFacts("0/2100", slot, detection), null),
                        new Answer<>(new KafkaFacts(members, tail, partitions, 2L), null),
                        new Answer<>(new TargetFacts(progress, offsets, paused), null),
                        new Answer<>(new io.twinlog.applier.replay.ConflictCount(2, 2, 5), null),
                        asked -> {
                            Map<TopicPartition, Long> known = new HashMap<>(nextRecordMillis);
                            known.keySet().retainAll(asked.keySet());
                            return known;
                        })
                .report();
    }

    private void heard(String role, MemberState state, long secondsAgo) {
        long then = NOW.minusSeconds(secondsAgo).toEpochMilli() * 1000;
        members.put(
                role,
                new MemberStatus(
                        role, "host:1", state, "why " + role + " is in its state", then, then, Map.of("seq", "100")));
    }

    private static ControlTail tail(Instant written) {
        return new ControlTail(1, 100, 100, "0/2000", NOW.minusSeconds(1), written, 1000.0);
    }

    private static StoredProgress progress(long seq, String position, Instant heartbeat, Instant commit) {
        return new StoredProgress(1, seq, position, commit, "7", "shop", null, heartbeat, false, NOW);
    }
}
