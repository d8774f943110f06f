package io.twinlog.capture.bed;

import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.SnapshotMode;
import io.twinlog.capture.SourceView;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own for one test on a MariaDB or MySQL, with the replication of the same name. */
public final class MariadbBed implements Replicated {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final EmbeddedServer mariadb;
    private final String name;

    private MariadbBed(EmbeddedServer mariadb, String name) {
        this.mariadb = mariadb;
        this.name = name;
    }

    public static MariadbBed create(EmbeddedServer mariadb) {
        String name = "m" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
        mariadb.execute("", "CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
        return new MariadbBed(mariadb, name);
    }

    /** The same database at another server, whatever is there. */
    public MariadbBed at(EmbeddedServer other) {
        return new MariadbBed(other, name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String bootstrap() {
        return Servers.kafka().bootstrapServers();
    }

    public MariadbBed sql(String... statements) {
        mariadb.execute(name, statements);
        return this;
    }

    @Override
    public Connection connect() throws SQLException {
        return mariadb.connect(name);
    }

    /** First column of all rows. */
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> result = new ArrayList<>();
            while (rows.next()) {
                result.add(rows.getString(1));
            }
            return result;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public CaptureConfig config(SnapshotMode snapshot, String... tables) {
        return config(mariadb.jdbcUrl(""), snapshot, tables);
    }

    /** Capturing through a port that leads to whatever server is the source. */
    public CaptureConfig through(int port) {
        return config("jdbc:mariadb://127.0.0.1:" + port + "/", SnapshotMode.NONE);
    }

    private CaptureConfig config(String url, SnapshotMode snapshot, String... tables) {
        return config(url, mariadb.user(), mariadb.password(), snapshot, tables);
    }

    /** Capturing as this user. */
    public CaptureConfig config(String url, String user, String password, SnapshotMode snapshot, String... tables) {
        return new CaptureConfig(
                name,
                Map.of("bootstrap.servers", bootstrap(), "fetch.max.wait.ms", "20"),
                url,
                user,
                password,
                tables.length == 0 ? List.of(name + ".*") : List.of(tables),
                snapshot,
                3,
                2,
                (short) 1);
    }

    /** Waits until everything that is committed now is on the topics. */
    public Xlog awaitAll() {
        return awaitAll(1);
    }

    /** Likewise, in an epoch: places of earlier ones may be in the log of another server. */
    public Xlog awaitAll(long epoch) {
        String end;
        try (SourceView view = SourceView.open(config(SnapshotMode.NONE))) {
            end = view.end();
        }
        return Xlog.await(
                this,
                xlog -> xlog.control(ControlKind.HEARTBEAT).stream()
                                .filter(record -> record.epoch() >= epoch)
                                .anyMatch(record -> SourcePosition.compare(String.valueOf(record.position()), end) >= 0)
                        && xlog.holdsWhatItCounts());
    }
}
