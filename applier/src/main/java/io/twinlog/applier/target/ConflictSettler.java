package io.twinlog.applier.target;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.conflict.Policies;
import io.twinlog.applier.conflict.Verdict;
import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.NetChange.Effect;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.target.RowLocks.Blocking;
import io.twinlog.applier.target.RowLocks.Present;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.TableId;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what the policies want done about a conflict, under the lock of its row, and writes it into the {@link Ledger}. Invariant
 * 8: whatever the policy, there is a record. Not thread-safe.
 */
final class ConflictSettler {

    private final TargetSession session;
    private final Statements statements;
    private final RowStatements texts;
    private final ConflictRules rules;
    private final ConflictDraft drafts;
    private final Ledger ledger;
    private final String replication;

    ConflictSettler(
            TargetSession session,
            Statements statements,
            RowStatements texts,
            ConflictRules rules,
            ConflictDraft drafts,
            Ledger ledger,
            String replication) {
        this.session = session;
        this.statements = statements;
        this.texts = texts;
        this.rules = rules;
        this.drafts = drafts;
        this.ledger = ledger;
        this.replication = replication;
    }

    /**
     * A conflict and all that was found.
     *
     * @param present the target's row: with the key of the change, or for a taken new key that one
     */
    record Finding(
            Unit unit,
            NetChange change,
            TableBinding<?> binding,
            ConflictKind kind,
            String evidence,
            @Nullable Present present,
            @Nullable Blocking blocking,
            @Nullable String constraint,
            @Nullable String sqlState) {

        /** Whether a row moves to a key that is taken. */
        boolean meetsNewKey() {
            return kind == ConflictKind.INSERT_EXISTS && change.effect() == Effect.MOVE;
        }

        TableId table() {
            return change.shape().id();
        }
    }

    /**
     * Decides and acts.
     *
     * @param exact whether a refusal by the database is the event's own; otherwise it is thrown
     */
    void settle(Finding finding, boolean exact) throws SQLException {
        ConflictRule rule = rules.find(finding.table(), finding.kind());
        settle(finding, rule, Policies.decide(rule, finding.kind(), facts(finding)), exact);
    }

    private void settle(Finding finding, ConflictRule rule, Verdict verdict, boolean exact) throws SQLException {
        List<ConflictRecord> records = records(finding);
        switch (verdict.action()) {
            case HOLD -> park(finding.unit(), records, rule.policy(), verdict.reason());
            case KEEP -> ledger.settle(settled(records, rule.policy(), ConflictOutcome.KEPT, verdict.reason()));
            case STOP -> throw stopped(records);
            case APPLY, ADD -> apply(finding, rule, verdict, records, exact);
        }
    }

    /**
     * Decides, and acts but for what the event does to its own row and no other: that is left to the caller, who takes everything back where
     * it does not work.
     *
     * @param forced takes the changes to be carried out
     */
    void settle(Finding finding, List<NetChange> forced) throws SQLException {
        ConflictRule rule = rules.find(finding.table(), finding.kind());
        Verdict verdict = Policies.decide(rule, finding.kind(), facts(finding));
        Effect effect = verdict.action() == Verdict.Action.APPLY ? ownRow(finding.kind()) : null;
        if (effect == null) {
            settle(finding, rule, verdict, false);
        } else {
            forced.add(finding.change().forced(effect));
            ledger.settle(settled(records(finding), rule.policy(), ConflictOutcome.APPLIED, verdict.reason()));
        }
    }

    private static @Nullable Effect ownRow(ConflictKind kind) {
        return switch (kind) {
            case INSERT_EXISTS, UPDATE_DIFFERS -> Effect.UPDATE;
            case UPDATE_MISSING -> Effect.INSERT;
            case DELETE_DIFFERS -> Effect.DELETE;
            case DELETE_MISSING, UNIQUE_EXISTS, CONSTRAINT, CONVERSION, TARGET_MISSING, UNDECODABLE, BEHIND -> null;
        };
    }

    private RowFacts facts(Finding finding) {
        NetChange change = finding.change();
        RowImage key = change.key();
        if (finding.meetsNewKey()) {
            key = Objects.requireNonNull(change.after().source(finding.binding().keys()[0]));
        }
        Present present = finding.present();
        return new RowFacts(
                texts,
                replication,
                finding.binding(),
                change,
                key,
                present == null ? List.of() : present.differing(),
                drafts.begin(finding.unit().first()));
    }

    private List<ConflictRecord> records(Finding finding) {
        Present present = finding.present();
        Blocking blocking = finding.blocking();
        List<ConflictRecord> records = new ArrayList<>();
        for (XlogEvent event : finding.unit().events()) {
            records.add(drafts.of(
                    event,
                    finding.kind(),
                    finding.evidence(),
                    present == null ? List.of() : present.differing(),
                    present == null ? null : present.row(),
                    blocking == null ? List.of() : blocking.rows(),
                    finding.constraint(),
                    finding.sqlState()));
        }
        return records;
    }

    private void park(Unit unit, List<ConflictRecord> records, ConflictPolicy policy, String reason) {
        ledger.park(unit, settled(records, policy, ConflictOutcome.HELD, reason));
    }

    private static List<ConflictRecord> settled(
            List<ConflictRecord> records, ConflictPolicy policy, ConflictOutcome outcome, String reason) {
        return records.stream()
                .map(record -> record.settled(policy, outcome, reason))
                .toList();
    }

