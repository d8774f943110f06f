package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.ServerMessage;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.precondition.Lease;
import io.twinlog.capture.postgres.precondition.SourcePreconditions;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.database.TlsRefusal;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: its WAL through pgoutput, with a publication and a slot of ours. Immutable. */
record PostgresSource(CaptureConfig config, SourceNames names, SourceAddress location) implements Source {

    PostgresSource(CaptureConfig config) {
        this(config, new SourceNames(config.replication()));
    }

    private PostgresSource(CaptureConfig config, SourceNames names) {
        this(
                config,
                names,
                new SourceAddress(
                        config.sourceUrl(), config.sourceUser(), config.sourcePassword(), names.application()));
    }

    @Override
    public String address() {
        return location.toString();
    }

    @Override
    public Examined examine() throws SQLException {
        try (Connection connection = location.open()) {
            SourcePreconditions examined = SourcePreconditions.examine(
                    connection, names, new TablePatterns(config.tables()), config.snapshot() != SnapshotMode.NONE);
            return new Examined(
                    examined.server(),
                    examined.tables(),
                    examined.usable().stream().map(CatalogTable::id).toList());
        }
    }

    @Override
    public String remedy(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (state.startsWith("28")) {
            return "Correct source.user and source.password, or pg_hba.conf";
        }
        if (state.equals("3D000")) {
            return "Create the database, or correct source.url";
        }
        return TlsRefusal.isIn(failure) ? TlsRefusal.remedy("source.url") : "Start the server, or correct source.url";
    }

    @Override
    public boolean hasTraces() throws SQLException {
        try (Connection connection = location.open()) {
            return SlotFacts.find(connection, names.slot()) != null;
        }
    }

    @Override
    public Session connect(XlogSide xlog, StatusBoard board, BooleanSupplier stopped)
            throws SQLException, InterruptedException {
        ReplicationConnection connection = ReplicationConnection.open(location, "twinlog-capture");
        try (LeaseWatch watch =
                new LeaseWatch(xlog, stopped, board::message, reason -> board.transition(MemberState.PAUSED, reason))) {
            Lease.acquire(connection.sql(), names, watch);
            return new PostgresSession(this, connection, xlog, board, stopped);
        } catch (SQLException | InterruptedException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void remove(StatusBoard board) throws SQLException {
        new PostgresRemoval(names, location, board::message).run();
    }

    @Override
    public void acceptLoss(XlogSide xlog, StatusBoard board, String reason, String actor)
            throws SQLException, InterruptedException {
        new PostgresLossAcceptance(this, xlog, board::message).run(reason, actor);
    }

    @Override
    public TwinlogException classify(SQLException failure, @Nullable String streamedFrom) {
        return sqlFailure(failure, streamedFrom);
    }

    static TwinlogException sqlFailure(SQLException failure, @Nullable String streamedFrom) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        SQLException shown = ServerMessage.withoutValues(failure);
        String message = shown.getMessage() + " (SQLSTATE " + state + ")";
        Category category = switch (state) {
            case "42501", "3D000" -> Category.CONFIG;
            // Slot invalidated, slot or publication gone, log segment removed: meant so only by a walsender.
            case "55000", "42704", "58P01" -> streamedFrom == null ? Category.OUTAGE : Category.GAP;
            // A table changed while it was read; the next attempt sees it as it is then.
            case "42P01", "42703", "3F000" -> Category.OUTAGE;
            default ->
                state.startsWith("28") ? Category.CONFIG : state.startsWith("42") ? Category.BUG : Category.OUTAGE;
        };
        return new TwinlogException(category, Failures.sentence(category, message, streamedFrom), shown);
    }
}
