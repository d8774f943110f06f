package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.target.PolicyChecks;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's catalog tells about columns that conflict policies name. */
record PolicyFacts(Connection connection) implements PolicyChecks.Facts {

    private static final String COLUMN = "SELECT t.typcategory = 'N', EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN"
            + " pg_catalog.pg_am m ON m.oid = o.opcmethod WHERE m.amname = 'btree' AND o.opcdefault AND (o.opcintype ="
            + " t.oid OR (t.typbasetype <> 0 AND o.opcintype = t.typbasetype) OR t.typtype IN ('e', 'r') OR t.typname ="
            + " 'varchar')) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE a.attrelid ="
            + " pg_catalog.to_regclass(?) AND a.attname = ? AND a.attnum > 0 AND NOT a.attisdropped";
    private static final String COLUMNS = "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid ="
            + " pg_catalog.to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

    @Override
    public PolicyChecks.@Nullable Column column(TableId table, String column) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMN)) {
            select.setString(1, Identifier.quote(table));
            select.setString(2, column);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new PolicyChecks.Column(row.getBoolean(1), row.getBoolean(2)) : null;
            }
        }
    }

    @Override
    public List<String> columns(TableId table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMNS)) {
            select.setString(1, Identifier.quote(table));
            try (ResultSet row = select.executeQuery()) {
                List<String> names = new ArrayList<>();
                while (row.next()) {
                    names.add(row.getString(1));
                }
                return names;
            }
        }
    }

    @Override
    public @Nullable String commitTimeUnknown() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW track_commit_timestamp")) {
            boolean kept = row.next() && "on".equals(row.getString(1));
            return kept
                    ? null
                    : "the target does not keep: set track_commit_timestamp = on there (ALTER SYSTEM SET"
                            + " track_commit_timestamp = on; and restart), or name a column";
        }
    }
}