    private static PolicyStopException stopped(List<ConflictRecord> records) {
        String reason = "The policy is stop";
        return new PolicyStopException(settled(records, ConflictPolicy.STOP, ConflictOutcome.STOPPED, reason));
    }

    private void apply(Finding finding, ConflictRule rule, Verdict verdict, List<ConflictRecord> records, boolean exact)
            throws SQLException {
        boolean adds = verdict.action() == Verdict.Action.ADD;
        TargetSession.Mark mark = session.mark();
        String trouble;
        try {
            if (adds ? add(finding, rule.columns()) : force(finding)) {
                session.release(mark);
                ConflictOutcome outcome = adds ? ConflictOutcome.MERGED : ConflictOutcome.APPLIED;
                ledger.settle(settled(records, rule.policy(), outcome, verdict.reason()));
                return;
            }
            trouble = "the row does not change: a trigger or rule suppresses it";
        } catch (SQLException e) {
            if (!exact || SqlFailure.of(e) != SqlFailure.DATA) {
                throw e;
            }
            trouble = "the target refuses it (" + SqlFailure.code(e) + ")";
        }
        session.rollbackTo(mark);
        park(finding.unit(), records, rule.policy(), verdict.reason() + "; but " + trouble);
    }

    private boolean force(Finding finding) throws SQLException {
        NetChange change = finding.change();
        switch (finding.kind()) {
            case INSERT_EXISTS -> {
                if (finding.meetsNewKey()) {
                    clearNewKey(finding);
                    return forced(change);
                }
                return forced(change.forced(Effect.UPDATE));
            }
            case UPDATE_MISSING -> {
                clearNewKey(finding);
                return forced(change.forced(Effect.INSERT));
            }
            case UPDATE_DIFFERS -> {
                clearNewKey(finding);
                return forced(change.forced(change.effect()));
            }
            case DELETE_MISSING -> {
                // The row is gone, as the event wants it.
                return true;
            }
            case DELETE_DIFFERS -> {
                return forced(change.forced(Effect.DELETE));
            }
            case UNIQUE_EXISTS -> {
                Blocking blocking = Objects.requireNonNull(finding.blocking(), "a unique conflict names its blockers");
                for (UniqueConstraint unique : blocking.constraints()) {
                    texts.deleteBlocking(change, unique);
                }
                return forced(change);
            }
            case CONSTRAINT, CONVERSION, TARGET_MISSING, UNDECODABLE, BEHIND ->
                throw new IllegalStateException("no policy forces " + finding.kind());
        }
        throw new IllegalStateException();
    }

    private boolean forced(NetChange change) throws SQLException {
        return session.executeAll(statements.of(List.of(List.of(change))));
    }

    // A row that moves may deviate and find its new key taken at once.
    private void clearNewKey(Finding finding) throws SQLException {
        NetChange change = finding.change();
        if (change.effect() == Effect.MOVE) {
            int key = finding.binding().keys()[0];
            texts.delete(change.shape(), Objects.requireNonNull(change.after().source(key)));
        }
    }

    // The row is locked, so what was read is what is added to. Columns of the update that do not add up are set.
    private boolean add(Finding finding, List<String> columns) throws SQLException {
        NetChange change = finding.change();
        TableBinding<?> binding = finding.binding();
        RowImage before = Objects.requireNonNull(change.guard());
        Map<String, @Nullable String> present =
                Objects.requireNonNull(finding.present()).row();
        Map<Integer, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 0; i < binding.size(); i++) {
            RowImage after = change.after().source(i);
            String name = binding.shape().columns().get(i).name();
            if (!change.changed().get(i) || after == null || binding.column(i) == null) {
                continue;
            }
            String wanted = ValueText.of(after, i);
            String expected = ValueText.of(before, i);
            String found = present.get(name);
            if (!columns.contains(name)) {
                values.put(i, wanted);
            } else if (wanted == null || expected == null || found == null) {
                throw new SQLException("delta: column " + name + " is null in an image", "22004");
            } else {
                values.put(i, sum(found, wanted, expected));
            }
        }
        return values.isEmpty() || texts.update(change.shape(), change.key(), values);
    }

    private static String sum(String found, String wanted, String expected) throws SQLException {
        try {
            return new BigDecimal(found)
                    .add(new BigDecimal(wanted).subtract(new BigDecimal(expected)))
                    .toPlainString();
        } catch (NumberFormatException e) {
            throw new SQLException("delta: a value is no finite number", "22P02", e);
        }
    }

    /** A unit whose content is not looked at. */
    void unreadable(Unit unit, ConflictKind kind, String evidence) {
        ConflictRule rule = rules.find(EventKeys.table(unit.first()), kind);
        List<ConflictRecord> records = new ArrayList<>();
        for (XlogEvent event : unit.events()) {
            records.add(
                    event.data() == null
                            ? drafts.undecodable(event, kind, evidence)
                            : drafts.of(event, kind, evidence, List.of(), null, List.of(), null, null));
        }
        switch (rule.policy()) {
            case SKIP -> ledger.settle(settled(records, rule.policy(), ConflictOutcome.KEPT, "The policy is skip"));
            case STOP -> throw stopped(records);
            case HOLD, OVERWRITE, NEWEST, OLDEST, PRIORITY, MAXIMUM, MINIMUM, DELTA ->
                park(unit, records, ConflictPolicy.HOLD, "The policy is hold");
        }
    }
}
