package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.target.TargetTable;
import io.twinlog.applier.target.mariadb.MariadbType.Family;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the target has what the conflict policies need. Changes nothing. */
final class MariadbPolicyChecks {

    private final Connection connection;
    private final ConflictRules rules;

    MariadbPolicyChecks(Connection connection, ConflictRules rules) {
        this.connection = connection;
        this.rules = rules;
    }

    List<String> problems(Collection<TableId> tables, Map<TableId, ReplicaIdentity> images) throws SQLException {
        List<String> problems = new ArrayList<>();
        boolean commitTime = rules.fallback() == ConflictPolicy.NEWEST || rules.fallback() == ConflictPolicy.OLDEST;
        int index = 0;
        for (ConflictRule rule : rules.rules()) {
            commitTime |= rule.needsCommitTime();
            String name = "conflicts.rules[" + index++ + "]";
            List<String> columns = new ArrayList<>(rule.columns());
            if (rule.column() != null) {
                columns.add(rule.column());
            }
            for (TableId table : tables) {
                if (rule.policy() == ConflictPolicy.DELTA
                        && rule.covers(table)
                        && images.getOrDefault(table, ReplicaIdentity.FULL) != ReplicaIdentity.FULL) {
                    problems.add(name
                            + ": delta needs the row before the change, which the source does not log for table "
                            + table);
                }
                for (String column : rule.covers(table) ? columns : List.<String>of()) {
                    check(name, rule.policy(), table, column, problems);
                }
            }
        }
        if (commitTime) {
            problems.add(
                    "A conflict policy decides by commit time or origin, which MariaDB does not keep: name a column");
        }
        return problems;
    }

    private void check(String rule, ConflictPolicy policy, TableId id, String column, List<String> problems)
            throws SQLException {
        TargetTable<MariadbColumn> table = MariadbCatalog.load(connection, id);
        MariadbColumn found = table == null ? null : table.column(column);
        if (found == null) {
            problems.add(rule + ": table " + id + " of the target has no column '" + column + "'" + near(table));
            return;
        }
        Family family = found.type().family();
        boolean number = family == Family.INTEGER
                || family == Family.DECIMAL
                || family == Family.FLOAT
                || family == Family.DOUBLE;
        if (policy == ConflictPolicy.DELTA && !number) {
            problems.add(rule + ": column " + column + " of table " + id + " is no number, which delta needs");
        } else if (family == Family.GEOMETRY || family == Family.BIT) {
            problems.add(rule + ": values of column " + column + " of table " + id + " have no order");
        }
    }

    private static String near(@Nullable TargetTable<MariadbColumn> table) {
        return table == null
                ? ": there is no such table"
                : "; it has " + String.join(", ", table.columns().keySet());
    }
}
