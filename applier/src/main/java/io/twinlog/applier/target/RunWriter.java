package io.twinlog.applier.target;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tries a run of units by its statements: all of it is applied, deviating keys parked or settled by their policies, or nothing.
 *
 * <p>Fast form: each statement counts its rows. A deviation rolls back to before the run, and the second form asks each statement
 * which rows it found: the other keys deviate, and their events alone go one by one under the locks of their rows. Not thread-safe.
 */
final class RunWriter {

    /** How many runs without a deviation end the expectation of further ones. */
    private static final int LASTING = 4;

    private final TargetSession session;
    private final Statements statements;
    private final RowWriter rows;
    private final Ledger ledger;
    private int expectations;

    RunWriter(TargetSession session, Statements statements, RowWriter rows, Ledger ledger) {
        this.session = session;
        this.statements = statements;
        this.rows = rows;
        this.ledger = ledger;
    }

    /**
     * Why a run was not applied.
     *
     * @param suspect the event to blame as far as can be told, or null
     * @param own where the suspect is refused for its own sake, and is the only event of its key: the refusal; else null
     */
    record Refusal(@Nullable XlogEvent suspect, @Nullable SQLException own) {

        /** Without the certainty that the suspect is refused for its own sake. */
        Refusal doubted() {
            return new Refusal(suspect, null);
        }

        /** Index of the suspect among the units, or -1. */
        int indexIn(List<Unit> units) {
            for (int i = 0; i < units.size(); i++) {
                if (suspect != null && units.get(i).first() == suspect) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Applies the units by statements made for them; null, or why nothing of it was applied. */
    @Nullable
    Refusal apply(List<Unit> units, List<SetStatement> planned) throws SQLException {
        TargetSession.Mark mark = session.mark();
        Ledger.Mark noted = ledger.mark();
        Refusal refusal = null;
        boolean deviates = expectsDeviation(planned);
        if (!deviates) {
            Try fast = new Try();
            if (fast.succeeds(() -> fast.passes(planned))) {
                session.release(mark);
                return null;
            }
            session.rollbackTo(mark);
            refusal = fast.refusal();
            deviates = fast.mayDeviate();
        }
        if (deviates) {
            Try exact = new Try();
            if (exact.succeeds(() -> exact.appliesDeviating(units, planned))) {
                session.release(mark);
                expectations = ledger.size() > noted.conflicts() ? LASTING : Math.max(0, expectations - 1);
                return null;
            }
            session.rollbackTo(mark);
            ledger.rollbackTo(noted);
            refusal = exact.refusal();
        }
        session.release(mark);
        return Objects.requireNonNull(refusal);
    }

    // Where one run has deviated the next one is likely to: then the fast form would only be undone. With inserts the
    // second form asks whether their keys are free, which costs more than it saves.
    private boolean expectsDeviation(List<SetStatement> planned) {
        return expectations > 0 && planned.stream().noneMatch(s -> s.kind() == SetStatement.Kind.INSERT);
    }

    /** Work that the target may refuse. */
    @FunctionalInterface
    private interface Work {
        boolean done() throws SQLException;
    }

    /** One try, and what it failed on. */
    private final class Try {
        private @Nullable SetStatement present;
        private @Nullable XlogEvent suspect;
        private @Nullable SQLException failure;

        boolean succeeds(Work work) throws SQLException {
            try {
                return work.done();
            } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.DATA) {
                    throw e;
                }
                failure = e;
                return false;
            }
        }

        Refusal refusal() {
            SetStatement statement = present;
            if (statement != null && failure != null) {
                int row = statement.refused(failure);
                if (row >= 0) {
                    NetChange change = statement.changes().get(row);
                    boolean own = change.effect() == NetChange.Effect.INSERT
                            && change.events().size() == 1
                            && SqlFailure.isOfRowAlone(failure);
                    return new Refusal(change.events().get(0), own ? failure : null);
                }
                return new Refusal(null, null);
            }
            return new Refusal(suspect, null);
        }

        /** Whether it may have failed for rows that are there or not, which the statements can find out. */
        boolean mayDeviate() {
            SQLException e = failure;
            if (e == null) {
                return true;
            }
            String constraint = SqlFailure.constraint(e);
            return SqlFailure.isUnique(e)
                    && (present == null
                            || constraint == null
                            || present.binding().isKey(constraint));
        }

        boolean passes(List<SetStatement> planned) throws SQLException {
            for (SetStatement statement : planned) {
                if (!counts(statement)) {
                    return false;
                }
            }
            return true;
        }

        private boolean counts(SetStatement statement) throws SQLException {
            present = statement;
            int count = statement.execute(session);
            present = null;
            return statement.expected() < 0 || count == statement.expected();
        }

        // False if the deviation cannot be pinned to whole keys.
        boolean appliesDeviating(List<Unit> units, List<SetStatement> planned) throws SQLException {
            Set<NetChange> deviating = Collections.newSetFromMap(new IdentityHashMap<>());
            for (SetStatement statement : planned) {
                switch (statement.kind()) {
                    case DELETE, UPDATE, PRESENT -> addUnless(deviating, statement, statement.find(session));
                    case ABSENT -> addIf(deviating, statement, statement.find(session));
                    case INSERT -> {
                        if (!insertsOthers(deviating, statement)) {
                            return false;
                        }
                    }
                }
            }
            Map<XlogEvent, NetChange> events = new IdentityHashMap<>();
            deviating.forEach(change -> change.events().forEach(event -> events.put(event, change)));
            List<Unit> alone = new ArrayList<>();
            for (Unit unit : units) {
                NetChange change = events.get(unit.first());
                if (change != null && change.events().size() == 1) {
                    alone.add(unit);
                } else if (change != null) {
                    suspect = unit.first();
                    rows.apply(unit, false);
                }
            }
            suspect = null;
            return rows.applyDeviating(alone);
        }

        private boolean insertsOthers(Set<NetChange> deviating, SetStatement statement) throws SQLException {
            List<NetChange> candidates = statement.changes().stream()
                    .filter(change -> !deviating.contains(change))
                    .collect(Collectors.toCollection(ArrayList::new));
            if (candidates.isEmpty()) {
                return true;
            }
            boolean upsert = statements.mayExist(candidates.get(0));
            if (!upsert) {
                BitSet existing = statements.existing(candidates).find(session);
                for (int i = existing.length() - 1; i >= 0; i--) {
                    if (existing.get(i)) {
                        NetChange change = candidates.remove(i);
                        if (change.effect() == NetChange.Effect.REPLACE) {
                            return false;
                        }
                        deviating.add(change);
                    }
                }
            }
            return candidates.isEmpty() || counts(statements.insert(candidates, upsert));
        }
    }

    private static void addUnless(Set<NetChange> deviating, SetStatement statement, BitSet found) {
        for (int i = 0; i < statement.changes().size(); i++) {
            if (!found.get(i)) {
                deviating.add(statement.changes().get(i));
            }
        }
    }

    private static void addIf(Set<NetChange> deviating, SetStatement statement, BitSet found) {
        for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
            deviating.add(statement.changes().get(i));
        }
    }
}
