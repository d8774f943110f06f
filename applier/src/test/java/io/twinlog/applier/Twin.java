package io.twinlog.applier;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.conflict.ConflictTopic;
import io.twinlog.applier.conflict.ResolutionTopic;
import io.twinlog.applier.progress.ProgressView;
import io.twinlog.applier.xlog.KafkaSink;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberStatus;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A target database, an xlog written by a script, and an applier between them. */
public final class Twin implements AutoCloseable, ApplierListener {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final String replication;
    private final String bootstrapServers;
    private final KafkaSink sink;
    private final XlogScript script;
    private final TargetVendor vendor;
    private final String url;
    private final String user;
    private final List<MemberStatus> states = new CopyOnWriteArrayList<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private ExistingRows existingRows = ExistingRows.FAIL_IF_NOT_EMPTY;
    private ConflictRules rules = ConflictRules.HOLD;
    private int batchEvents = 5000;
    private Applier applier;
    private CompletableFuture<Void> running;

    public Twin() {
        this(Servers.kafka().bootstrapServers(), Servers.uniqueName());
    }

    public Twin(TargetVendor vendor) {
        this(Servers.kafka().bootstrapServers(), Servers.uniqueName(), vendor);
    }

    public Twin(String bootstrapServers, String name) {
        this(bootstrapServers, name, TargetVendor.POSTGRESQL);
    }

    private Twin(String bootstrapServers, String name, TargetVendor vendor) {
        this(bootstrapServers, name, vendor, vendor.newDatabase(name), vendor.user());
    }

    public Twin(String bootstrapServers, String name, String url, String user) {
        this(bootstrapServers, name, TargetVendor.POSTGRESQL, url, user);
    }

    public Twin(String bootstrapServers, String name, TargetVendor vendor, String url, String user) {
        this.replication = name;
        this.vendor = vendor;
        this.bootstrapServers = bootstrapServers;
        this.url = url;
        this.user = user;
        this.sink = new KafkaSink(replication, bootstrapServers);
        this.script = new XlogScript(replication, sink);
    }

    public String replication() {
        return replication;
    }

    public String url() {
        return url;
    }

    public XlogScript script() {
        return script;
    }

    public KafkaSink sink() {
        return sink;
    }

    public Twin existingRows(ExistingRows choice) {
        existingRows = choice;
        return this;
    }

    public Twin conflicts(ConflictRules choice) {
        rules = choice;
        return this;
    }

    public Twin batchEvents(int events) {
        batchEvents = events;
        return this;
    }

    public ApplierConfig config() {
        return new ApplierConfig(
                replication,
                Map.of("bootstrap.servers", bootstrapServers),
                url,
                user,
                "",
                batchEvents,
                Duration.ofMillis(5),
                existingRows,
                null,
                rules);
    }

    public Connection connect() throws SQLException {
        return vendor.connect(url, user);
    }

    /** Ends the session in which the applier writes, if it has one. */
    public void endApplierSession() {
        rows(vendor.applierSession(replication)).forEach(this::end);
    }

    /** Ends a session of the target, as an administrator may, unless it has just ended. */
    public void end(String session) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            vendor.end(statement, session);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void sql(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(vendor.translate(sql));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows as text, columns joined by a bar. */
    public List<String> rows(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(vendor.translate(query))) {
            ResultSetMetaData meta = row.getMetaData();
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    values.add(row.getString(i));
                }
                rows.add(values.stream().map(v -> v == null ? "null" : v).collect(Collectors.joining("|")));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public Twin start() {
        applier = new Applier(config(), this);
        running = CompletableFuture.runAsync(applier::run, task -> {
            Thread thread = new Thread(task, "applier-" + replication);
            thread.setDaemon(true);
            thread.start();
        });
        return this;
    }

    public Applier applier() {
        return applier;
    }

    /** Waits until everything that the script has written is applied or parked. */
    public Twin awaitApplied() {
        return awaitApplied(LIMIT);
    }

    public Twin awaitApplied(Duration limit) {
        script.heartbeat();
        sink.flush();
        long epoch = script.epochNumber();
        long seq = script.seq();
        try (ProgressView view = new ProgressView(replication, url, user, "")) {
            Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(10)).until(() -> {
                if (running != null && running.isCompletedExceptionally()) {
                    running.join();
                }
                return view.progress()
                        .map(p -> p.epoch() == epoch && p.seq() >= seq)
                        .orElse(false);
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(
                    "The applier is behind: " + (applier == null ? "" : applier.status()) + " " + states + " "
                            + messages,
                    e);
        }
        return this;
    }

    /** Waits for the end of the applier and returns its failure. */
    public TwinlogException awaitFailure() {
        sink.flush();
        try {
            running.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("The applier ended without a failure");
        } catch (ExecutionException e) {
            return (TwinlogException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("The applier goes on: " + applier.status(), e);
        }
    }

    public Twin stop() {
        if (applier != null) {
            applier.stop();
            try {
                running.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                // The test asked for it.
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError("The applier does not stop", e);
            }
            applier = null;
        }
        return this;
    }

    /** Removes what the applier knows in the target. */
    public void applierDrop() {
        new Applier(config(), this).drop();
    }

    public List<ConflictRecord> conflicts() {
        return new ConflictTopic(replication, Map.of("bootstrap.servers", bootstrapServers)).list();
    }

    /** Conflicts as {@code id kind outcome behind}, in the order of events. */
    public List<String> outcomes() {
        return conflicts().stream()
                .sorted(java.util.Comparator.comparing(c -> EventId.parse(c.id())))
                .map(c -> c.id() + " " + c.kind().label() + " " + c.outcome().label()
                        + (c.heldBehind() == null ? "" : " " + c.heldBehind()))
                .toList();
    }

    /** States of the conflicts by id. */
    public Map<String, String> resolutions() {
        Map<String, String> states = new java.util.TreeMap<>();
        new ResolutionTopic(replication, Map.of("bootstrap.servers", bootstrapServers))
                .read()
                .forEach((id, resolution) -> states.put(id, resolution.state().label()));
        return states;
    }

    /** Conflicts as {@code id kind}. */
    public List<String> conflictKinds() {
        return conflicts().stream().map(c -> c.id() + " " + c.kind().label()).toList();
    }

    public List<String> messages() {
        return messages;
    }

    public List<MemberStatus> states() {
        return states;
    }

    @Override
    public void state(MemberStatus status) {
        states.add(status);
    }

    @Override
    public void message(String line) {
        messages.add(line);
    }

    @Override
    public void close() {
        try {
            stop();
            applierDrop();
        } finally {
            sink.close();
        }
    }
}
