package io.twinlog.cli.status;

import io.twinlog.cli.status.StatusReport.Detection;
import io.twinlog.cli.status.StatusReport.Kafka;
import io.twinlog.cli.status.StatusReport.Lag;
import io.twinlog.cli.status.StatusReport.Member;
import io.twinlog.cli.status.StatusReport.PausedTable;
import io.twinlog.cli.status.StatusReport.Slot;
import io.twinlog.cli.status.StatusReport.Source;
import io.twinlog.cli.status.StatusReport.Staleness;
import io.twinlog.cli.status.StatusReport.Target;
import io.twinlog.cli.terminal.Figure;
import io.twinlog.cli.terminal.TextTable;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A report for people. Immutable. */
public record StatusText(StatusReport report) {

    private static final String UNKNOWN = "-";
    private static final int NAMED = 5;

    @Override
    public String toString() {
        TextTable table = new TextTable("  ");
        member(table, "capture", report.capture());
        member(table, "applier", report.applier());
        table.row("source", source(report.source()));
        table.row("kafka", kafka(report.kafka()));
        table.row("target", target(report.target()));
        table.row("lag", lag(report.lag()));
        table.row("staleness", staleness(report.staleness()));
        table.row("conflicts", conflicts());
        detection(table, report.source().detection());
        paused(table, report.target().pausedTables());
        return "replication " + report.replication() + " at " + report.time() + "\n" + table;
    }

    private static void member(TextTable table, String role, Member member) {
        List<String> facts = new ArrayList<>();
        if (member.state() == MemberState.DOWN && member.silentSeconds() != null) {
            facts.add("silent for " + Figure.seconds(member.silentSeconds()) + ", was " + member.lastState());
        }
        if (member.reason() != null) {
            facts.add(member.reason());
        }
        if (member.member() != null) {
            facts.add(member.member());
        }
        if (member.state() == MemberState.UNKNOWN) {
            facts.add("never heard of");
        }
        table.row(role, member.state() + "  " + String.join("; ", facts));
        if (!member.details().isEmpty()) {
            table.row("", details(member));
        }
    }

    private static String details(Member member) {
        return String.join(
                "  ",
                member.details().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
    }

    private static String source(Source source) {
        if (!source.reachable()) {
            return "cannot be asked: " + source.error();
        }
        Slot slot = source.slot();
        if (slot == null) {
            return "at " + source.walEnd() + (String.valueOf(source.walEnd()).contains(":") ? "" : ", no slot");
        }
        return "at " + source.walEnd() + ", slot " + slot.name() + (slot.active() ? " in use" : " not in use")
                + ", wal_status " + known(slot.walStatus()) + ", confirmed " + known(slot.confirmedPosition())
                + ", retains "
                + (slot.retainedBytes() == null ? UNKNOWN : Figure.bytes(slot.retainedBytes()));
    }

    private static String kafka(Kafka kafka) {
        if (!kafka.reachable()) {
            return "cannot be asked: " + kafka.error();
        }
        if (kafka.epoch() == null) {
            return "no control log yet";
        }
        return "captured epoch " + kafka.epoch() + " seq " + kafka.capturedSeq() + ", stored seq " + kafka.storedSeq()
                + ", at " + known(kafka.capturedPosition());
    }

    private static String target(Target target) {
        if (!target.reachable()) {
            return "cannot be asked: " + target.error();
        }
        if (target.epoch() == null) {
            return "no progress yet";
        }
        return "applied epoch " + target.epoch() + " seq " + target.appliedSeq() + ", at "
                + known(target.appliedPosition());
    }

    private static String lag(Lag lag) {
        return (lag.transactions() == null ? UNKNOWN : Figure.of(lag.transactions(), "transaction")) + ", "
                + (lag.events() == null ? UNKNOWN : Figure.of(lag.events(), "event")) + ", "
                + (lag.bytes() == null ? UNKNOWN : Figure.bytes(lag.bytes())) + ", "
                + (lag.seconds() == null ? UNKNOWN : "at most " + Figure.seconds(lag.seconds()));
    }

    private static String staleness(Staleness staleness) {
        if (staleness.stale()) {
            return "STALE: " + staleness.reason();
        }
        Double left = staleness.secondsUntilStale();
        return left == null ? "none in sight" : "in " + Figure.seconds(left) + " if nothing moves";
    }

    private String conflicts() {
        Long count = report.conflicts();
        if (count == null || count == 0) {
            return count == null ? UNKNOWN : "0";
        }
        Long keys = report.heldKeys();
        Long events = report.waitingEvents();
        return Figure.count(count) + " open"
                + (keys == null || events == null
                        ? ""
                        : ", " + Figure.of(keys, "key") + " held, " + Figure.of(events, "event") + " waiting")
                + "  (twinlog conflicts list)";
    }

    /** How many tables have which strength; those that see less than everything by name, as far as a line holds them. */
    private static void detection(TextTable table, @Nullable List<Detection> tables) {
        if (tables == null || tables.isEmpty()) {
            return;
        }
        List<String> strengths = new ArrayList<>();
        for (ReplicaIdentity strength : ReplicaIdentity.values()) {
            List<String> names = tables.stream()
                    .filter(one -> one.strength() == strength)
                    .map(Detection::table)
                    .toList();
            if (!names.isEmpty()) {
                strengths.add(strength + " " + Figure.of(names.size(), "table")
                        + (strength == ReplicaIdentity.FULL
                                ? ""
                                : " (" + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                                        + (names.size() > NAMED ? ", ..." : "") + ")"));
            }
        }
        table.row("detection", String.join(", ", strengths));
    }

    private static void paused(TextTable table, @Nullable List<PausedTable> paused) {
        if (paused != null) {
            for (PausedTable one : paused) {
                table.row("paused", one.table() + ": " + one.reason());
            }
        }
    }

    private static String known(@Nullable String text) {
        return text == null ? UNKNOWN : text;
    }
}
