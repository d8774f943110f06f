package io.twinlog.cli.status;

import static java.util.Objects.requireNonNull;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.applier.replay.ConflictCount;
import io.twinlog.cli.status.KafkaFacts.ControlTail;
import io.twinlog.cli.status.KafkaFacts.Extent;
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
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Makes a report of what the witnesses said. Pure: no server and no clock.
 *
 * @param now the time of the report
 * @param conflicts how much waits, by the target and the topics together
 * @param recordTimes finds the time stamps, in milliseconds, of the records at offsets of partitions, as far as there are any
 */
record Assessment(
        String replication,
        Instant now,
        Answer<SourceFacts> source,
        Answer<KafkaFacts> kafka,
        Answer<TargetFacts> target,
        Answer<ConflictCount> conflicts,
        UnaryOperator<Map<TopicPartition, Long>> recordTimes) {

    private static final Duration SILENCE = Duration.ofSeconds(10);

    StatusReport report() {
        Member capture = member("capture");
        Member applier = member("applier");
        return new StatusReport(
                replication,
                now.truncatedTo(ChronoUnit.MILLIS).toString(),
                capture,
                applier,
                sourceReport(),
                kafkaReport(),
                targetReport(),
                lag(),
                staleness(capture, applier),
                openConflicts(),
                conflicts.value() == null ? null : conflicts.value().heldKeys(),
                conflicts.value() == null ? null : conflicts.value().waiting());
    }

    // Without the target the topics' word has to do.
    private @Nullable Long openConflicts() {
        if (conflicts.value() != null) {
            return conflicts.value().open();
        }
        return kafka.value() == null ? null : kafka.value().openConflicts();
    }

    private Member member(String role) {
        MemberStatus status =
                kafka.value() == null ? null : kafka.value().members().get(role);
        if (status == null) {
            return new Member(MemberState.UNKNOWN, null, null, null, null, null, Map.of());
        }
        if (status.state() == MemberState.STALE && hasMovedOn(role, status)) {
            return new Member(
                    MemberState.REMOVED,
                    "Its gap was accepted; it has not started since",
                    status.member(),
                    KafkaView.instant(status.sinceMicros()).toString(),
                    status.state(),
                    null,
                    Map.of());
        }
        Duration silent = Duration.between(KafkaView.instant(status.timeMicros()), now);
        return new Member(
                silent.compareTo(SILENCE) > 0 ? silentState(status.state()) : status.state(),
                status.reason(),
                status.member(),
                KafkaView.instant(status.sinceMicros()).toString(),
                status.state(),
                Math.max(0, silent.toMillis() / 1000.0),
                new TreeMap<>(status.details()));
    }

    /** Who left in order, or because of a gap, said so with the last word. */
    private static MemberState silentState(MemberState last) {
        return switch (last) {
            case REMOVED, STALE -> last;
            default -> MemberState.DOWN;
        };
    }

    /** Whether an accepted loss, which has no voice on the status topic, came after a member's last word. */
    private boolean hasMovedOn(String role, MemberStatus last) {
        ControlTail tail = tail();
        StoredProgress progress = progress();
        Instant moved = role.equals("capture")
                ? tail == null ? null : tail.writtenTime()
                : progress == null ? null : progress.updatedAt();
        return moved != null && moved.isAfter(KafkaView.instant(last.timeMicros()));
    }

    private Source sourceReport() {
        SourceFacts facts = source.value();
        return facts == null
                ? new Source(false, source.error(), null, null, null)
                : new Source(
                        true,
                        null,
                        facts.walEnd(),
                        facts.slot(),
                        facts.detection().entrySet().stream()
                                .map(entry -> new Detection(entry.getKey().toString(), entry.getValue()))
                                .toList());
    }

    private Kafka kafkaReport() {
        ControlTail tail = tail();
        return tail == null
                ? new Kafka(kafka.reachable(), kafka.error(), null, null, null, null, null)
                : new Kafka(
                        true,
                        null,
                        tail.epoch(),
                        tail.capturedSeq(),
                        tail.storedSeq(),
                        tail.position(),
                        text(tail.time()));
    }

    private Target targetReport() {
        StoredProgress progress = progress();
        return progress == null
                ? new Target(target.reachable(), target.error(), null, null, null, null, null)
                : new Target(
                        true,
                        null,
                        progress.epoch(),
                        progress.seq(),
                        appliedPosition(progress),
                        text(equalSince(progress)),
                        pausedTables());
    }

    private @Nullable List<PausedTable> pausedTables() {
        TargetFacts facts = target.value();
        return facts == null
                ? null
                : new TreeMap<>(facts.pausedTables())
                        .entrySet().stream()
                                .map(entry -> new PausedTable(entry.getKey().toString(), entry.getValue()))
                                .toList();
    }

    private Lag lag() {
        StoredProgress progress = progress();
        ControlTail tail = tail();
        Long transactions = null;
        Long events = null;
        if (progress != null && tail != null) {
            transactions = Math.max(0, tail.capturedSeq() - progress.seq());
            // Offsets may be older than the progress row; where nothing is left to apply they do not count.
            events = transactions == 0 ? Long.valueOf(0) : unreadEvents();
        }
        Instant equal = progress == null ? null : equalSince(progress);
        return new Lag(
                transactions,
                events,
                progress == null ? null : bytesBehind(appliedPosition(progress)),
                seconds(equal, now),
                new Hop(
                        tail == null ? null : bytesBehind(tail.position()),
                        seconds(tail == null ? null : tail.time(), now)),
                new Hop(
                        bytesToApply(),
                        transactions != null && transactions == 0
                                ? Double.valueOf(0)
                                : seconds(equal, tail == null ? null : tail.time())));
    }

    private static @Nullable Double seconds(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null
                ? null
                : Math.max(0, Duration.between(from, to).toMillis() / 1000.0);
    }

    private @Nullable Long bytesToApply() {
        ControlTail tail = tail();
        String captured = tail == null ? null : tail.position();
        String applied = progress() == null ? null : appliedPosition(requireNonNull(progress()));
        return captured == null || applied == null ? null : distance(applied, captured);
    }

    private static @Nullable Long distance(String from, String to) {
        Long bytes = SourcePosition.bytesBetween(from, to);
        return bytes == null ? null : Long.valueOf(Math.max(0, bytes));
    }

    private @Nullable Long unreadEvents() {
        if (kafka.value() == null) {
            return null;
        }
        long events = 0;
        for (Map.Entry<TopicPartition, Extent> entry :
                kafka.value().partitions().entrySet()) {
            if (isData(entry.getKey())) {
                events += Math.max(0, entry.getValue().end() - nextOffset(entry.getKey(), entry.getValue()));
            }
        }
        return events;
    }

    private @Nullable Long bytesBehind(@Nullable String position) {
        return source.value() == null || position == null
                ? null
                : distance(position, source.value().walEnd());
    }

    /**
     * The last moment of which is known that the target had seen everything before it. Heartbeats carry our own clock; the
     * commit time of the last transaction carries the source's, so it counts only while it is not ahead of us.
     */
    private @Nullable Instant equalSince(StoredProgress progress) {
        Instant heartbeat = progress.heartbeatTime();
        Instant commit = progress.commitTime();
        if (commit == null || commit.isAfter(now)) {
            return heartbeat;
        }
        return heartbeat == null || commit.isAfter(heartbeat) ? commit : heartbeat;
    }

    private static @Nullable String appliedPosition(StoredProgress progress) {
        return SourcePosition.later(progress.position(), progress.heartbeatPosition());
    }

    private Staleness staleness(Member capture, Member applier) {
        List<String> reasons = new ArrayList<>();
        for (Member member : List.of(capture, applier)) {
            if (member.state() == MemberState.STALE) {
                String reason = member.reason();
                reasons.add(reason == null ? "a member is stale" : reason);
            }
        }
        Double bySource = secondsUntilSourceForgets(reasons);
        Double byKafka = secondsUntilKafkaForgets(reasons);
        Double least =
                bySource == null ? byKafka : byKafka == null ? bySource : Double.valueOf(Math.min(bySource, byKafka));
        return new Staleness(
                !reasons.isEmpty(), reasons.isEmpty() ? null : String.join("; ", reasons), least, bySource, byKafka);
    }

    private @Nullable Double secondsUntilSourceForgets(List<String> reasons) {
        Slot slot = source.value() == null ? null : source.value().slot();
        if (slot == null) {
            return null;
        }
        if ("lost".equals(slot.walStatus())) {
            reasons.add("slot " + slot.name() + " is lost: the source removed WAL that was not captured");
            return 0.0;
        }
        Long safe = slot.safeWalBytes();
        ControlTail tail = tail();
        Double rate = tail == null ? null : tail.logBytesPerSecond();
        return safe == null || rate == null || rate <= 0 ? null : Math.max(0, safe / rate);
    }

    private @Nullable Double secondsUntilKafkaForgets(List<String> reasons) {
        if (kafka.value() == null || target.value() == null) {
            return null;
        }
        StoredProgress progress = progress();
        ControlTail tail = tail();
        if (progress == null || tail == null || progress.seq() >= tail.capturedSeq()) {
            return null;
        }
        Map<TopicPartition, Long> waiting = new HashMap<>();
        for (Map.Entry<TopicPartition, Extent> entry :
                kafka.value().partitions().entrySet()) {
            TopicPartition partition = entry.getKey();
            Extent extent = entry.getValue();
            long next = nextOffset(partition, extent);
            if (next < extent.begin()) {
                reasons.add("Kafka has removed events of " + partition + " that were not applied: next is " + next
                        + ", the log starts at " + extent.begin());
                return 0.0;
            }
            if (next < extent.end() && extent.retentionMillis() >= 0) {
                waiting.put(partition, next);
            }
        }
        Double least = null;
        Map<TopicPartition, Long> written = waiting.isEmpty() ? waiting : recordTimes.apply(waiting);
        for (Map.Entry<TopicPartition, Extent> entry :
                kafka.value().partitions().entrySet()) {
            Long time = written.get(entry.getKey());
            if (time != null) {
                long end = time + entry.getValue().retentionMillis();
                double left = Math.max(0, (end - now.toEpochMilli()) / 1000.0);
                least = least == null ? left : Math.min(least, left);
            }
        }
        return least;
    }

    private long nextOffset(TopicPartition partition, Extent extent) {
        StoredOffset stored =
                target.value() == null ? null : target.value().offsets().get(partition);
        return stored == null ? extent.begin() : stored.nextOffset();
    }

    private boolean isData(TopicPartition partition) {
        return !partition.topic().equals(replication + ".transactions");
    }

    private @Nullable ControlTail tail() {
        return kafka.value() == null ? null : kafka.value().control();
    }

    private @Nullable StoredProgress progress() {
        return target.value() == null ? null : target.value().progress();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
