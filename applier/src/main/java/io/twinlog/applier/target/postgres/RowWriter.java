package io.twinlog.applier.target.postgres;

import io.twinlog.applier.conflict.Decision;
import io.twinlog.applier.fold.Fold;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.NetChange.Effect;
import io.twinlog.applier.fold.Unit;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies one unit under the lock of its row, or hands it to the {@link Decision} as a conflict. Collects what is parked; the
 * caller publishes it before the commit.
 */
final class RowWriter {

    private static final int ATTEMPTS = 3;

    private final TargetSession session;
    private final Statements statements;
    private final Decision decision;
    private final ConflictDraft drafts;
    private final List<ConflictRecord> parked = new ArrayList<>();

    RowWriter(TargetSession session, Statements statements, Decision decision, ConflictDraft drafts) {
        this.session = session;
        this.statements = statements;
        this.decision = decision;
        this.drafts = drafts;
    }

    /** How many records are parked so far in this transaction. */
    int parked() {
        return parked.size();
    }

    /** Forgets what was parked after there were only so many: its part of the transaction was rolled back. */
    void forget(int keep) {
        parked.subList(keep, parked.size()).clear();
    }

    List<ConflictRecord> records() {
        return parked;
    }

    private record Present(Map<String, @Nullable String> row, List<String> differing) {}

