package io.twinlog.applier.target.postgres;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.dialect.Identifier;
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
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL database as target. */
public final class PostgresDatabase implements TargetDatabase {

    // The division makes the server itself refuse the COMMIT behind it when the row is not what we left: fencing
    // without a round trip of its own.
    private static final String PROGRESS = "WITH moved AS (UPDATE twinlog.progress SET epoch = ?, seq = ?,"
            + " position = coalesce(?, position), commit_time = coalesce(timestamptz 'epoch' + ?::bigint * interval"
            + " '1 microsecond', commit_time), heartbeat_position = coalesce(?, heartbeat_position), heartbeat_time ="
            + " coalesce(timestamptz 'epoch' + ?::bigint * interval '1 microsecond', heartbeat_time), updated_at ="
            + " pg_catalog.clock_timestamp() WHERE replication = ? AND epoch = ? AND seq = ? RETURNING 1)"
            + " SELECT 1 / pg_catalog.count(*) FROM moved; COMMIT";
    private static final String DIVISION_BY_ZERO = "22012";

    private static final String NOT_SUPPORTED = "0A000";

    private final String url;
    private final String user;
    private final String password;
    private final String replication;
    private final PostgresSessions sessions;
    private final Bindings<PostgresColumn> bindings;

    public PostgresDatabase(String url, String user, String password, String replication) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.replication = replication;
        this.sessions = new PostgresSessions(url, user, password, replication);
        this.bindings = new Bindings<>(() -> connect("catalog"), (connection, shape) -> {
            TargetTable<PostgresColumn> table = Catalog.load(connection, shape.id());
            return TableBinding.of(shape, table, TableFit.remedies(shape, table));
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
        return new PostgresStatements(bindings::find);
    }

    @Override
    public RowStatements rows(TargetSession session) {
        return new TextStatements(session, bindings::find);
    }

    @Override
    public boolean advance(TargetSession session, Advance advance) throws SQLException {
        ControlRecord last = advance.last();
        ControlRecord marker = advance.marker();
        PreparedStatement statement = session.prepare(PROGRESS);
        statement.setLong(1, advance.epoch());
        statement.setLong(2, advance.seq());
        statement.setString(3, last == null ? null : last.position());
        setTime(statement, 4, last);
        statement.setString(5, marker == null ? null : marker.position());
        setTime(statement, 6, marker);
        statement.setString(7, replication);
        statement.setLong(8, advance.fromEpoch());
        statement.setLong(9, advance.fromSeq());
        try {
            statement.execute();
        } catch (SQLException e) {
            if (DIVISION_BY_ZERO.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
        session.committed();
        return true;
    }

    private static void setTime(PreparedStatement statement, int index, @Nullable ControlRecord record)
            throws SQLException {
        if (record == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, record.timeMicros());
        }
    }

    @Override
    public void truncate(TargetSession session, List<String> tables) throws SQLException {
        TargetSession.Mark mark = session.mark();
        boolean referenced = false;
        try {
            // One statement for all, so that foreign keys between them do not matter.
            session.run("TRUNCATE " + String.join(", ", tables));
        } catch (SQLException e) {
            if (!NOT_SUPPORTED.equals(e.getSQLState())) {
                throw e;
            }
            referenced = true;
        }
        if (referenced) {
            // A table that only the target has refers to one of them: deleting works where truncating is refused.
            session.rollbackTo(mark);
            for (String table : tables) {
                session.run("DELETE FROM " + table);
            }
        }
        session.release(mark);
    }

    @Override
    public List<TableId> existing(Connection connection, List<TableId> tables) throws SQLException {
        List<TableId> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT pg_catalog.to_regclass(?) IS NOT NULL")) {
            for (TableId table : tables) {
                select.setString(1, Identifier.quote(table));
                try (ResultSet row = select.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) {
                        found.add(table);
                    }
                }
            }
        }
        return found;
    }

    @Override
    public List<String> remedies(Connection connection, TableShape shape) throws SQLException {
        return TableFit.remedies(shape, Catalog.load(connection, shape.id()));
    }

    @Override
    public List<String> policyProblems(
            Connection connection,
            ConflictRules rules,
            Collection<TableId> tables,
            Map<TableId, ReplicaIdentity> images)
            throws SQLException {
        return new PolicyChecks(rules, new PolicyFacts(connection)).problems(tables, images);
    }

    @Override
    public List<Check> checks() {
        return new TargetChecks(url, user, password, replication).run();
    }

    @Override
    public @Nullable String blockers(Connection connection, long session) throws SQLException {
        return new BlockingSessions(connection).of(Math.toIntExact(session));
    }

    @Override
    public void terminate(Connection connection, long session) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_catalog.pg_terminate_backend(" + session + ")");
        }
    }

    @Override
    public String withoutOrigin() {
        return "The session carries no replication origin (missing privilege, or no free place below"
                + " max_active_replication_origins): a capture on the target cannot tell these writes from others.";
    }

    @Override
    public boolean dropOrigin(Connection connection) throws SQLException {
        return sessions.dropOrigin(connection);
    }
}
