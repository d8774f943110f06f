package io.twinlog.applier.target.postgres;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.dialect.Identifier;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Whether the target has what the conflict policies need. Changes nothing. */
final class PolicyChecks {

    private static final String COLUMN = "SELECT t.typcategory = 'N', EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN"
            + " pg_catalog.pg_am m ON m.oid = o.opcmethod WHERE m.amname = 'btree' AND o.opcdefault AND (o.opcintype ="
            + " t.oid OR (t.typbasetype <> 0 AND o.opcintype = t.typbasetype) OR t.typtype IN ('e', 'r') OR t.typname ="
            + " 'varchar')) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE a.attrelid ="
            + " pg_catalog.to_regclass(?) AND a.attname = ? AND a.attnum > 0 AND NOT a.attisdropped";

    private final Connection connection;
    private final ConflictRules rules;

    PolicyChecks(Connection connection, ConflictRules rules) {
        this.connection = connection;
        this.rules = rules;
    }

    /**
     * Everything that is wrong, one sentence each; empty if nothing is.
     *
     * @param tables the replicated tables
     * @param images what the source logs of a row before its change, so far as that is known
     */
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
                            + table + ": run ALTER TABLE " + Identifier.quote(table) + " REPLICA IDENTITY FULL there");
                }
                for (String column : rule.covers(table) ? columns : List.<String>of()) {
                    check(name, rule.policy(), table, column, problems);
                }
            }
        }
        if (commitTime && !"on".equals(show())) {
            problems.add("A conflict policy decides by commit time or origin, which the target does not keep: set"
                    + " track_commit_timestamp = on there (ALTER SYSTEM SET track_commit_timestamp = on; and restart), or name"
                    + " a column");
        }
        return problems;
    }

    private void check(String rule, ConflictPolicy policy, TableId table, String column, List<String> problems)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMN)) {
            select.setString(1, Identifier.quote(table));
            select.setString(2, column);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    problems.add(rule + ": table " + table + " of the target has no column '" + column + "'"
                            + near(table, column));
                } else if (policy == ConflictPolicy.DELTA && !row.getBoolean(1)) {
                    problems.add(
                            rule + ": column " + column + " of table " + table + " is no number, which delta needs");
                } else if (!row.getBoolean(2)) {
                    problems.add(rule + ": values of column " + column + " of table " + table + " have no order");
                }
            }
        }
    }

    private String near(TableId table, String column) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT pg_catalog.string_agg(attname, ', ' ORDER BY"
                        + " attnum) FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(?) AND attnum > 0 AND NOT"
                        + " attisdropped")) {
            select.setString(1, Identifier.quote(table));
            try (ResultSet row = select.executeQuery()) {
                String known = row.next() ? row.getString(1) : null;
                return known == null ? ": there is no such table" : "; it has " + known;
            }
        }
    }

    private String show() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW track_commit_timestamp")) {
            return row.next() ? row.getString(1) : "off";
        }
    }
}
