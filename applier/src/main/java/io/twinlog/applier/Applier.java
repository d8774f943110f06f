package io.twinlog.applier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.twinlog.applier.conflict.ConflictPublisher;
import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.kafka.OwnTopics;
import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.KafkaRecords;
import io.twinlog.applier.merge.XlogConsumer;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.applier.metrics.ApplierMetrics;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.ProgressView;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.applier.target.Target;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryAddress;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.registry.SchemaLookup;
import io.twinlog.schemas.registry.SchemaTopicReader;
import io.twinlog.schemas.registry.Schemas;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableSchemas;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Applies the xlog of one replication to one target.
 *
 * <p>{@link #run} works until {@link #stop} or a failure that needs an operator; outages of Kafka and of the target are waited
 * for. Every life of the target connection is a session of its own that starts from the progress in the target, so whatever
 * dies, the next session continues exactly behind the last commit (invariants 5 and 7). {@link #stop} and {@link #status} may
 * be called by any thread.
 */
public final class Applier implements AutoCloseable {

    private static final long MERGE_BUDGET = 64L << 20;
    private static final long BATCH_BYTES = 16L << 20;
    private static final Duration WAIT_FOR_LOCK = Duration.ofSeconds(4);
    private static final Duration WAIT_FOR_CAPTURE = Duration.ofMillis(300);

    private final ApplierConfig config;
    private final Inlet inlet;
    private final TopicNames topics;
    private final KafkaClients clients;
    private final Clock clock = Clock.systemUTC();
    private final StatusReporter reporter;
    private final TargetEntry entry;
    private final @Nullable RegistryClient registry;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Backoff outages = new Backoff(RandomGenerator.getDefault());
    private long lookedAnewAt = -1;
    private boolean toldOrigin;

    /** One that nobody measures. */
    public Applier(ApplierConfig config, ApplierListener listener) {
        this(config, listener, new CompositeMeterRegistry());
    }

    /** @param metrics gets what is counted and measured */
    public Applier(ApplierConfig config, ApplierListener listener, MeterRegistry metrics) {
        this(config, listener, metrics, Applier::ofKafka);
    }

    /**
     * @param metrics gets what is counted and measured
     * @param inlet brings the events, in place of a consumer of our own
     */
    public Applier(ApplierConfig config, ApplierListener listener, MeterRegistry metrics, Inlet inlet) {
        this.config = config;
        this.inlet = inlet;
        this.topics = new TopicNames(config.replication());
        this.clients = new KafkaClients(config.replication(), config.kafka());
        RegistryAddress address = config.registry();
        this.registry = address == null ? null : new RegistryClient(address);
        this.reporter = new StatusReporter(
                listener, new ApplierMetrics(metrics, config.replication(), clock), clock, topics.status());
        this.entry = new TargetEntry(
                config, inlet.progressName(config.replication()), clients, topics.status(), reporter, stop);
    }

    /**
     * Applies until {@link #stop} is called.
     *
     * @throws TwinlogException of category GAP, CONFIG, SCHEMA, HALT or BUG
     */
    public void run() {
        reporter.enter(MemberState.STARTUP, null);
        try (Producer<byte[], byte[]> producer = clients.producer("applier")) {
            try {
                while (!isStopping()) {
                    live(producer);
                }
                reporter.enter(MemberState.REMOVED, "Stopped");
            } catch (TwinlogException e) {
                reporter.enter(e.category() == Category.GAP ? MemberState.STALE : MemberState.REMOVED, e.getMessage());
                throw e;
            } finally {
                reporter.close();
            }
        } catch (org.apache.kafka.common.KafkaException e) {
            throw Failures.classify(e);
        }
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    // One session; an outage ends it with a pause.
    private void live(Producer<byte[], byte[]> producer) {
        try {
            session(producer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        } catch (SQLException | RuntimeException e) {
            TwinlogException failure = Failures.classify(e);
            if (e instanceof SQLException && failure.category() == Category.SCHEMA && looksAnew()) {
                return;
            }
            if (failure.category() != Category.OUTAGE && failure.category() != Category.TRANSIENT) {
                throw failure;
            }
            if (!isStopping()) {
                pause(failure);
            }
        }
    }

    // A table that changed while a session knew it: the next one finds out what is there now, and says what is
    // lacking or parks what has no place. Once at each position, lest it goes round for ever.
    private boolean looksAnew() {
        long seq = reporter.seq();
        if (seq == lookedAnewAt) {
            return false;
        }
        lookedAnewAt = seq;
        reporter.message("A table of the target has changed; looks at the tables again.");
        return true;
    }

    private void pause(TwinlogException failure) {
        if (outages.attempts() == 0) {
            reporter.message(failure.getMessage() + ". Paused; tries again until it works.");
        }
        reporter.outage();
        reporter.enter(MemberState.PAUSED, failure.getMessage());
        await(outages.next());
    }

    private void await(Duration wait) {
        try {
            boolean unused = stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }

    private void session(Producer<byte[], byte[]> producer) throws SQLException, InterruptedException {
        TargetDatabase database = Targets.of(config, inlet.progressName(config.replication()));
        try (Target target = entry.open(database, clock);
                Admin admin = clients.admin()) {
            if (target == null) {
                return;
            }
            ProgressStore store = target.store();
            store.create();
            StoredProgress progress = Objects.requireNonNull(store.read(), "the progress row that was just created");
            Map<TopicPartition, StoredOffset> offsets = store.readOffsets();
            target.at(progress.epoch(), progress.seq());
            tellOrigin(target, database);
            reporter.startAt(progress.epoch(), progress.seq(), progress.position(), progress.commitTime());
            target.requirePolicies(OwnTopics.tables(admin, topics), images(admin));
            OwnTopics.createStatus(admin, topics.status());
            OwnTopics.createConflicts(admin, topics.conflicts());
            OwnTopics.createResolutions(admin, topics.resolutions());
            reporter.publishTo(producer);
            ConflictPublisher conflicts = new ConflictPublisher(producer, topics, registry);
            try (SchemaTopicReader schemas = new SchemaTopicReader(clients.consumer(), topics.schemas());
                    XlogReader reader =
                            inlet.open(clients, admin, topics, new Schemas(schemas, registry), mergeBudget())) {
                while (!reader.open(progress, offsets)) {
                    reporter.enter(
                            MemberState.STARTUP, "Waits for capture: there is no topic " + topics.transactions());
                    await(WAIT_FOR_CAPTURE);
                    if (isStopping()) {
                        return;
                    }
                }
                try (LockWatch locks = new LockWatch(database, target, reporter)) {
                    new ApplierSession(
                                    target,
                                    conflicts,
                                    topics.conflicts(),
                                    config,
                                    reporter,
                                    new Backoff(RandomGenerator.getDefault()),
                                    locks,
                                    this::isStopping,
                                    outages.attempts() == 0,
                                    outages::reset)
                            .run(reader, config.batchEvents(), batchBytes(), config.batchLinger());
                }
            }
        }
    }

    // The most that any version of a table has: which one is the present one is known only where the log is read.
    private Map<TableId, ReplicaIdentity> images(Admin admin) {
        Map<TableId, ReplicaIdentity> images = new HashMap<>();
        if (OwnTopics.exists(admin, topics.schemas())) {
            try (SchemaTopicReader schemas = new SchemaTopicReader(clients.consumer(), topics.schemas())) {
                schemas.all().stream()
                        .filter(TableSchemas::isEnvelope)
                        .map(TableSchemas::shapeOf)
                        .forEach(shape ->
                                images.merge(shape.id(), shape.identity(), (a, b) -> a.compareTo(b) <= 0 ? a : b));
            }
        }
        return images;
    }

    private static XlogReader ofKafka(
            KafkaClients clients, Admin admin, TopicNames topics, SchemaLookup schemas, long budgetBytes) {
        return new XlogConsumer(
                new KafkaRecords(clients::xlogConsumer), admin, topics, new EventDecoder(schemas), budgetBytes);
    }

    private void tellOrigin(Target target, TargetDatabase database) {
        if (!target.hasOrigin() && !toldOrigin) {
            toldOrigin = true;
            reporter.message(database.withoutOrigin());
        }
    }

    private static long mergeBudget() {
        return Math.min(MERGE_BUDGET, Runtime.getRuntime().maxMemory() / 8);
    }

    private static long batchBytes() {
        return Math.min(BATCH_BYTES, Runtime.getRuntime().maxMemory() / 32);
    }

    /** Lets {@link #run} finish the present batch, commit and return. */
    public void stop() {
        stop.countDown();
    }

    public MemberStatus status() {
        return reporter.status();
    }

    /** Looks at every precondition; creates nothing. */
    public List<Check> check() {
        return new ApplierChecks(config, clients).run();
    }

    /** Whether the target has our progress or Kafka our conflict topic. A server that does not answer counts as not having it. */
    public boolean isEstablished() {
        try (ProgressView target = new ProgressView(
                config.replication(), config.targetUrl(), config.targetUser(), config.targetPassword())) {
            if (target.progress().isPresent()) {
                return true;
            }
        } catch (SQLException e) {
            reporter.message("The target does not answer: " + e.getMessage());
        }
        try (Admin admin = clients.admin()) {
            return OwnTopics.exists(admin, topics.conflicts());
        } catch (KafkaException e) {
            reporter.message("Kafka does not answer: " + e.getMessage());
            return false;
        }
    }

    /**
     * Removes this replication's rows from schema {@code twinlog} of the target, the schema when it is empty then, and the
     * replication origin.
     */
    public void drop() {
        TargetDatabase database = Targets.of(config, config.replication());
        try (Connection connection = database.connect("drop")) {
            connection.setAutoCommit(false);
            new ProgressStore(connection, config.replication()).drop();
            connection.commit();
            connection.setAutoCommit(true);
            dropOrigin(database, connection);
        } catch (SQLException e) {
            throw Failures.classify(e);
        }
    }

    // The server needs a moment to notice that the applier's session has ended.
    private void dropOrigin(TargetDatabase database, Connection connection) throws SQLException {
        Instant limit = clock.instant().plus(WAIT_FOR_LOCK);
        while (!database.dropOrigin(connection)) {
            if (clock.instant().isAfter(limit)) {
                throw new TwinlogException(
                        Category.CONFIG,
                        "Replication origin twinlog_" + config.replication()
                                + " of the target is in use: an applier still runs. Stop it first.");
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Gives up what can no longer be read: progress jumps to the newest transaction that the control log calls stored.
     *
     * @param reason why, for the audit
     * @param actor who, for the audit
     */
    public void acceptLoss(String reason, String actor) {
        new LossAcceptance(config, topics, clients).accept(reason, actor);
    }

    @Override
    public void close() {
        stop();
    }
}
