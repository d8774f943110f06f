package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.target.Bindings;
import io.twinlog.applier.target.PolicyChecks;
import io.twinlog.applier.target.RowStatements;
import io.twinlog.applier.target.StatementBuilder;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.applier.target.TargetSession;
import io.twinlog.applier.target.TargetTable;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A MariaDB server as target. Tables are found as {@code database.table}; those of our own are in database {@code twinlog}. */
public final class MariadbDatabase implements TargetDatabase {

    private static final String PROGRESS =
            "UPDATE twinlog.progress SET epoch = ?, seq = ?, position = coalesce(?, position),"
                    + " commit_time = coalesce(?, commit_time), heartbeat_position = coalesce(?, heartbeat_position),"
                    + " heartbeat_time = coalesce(?, heartbeat_time), updated_at = CURRENT_TIMESTAMP(6) WHERE replication = ? AND"
                    + " epoch = ? AND seq = ?";

    private final String user;
    private final String replication;
    private final MariadbSessions sessions;
    private final Bindings<MariadbColumn> bindings;

    public MariadbDatabase(String url, String user, String password, String replication) {
        this.user = user;
        this.replication = replication;
        this.sessions = new MariadbSessions(url, user, password, replication);
        this.bindings = new Bindings<>(() -> connect("catalog"), (connection, shape) -> {
            TargetTable<MariadbColumn> table = MariadbCatalog.load(connection, shape.id());
            return TableBinding.of(shape, table, MariadbTableFit.remedies(ServerFlavor.of(connection), shape, table));
        });
    }

    @Override
    public Connection connect(String purpose) throws SQLException {
        return sessions.connect("twinlog " + replication + " " + purpose);
    }

    @Override
    public TargetSession open() throws SQLException {
        return sessions.open();
    }

    @Override
    public TargetSession openForReplay() throws SQLException {
        return sessions.openForReplay();
    }

    @Override
    public StatementBuilder statements() {
        return new MariadbStatements(bindings::find);
    }

    @Override
    public RowStatements rows(TargetSession session) {
        return new MariadbRows(session, bindings::find);
    }

    @Override
    public boolean advance(TargetSession session, Advance advance) throws SQLException {
        ControlRecord last = advance.last();
        ControlRecord marker = advance.marker();
        PreparedStatement statement = session.prepare(PROGRESS);
        statement.setLong(1, advance.epoch());
        statement.setLong(2, advance.seq());
        statement.setString(3, last == null ? null : last.position());
        statement.setString(4, last == null ? null : Value.timestamp(last.timeMicros()));
        statement.setString(5, marker == null ? null : marker.position());
        statement.setString(6, marker == null ? null : Value.timestamp(marker.timeMicros()));
        statement.setString(7, replication);
        statement.setLong(8, advance.fromEpoch());
        statement.setLong(9, advance.fromSeq());
        if (statement.executeUpdate() != 1) {
            return false;
        }
        session.commit();
        return true;
    }

    // TRUNCATE would commit what the transaction has done so far, without its progress (invariant 5).
    @Override
    public void truncate(TargetSession session, List<String> tables) throws SQLException {
        for (String table : tables) {
            session.run("DELETE FROM " + table);
        }
    }

    @Override
    public List<TableId> existing(Connection connection, List<TableId> tables) throws SQLException {
        List<TableId> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?")) {
            for (TableId table : tables) {
                select.setString(1, table.schema());
                select.setString(2, table.table());
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        found.add(table);
                    }
                }
            }
        }
        return found;
    }

    @Override
    public List<String> remedies(Connection connection, TableShape shape) throws SQLException {
        return MariadbTableFit.remedies(
                ServerFlavor.of(connection), shape, MariadbCatalog.load(connection, shape.id()));
    }

    @Override
    public List<String> policyProblems(
            Connection connection,
            ConflictRules rules,
            Collection<TableId> tables,
            Map<TableId, ReplicaIdentity> images)
            throws SQLException {
        return new PolicyChecks(rules, new MariadbPolicyFacts(connection)).problems(tables, images);
    }

    @Override
    public List<Check> checks() {
        return new MariadbChecks(sessions, user, replication).run();
    }

    @Override
    public @Nullable String blockers(Connection connection, long session) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement(ServerFlavor.of(connection).blocking())) {
            select.setLong(1, session);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add("session " + row.getLong(1) + " (user '" + row.getString(2) + "', client "
                            + row.getString(3) + "), " + ("Sleep".equals(row.getString(4)) ? "idle" : "active")
                            + ", in a transaction since " + row.getString(5));
                }
            }
        }
        return found.isEmpty() ? null : String.join(", ", found);
    }

    @Override
    public void terminate(Connection connection, long session) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("KILL " + session);
        }
    }

    @Override
    public String withoutOrigin() {
        return "The session may not mark its writes (missing privilege BINLOG REPLAY; MySQL: TRANSACTION_GTID_TAG, from 8.3 on,"
                + " with gtid_mode = ON): a capture on the target cannot tell"
                + " these writes from others.";
    }

    @Override
    public boolean dropOrigin(Connection connection) {
        return true;
    }
}