    /**
     * Applies a unit.
     *
     * @param exact whether everything before it is applied and nothing behind it, so that a refusal by the database is the
     *     event's own; otherwise a refusal is thrown
     */
    void apply(Unit unit, boolean exact) throws SQLException {
        NetChange change = unit.second() == null ? Fold.single(unit.first()) : Fold.move(unit.first(), unit.second());
        TableBinding binding = statements.binding(change.shape());
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Present present = statements.mayExist(change) ? null : find(binding, change);
            ConflictKind kind = deviation(change, present);
            if (kind != null) {
                park(unit, kind, evidence(kind), present, List.of(), null, null);
                return;
            }
            TargetSession.Mark mark = session.mark();
            try {
                if (execute(change)) {
                    session.release(mark);
                    return;
                }
                session.rollbackTo(mark);
            } catch (SQLException e) {
                if (!exact || SqlFailure.of(e) != SqlFailure.DATA) {
                    throw e;
                }
                session.rollbackTo(mark);
                // A session of the target may have inserted the row since we looked.
                boolean raced = change.effect() == Effect.INSERT
                        && SqlFailure.UNIQUE_VIOLATION.equals(e.getSQLState())
                        && find(binding, change) != null;
                if (!raced) {
                    parkRefused(unit, binding, change, present, e);
                    return;
                }
            }
        }
        park(
                unit,
                ConflictKind.CONSTRAINT,
                "The target accepts the statement but the row does not change: a trigger or rule suppresses it",
                null,
                List.of(),
                null,
                null);
    }

    private boolean execute(NetChange change) throws SQLException {
        for (SetStatement statement : statements.of(List.of(List.of(change)))) {
            int count = session.execute(statement);
            if (statement.expected() >= 0 && count != statement.expected()) {
                return false;
            }
        }
        return true;
    }

    // A row that another session deletes and inserts again at this instant is in no single snapshot that we could lock:
    // the
    // first look waits for that session, the second one sees what it left.
    private @Nullable Present find(TableBinding binding, NetChange change) throws SQLException {
        Present present = lock(binding, change, false);
        if (present == null && change.effect() != Effect.INSERT) {
            present = lock(binding, change, false);
        }
        return present;
    }

    private @Nullable Present lock(TableBinding binding, NetChange change, boolean byNewKey) throws SQLException {
        Statements.Lookup lookup = statements.locking(binding, change, byNewKey);
        try (ResultSet row = session.query(lookup)) {
            if (!row.next()) {
                return null;
            }
            int index = 1;
            List<String> differing = new ArrayList<>();
            for (int column : lookup.guarded()) {
                if (!row.getBoolean(index++)) {
                    differing.add(binding.shape().columns().get(column).name());
                }
            }
            return new Present(read(binding, lookup, row, index), differing);
        }
    }

    private static Map<String, @Nullable String> read(
            TableBinding binding, Statements.Lookup lookup, ResultSet row, int from) throws SQLException {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        int index = from;
        for (int column : lookup.shown()) {
            values.put(binding.shape().columns().get(column).name(), row.getString(index++));
        }
        return values;
    }

    private @Nullable ConflictKind deviation(NetChange change, @Nullable Present present) {
        boolean differs = present != null && !present.differing().isEmpty();
        return switch (change.effect()) {
            case INSERT -> present == null ? null : ConflictKind.INSERT_EXISTS;
            case SNAPSHOT -> present == null || statements.mayExist(change) ? null : ConflictKind.INSERT_EXISTS;
            case UPDATE, MOVE ->
                present == null ? ConflictKind.UPDATE_MISSING : differs ? ConflictKind.UPDATE_DIFFERS : null;
            case DELETE -> present == null ? ConflictKind.DELETE_MISSING : differs ? ConflictKind.DELETE_DIFFERS : null;
            case REPLACE, ABSENT -> throw new IllegalStateException("a single event has no such effect");
        };
    }

    private static String evidence(ConflictKind kind) {
        return switch (kind) {
            case INSERT_EXISTS -> "The target has a row with this key already";
            case UPDATE_MISSING -> "The target has no row with this key";
            case UPDATE_DIFFERS -> "The target's row differs from the before image in columns that the update changes";
            case DELETE_MISSING -> "The target has no row with this key";
            case DELETE_DIFFERS -> "The target's row differs from the before image";
            case UNIQUE_EXISTS, CONSTRAINT, CONVERSION, TARGET_MISSING, UNDECODABLE -> kind.label();
        };
    }

    private void parkRefused(
            Unit unit, TableBinding binding, NetChange change, @Nullable Present present, SQLException e)
            throws SQLException {
        String state = e.getSQLState();
        String constraint = SqlFailure.constraint(e);
        if (SqlFailure.UNIQUE_VIOLATION.equals(state)) {
            if (change.effect() == Effect.MOVE) {
                Present taken = lock(binding, change, true);
                if (taken != null) {
                    park(
                            unit,
                            ConflictKind.INSERT_EXISTS,
                            "The target has a row with the new key already",
                            taken,
                            List.of(),
                            constraint,
                            state);
                    return;
                }
            }
            park(
                    unit,
                    ConflictKind.UNIQUE_EXISTS,
                    "Another row of the target holds the same value under unique constraint " + constraint,
                    present,
                    blocking(binding, change, constraint),
                    constraint,
                    state);
            return;
        }
        boolean conversion = state != null && state.startsWith("22");
        park(
                unit,
                conversion ? ConflictKind.CONVERSION : ConflictKind.CONSTRAINT,
                conversion
                        ? "The target refuses a value of the row (SQLSTATE " + state + ")"
                        : "The target refuses the row" + (constraint == null ? "" : " under constraint " + constraint)
                                + " (SQLSTATE " + state + ")",
                present,
                List.of(),
                constraint,
                state);
    }

    private List<Map<String, @Nullable String>> blocking(
            TableBinding binding, NetChange change, @Nullable String constraint) throws SQLException {
        List<Map<String, @Nullable String>> rows = new ArrayList<>();
        UniqueConstraint unique = binding.table().unique(constraint);
        Statements.Lookup lookup = unique == null ? null : statements.blocking(binding, change, unique);
        if (lookup != null) {
            try (ResultSet row = session.query(lookup)) {
                while (row.next()) {
                    rows.add(read(binding, lookup, row, 1));
                }
            }
        }
        return rows;
    }

    void parkUndecodable(Unit unit) {
        unit.events().forEach(event -> parked.add(drafts.undecodable(event)));
    }

    private void park(
            Unit unit,
            ConflictKind kind,
            String evidence,
            @Nullable Present present,
            List<Map<String, @Nullable String>> blocking,
            @Nullable String constraint,
            @Nullable String sqlState) {
        unit.events().forEach(event -> {
            ConflictRecord record = drafts.of(
                    event,
                    kind,
                    evidence,
                    present == null ? List.of() : present.differing(),
                    present == null ? null : present.row(),
                    blocking,
                    constraint,
                    sqlState);
            switch (decision.decide(record)) {
                case PARK -> parked.add(record);
            }
        });
    }
}
