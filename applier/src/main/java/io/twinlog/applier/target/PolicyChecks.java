package io.twinlog.applier.target;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.dialect.Identifier;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the target has what the conflict policies need. Changes nothing. */
public final class PolicyChecks {

    private final ConflictRules rules;
    private final Facts facts;

    /** What only the target's vendor can tell. */
    public interface Facts {

        /** The column a rule names; null if the table or the column is not there. */
        @Nullable
        Column column(TableId table, String column) throws SQLException;

        /** The names of the table's columns; empty if there is no such table. */
        List<String> columns(TableId table) throws SQLException;

        /** Why a row's commit time is not known, with the way out; null if it is known. */
        @Nullable
        String commitTimeUnknown() throws SQLException;
    }

    /** @param ordered whether its values can be compared */
    public record Column(boolean number, boolean ordered) {}

    public PolicyChecks(ConflictRules rules, Facts facts) {
        this.rules = rules;
        this.facts = facts;
    }

    /**
     * Everything that is wrong, one sentence each; empty if nothing is.
     *
     * @param tables the replicated tables
     * @param images what the source logs of a row before its change, so far as that is known
     */
    public List<String> problems(Collection<TableId> tables, Map<TableId, ReplicaIdentity> images) throws SQLException {
        List<String> problems = new ArrayList<>();
        boolean commitTime = rules.fallback() == ConflictPolicy.NEWEST || rules.fallback() == ConflictPolicy.OLDEST;
        int index = 0;
        for (ConflictRule rule : rules.rules()) {
            commitTime |= rule.needsCommitTime();
            String name = "conflicts.rules[" + index++ + "]";
            for (TableId table : tables) {
                if (rule.covers(table)) {
                    check(name, rule, table, images.getOrDefault(table, ReplicaIdentity.FULL), problems);
                }
            }
        }
        String unknown = commitTime ? facts.commitTimeUnknown() : null;
        if (unknown != null) {
            problems.add("A conflict policy decides by commit time or origin, which " + unknown);
        }
        return problems;
    }

    private void check(String name, ConflictRule rule, TableId table, ReplicaIdentity image, List<String> problems)
            throws SQLException {
        if (rule.policy() == ConflictPolicy.DELTA && image != ReplicaIdentity.FULL) {
            problems.add(name + ": delta needs the row before the change, which the source does not log for table "
                    + table + ": run ALTER TABLE " + Identifier.quote(table) + " REPLICA IDENTITY FULL there");
        }
        List<String> columns = new ArrayList<>(rule.columns());
        if (rule.column() != null) {
            columns.add(rule.column());
        }
        for (String column : columns) {
            Column found = facts.column(table, column);
            if (found == null) {
                List<String> known = facts.columns(table);
                problems.add(name + ": table " + table + " of the target has no column '" + column + "'"
                        + (known.isEmpty() ? ": there is no such table" : "; it has " + String.join(", ", known)));
            } else if (rule.policy() == ConflictPolicy.DELTA && !found.number()) {
                problems.add(name + ": column " + column + " of table " + table + " is no number, which delta needs");
            } else if (!found.ordered()) {
                problems.add(name + ": values of column " + column + " of table " + table + " have no order");
            }
        }
    }
}
