package io.twinlog.capture;

import io.twinlog.capture.mariadb.catalog.BinlogAccess;
import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.MariadbAddress;
import io.twinlog.capture.mariadb.precondition.MariadbLease;
import io.twinlog.capture.mariadb.precondition.MariadbPreconditions;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Topics;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.database.LoginRefusal;
import io.twinlog.schemas.database.ServerWords;
import io.twinlog.schemas.database.TlsRefusal;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** MariaDB: its binlog. Nothing of ours is kept there. Immutable. */
record MariadbSource(CaptureConfig config, MariadbAddress location) implements Source {

    private static final int BINLOG_ERROR = 1236;
    private static final int UNENCRYPTED = 3159;

    private static final long FIRST_SERVER_ID = 1_000_000_000;
    private static final long SERVER_IDS = 3_000_000_000L;

    MariadbSource(CaptureConfig config) {
        this(config, new MariadbAddress(config.sourceUrl(), config.sourceUser(), config.sourcePassword()));
    }

    static boolean understands(String url) {
        return MariadbAddress.understands(url);
    }

    /** As whom we read the binlog: always the same for a replication, and hardly the number of a server of people. */
    long serverId() {
        CRC32 crc = new CRC32();
        crc.update(config.replication().getBytes(StandardCharsets.UTF_8));
        return FIRST_SERVER_ID + crc.getValue() % SERVER_IDS;
    }

    /** How the binlog is read by whoever holds the lease. */
    BinlogAccess access() throws SQLException {
        return new BinlogAccess(location.endpoint(), serverId());
    }

    @Override
    public String address() {
        return location.toString();
    }

    @Override
    public Examined examine() throws SQLException {
        try (Connection connection = location.open()) {
            MariadbPreconditions examined = MariadbPreconditions.examine(
                    connection, new TablePatterns(config.tables()), config.snapshot() != SnapshotMode.NONE, serverId());
            return new Examined(examined.server(), examined.tables(), examined.usable());
        }
    }

    @Override
    public String remedy(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (failure.getErrorCode() == UNENCRYPTED) {
            return "Add ?sslMode=verify-full&serverSslCert=FILE to source.url";
        }
        if (TlsRefusal.isIn(failure)) {
            return TlsRefusal.remedy("source.url");
        }
        if (LoginRefusal.plugin(failure) != null) {
            return LoginRefusal.remedy("source.user");
        }
        return state.startsWith("28")
                ? "Correct source.user and source.password, or the account at the server; one that requires a certificate wants keyStore in"
                        + " source.url"
                : "Start the server, or correct source.url";
    }

    /** What stands at the source is not ours. */
    @Override
    public boolean hasTraces() {
        return false;
    }

    @Override
    public Session connect(XlogSide xlog, StatusBoard board, BooleanSupplier stopped)
            throws SQLException, InterruptedException {
        MariadbLease lease = lease(board, stopped);
        return new MariadbSession(this, lease, xlog, board, stopped);
    }

    private MariadbLease lease(StatusBoard board, BooleanSupplier stopped) throws SQLException, InterruptedException {
        Connection connection = location.open();
        try {
            return MariadbLease.acquire(connection, config.replication(), stopped, board::message);
        } catch (SQLException | InterruptedException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** There is nothing to remove. */
    @Override
    public void remove(StatusBoard board) {}

    @Override
    public void acceptLoss(XlogSide xlog, StatusBoard board, String reason, String actor)
            throws SQLException, IOException, InterruptedException {
        new Preconditions(xlog, this).examine().require(false);
        try (Topics topics = xlog.topics();
                MariadbLease ignored = lease(board, () -> false);
                Connection connection = location.open()) {
            Checkpoint checkpoint = xlog.establishedCheckpoint(topics);
            long stored = xlog.storedPrefix(checkpoint);
            String from = String.valueOf(checkpoint.resumePosition());
            BinlogFiles files = new BinlogFiles(connection);
            String to = files.end();
            long epoch = checkpoint.epoch() + 1;
            xlog.store(
                    ControlRecord.of(
                            ControlKind.GAP,
                            checkpoint.epoch(),
                            stored,
                            to,
                            xlog.nowMicros(),
                            Map.of(Detail.FROM, from, Detail.TO, to, Detail.REASON, reason, Detail.ACTOR, actor)),
                    xlog.epochRecord(
                            epoch,
                            stored + 1,
                            to,
                            XlogSide.ACCEPTED_LOSS,
                            MariadbSession.facts(this, files, to),
                            SnapshotMode.NONE));
            board.message("Accepted: changes between " + from + " and " + to
                    + " are lost (reason and actor stand on the control log). Epoch " + epoch + " begins at " + to
                    + ".");
        }
    }

    @Override
    public TwinlogException classify(SQLException failure, @Nullable String streamedFrom) {
        return sqlFailure(failure, streamedFrom);
    }

    static TwinlogException sqlFailure(SQLException failure, @Nullable String streamedFrom) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        // Values that do not fit, of rows that are read or are in a key: the server quotes them.
        boolean quotes =
                state.startsWith("22") || state.startsWith("23") || ServerWords.isOfValue(failure.getErrorCode());
        String text = quotes ? ServerWords.WITHHELD : String.valueOf(failure.getMessage());
        String message = text + " (error " + failure.getErrorCode() + ", SQLSTATE " + state + ")";
        SQLException shown = new SQLException(text, failure.getSQLState(), failure.getErrorCode());
        shown.setStackTrace(failure.getStackTrace());
        if (LoginRefusal.plugin(failure) != null) {
            return new TwinlogException(
                    Category.CONFIG,
                    Failures.sentence(Category.CONFIG, message, streamedFrom) + ". "
                            + LoginRefusal.remedy("source.user") + ".",
                    shown);
        }
        Category category = failure.getErrorCode() == BINLOG_ERROR
                ? binlogFailure(text.toLowerCase(Locale.ROOT))
                : switch (failure.getErrorCode()) {
                    // Access denied, in its forms; the last one to what is not encrypted.
                    case 1044, 1045, 1142, 1143, 1227, 1698, UNENCRYPTED -> Category.CONFIG;
                    // A table changed or went while it was read; the next attempt sees it as it is then.
                    case 1054, 1146, 1412 -> Category.OUTAGE;
                    default ->
                        state.startsWith("28")
                                ? Category.CONFIG
                                : state.equals("42000") ? Category.BUG : Category.OUTAGE;
                };
        return new TwinlogException(category, Failures.sentence(category, message, streamedFrom), shown);
    }

    /** What a server means that does not go on sending its binlog; all with one number. */
    private static Category binlogFailure(String text) {
        if (text.contains("same server_uuid")
                || text.contains("same server_id")
                || text.contains("max_allowed_packet")) {
            return Category.CONFIG;
        }
        return text.contains("could not find") || text.contains("impossible position") || text.contains("purged")
                ? Category.GAP
                : Category.OUTAGE;
    }
}
