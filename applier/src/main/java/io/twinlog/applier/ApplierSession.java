package io.twinlog.applier;

import io.twinlog.applier.batch.Batch;
import io.twinlog.applier.batch.BatchBuilder;
import io.twinlog.applier.batch.Work;
import io.twinlog.applier.batch.WorkQueue;
import io.twinlog.applier.conflict.ConflictPublisher;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.applier.metrics.Tally;
import io.twinlog.applier.target.BatchPlan;
import io.twinlog.applier.target.Target;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionState;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.NameEscape;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One life of the connection to the target: takes work from the queue and executes it, until asked to stop or until
 * something fails that the present connection cannot heal. Runs on the thread that called {@link Applier#run()}.
 */
final class ApplierSession {

    private static final int MOST_TOLD = 20;
    private static final Duration WAIT = Duration.ofMillis(50);
    /** Longer than it takes to fetch what waits, and than capture's heartbeats are apart. */
    private static final long NOTHING_TO_PROVE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final Pattern JSON_STRING = Pattern.compile("\"([^\"]*)\"");

    private final Target target;
    private final ConflictPublisher conflictTopic;
    private final String conflictTopicName;
    private final String replication;
    private final ExistingRows existingRows;
    private final StatusReporter reporter;
    private final Backoff backoff;
    private final LockWatch locks;
    private final BooleanSupplier stopping;
    private final Runnable healed;
    private final List<ConflictRecord> parkedInTransaction = new ArrayList<>();
    private long supersededInTransaction;
    private volatile boolean works;
    private boolean open;
    private final Tally inside = new Tally();

    /**
     * @param works false behind an outage: it may not be over, as when a full disk lets us connect but not write
     * @param healed called when an outage is over
     */
    ApplierSession(
            Target target,
            ConflictPublisher conflictTopic,
            String conflictTopicName,
            ApplierConfig config,
            StatusReporter reporter,
            Backoff backoff,
            LockWatch locks,
            BooleanSupplier stopping,
            boolean works,
            Runnable healed) {
        this.target = target;
        this.conflictTopic = conflictTopic;
        this.conflictTopicName = conflictTopicName;
        this.replication = config.replication();
        this.existingRows = config.existingRows();
        this.reporter = reporter;
        this.backoff = backoff;
        this.locks = locks;
        this.stopping = stopping;
        this.works = works;
        this.healed = healed;
    }

    /** Executes work until asked to stop. */
    void run(XlogReader xlog, int batchEvents, long batchBytes, Duration linger)
            throws SQLException, InterruptedException {
        ExecutorService planning = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "twinlog-applier-planner");
            thread.setDaemon(true);
            return thread;
        });
        WorkQueue<BatchPlan> queue =
                new WorkQueue<>(batch -> target.plan(batch.events()), planning, batchEvents, batchBytes, linger);
        BatchBuilder<BatchPlan> builder = new BatchBuilder<>(queue, batchEvents, batchBytes, xlog::withTopicIds);
        ReaderThread reader =
                new ReaderThread(xlog, builder, queue, reporter::backlog, this::kafkaSilent, reporter::waiting);
        reader.start();
        try {
            if (works) {
                reporter.working();
            }
            long begun = System.nanoTime();
            while (!stopping.getAsBoolean()) {
                Work<BatchPlan> work = queue.take(WAIT);
                if (work != null) {
                    execute(work);
                } else if (!works && System.nanoTime() - begun > NOTHING_TO_PROVE_NANOS) {
                    proveWorking();
                }
            }
            if (open) {
                target.rollback();
            }
        } finally {
            reader.end();
            planning.shutdownNow();
        }
    }

    private void kafkaSilent(boolean silent) {
        if (silent) {
            reporter.enter(MemberState.PAUSED, "Kafka does not answer");
        } else if (works) {
            reporter.working();
        }
    }

    private void proveWorking() {
        if (!works) {
            works = true;
            healed.run();
            reporter.working();
        }
    }

    private void execute(Work<BatchPlan> work) throws SQLException, InterruptedException {
        switch (work.kind()) {
            case APPLY -> apply((Work.Apply<BatchPlan>) work);
            case ROLLBACK -> {
                target.rollback();
                forgetTransaction();
            }
            case CONTROL -> control((Work.Control<BatchPlan>) work);
            case FAIL -> throw ((Work.Fail<BatchPlan>) work).failure();
        }
    }

    private void apply(Work.Apply<BatchPlan> work) throws SQLException, InterruptedException {
        Batch batch = work.batch();
        while (true) {
            locks.begin();
            try {
                applyOnce(batch, work.plan());
                locks.applied();
                reporter.retrying(null);
                if (backoff.attempts() > 0) {
                    backoff.reset();
                    reporter.working();
                }
                return;
            } catch (SQLException e) {
                locks.failed();
                TwinlogException failure = Failures.classify(e);
                // What an earlier batch of this source transaction has executed is lost with the rollback: only the
                // topics have it still.
                if (failure.category() != Category.TRANSIENT || batch.continues() || stopping.getAsBoolean()) {
                    throw e;
                }
                target.rollback();
                forgetTransaction();
                Duration wait = backoff.next();
                String why = failure.getMessage() + ", attempt " + backoff.attempts();
                reporter.retrying(why);
                if (backoff.attempts() > 3) {
                    reporter.enter(MemberState.PAUSED, why);
                }
                Thread.sleep(wait.toMillis());
            }
        }
    }

    private void applyOnce(Batch batch, BatchPlan plan) throws SQLException {
        if (!batch.events().isEmpty()) {
            open = true;
            Target.Applied applied = target.execute(plan, batch::begin);
            List<ConflictRecord> conflicts = applied.conflicts();
            inside.addEvents(batch.events());
            if (!conflicts.isEmpty() || !applied.resolutions().isEmpty()) {
                // Invariant 8: published and acknowledged before the target commits.
                conflictTopic.publish(conflicts, applied.resolutions());
                if (applied.stop() != null) {
                    throw applied.stop();
                }
                supersededInTransaction += applied.resolutions().stream()
                        .map(Resolution::state)
                        .filter(ResolutionState.SUPERSEDED::equals)
                        .count();
                // Counting and telling needs no images; a large transaction may park many.
                parkedInTransaction.addAll(
                        conflicts.stream().map(ConflictRecord::withoutRows).toList());
            }
        }
        if (!batch.complete()) {
            return;
        }
        inside.addTransactions(batch.begins());
        target.commit(batch.last(), batch.marker(), batch.offsets());
        proveWorking();
        reporter.applied(batch.last(), inside);
        tellParked();
        tellSuperseded();
        forgetTransaction();
    }

    private void forgetTransaction() {
        open = false;
        inside.clear();
        parkedInTransaction.clear();
        supersededInTransaction = 0;
    }

    private void tellSuperseded() {
        if (supersededInTransaction > 0) {
            reporter.message("A TRUNCATE came after " + supersededInTransaction
                    + " events that waited for a decision: they are superseded, their keys are free.");
        }
    }

    private void tellParked() {
        if (parkedInTransaction.isEmpty()) {
            return;
        }
        reporter.parked(parkedInTransaction);
        int told = 0;
        int waiting = 0;
        for (ConflictRecord record : parkedInTransaction) {
            if (record.kind() == ConflictKind.BEHIND) {
                waiting++;
            } else if (++told <= MOST_TOLD) {
                reporter.message(sentence(record) + ": table " + record.schema() + "." + record.table() + ", at "
                        + record.position() + " (" + record.id() + "). " + outcome(record)
                        + "; see `twinlog conflicts show " + record.id() + "`.");
            }
        }
        if (told > MOST_TOLD) {
            reporter.message((told - MOST_TOLD) + " more conflicts are on topic " + conflictTopicName
                    + "; see `twinlog conflicts list`.");
        }
        if (waiting > 0) {
            reporter.message(waiting + " events wait behind conflicts of their keys, or in paused tables.");
        }
    }

    private String outcome(ConflictRecord record) {
        return switch (record.outcome()) {
            case HELD -> "Parked on topic " + conflictTopicName + ", key held";
            case KEPT -> "The target row stays (" + record.policy().label() + ")";
            case APPLIED ->
                "The event was applied all the same (" + record.policy().label() + ")";
            case STOPPED -> "The replication stops";
            case MERGED -> "Both were joined (" + record.policy().label() + ")";
        };
    }

    private static String sentence(ConflictRecord record) {
        return switch (record.kind()) {
            case INSERT_EXISTS -> "Insert meets a row";
            case UPDATE_MISSING -> "Update matches no row";
            case UPDATE_DIFFERS -> "Update meets a row that differs";
            case DELETE_MISSING -> "Delete matches no row";
            case DELETE_DIFFERS -> "Delete meets a row that differs";
            case UNIQUE_EXISTS -> "Another row holds a unique value";
            case CONSTRAINT -> "The target refuses a row";
            case CONVERSION -> "The target refuses a value";
            case TARGET_MISSING -> "The target has no such table or column";
            case UNDECODABLE -> "An event does not follow its schema";
            case BEHIND -> "An event waits behind another one of its key";
        };
    }

    private void control(Work.Control<BatchPlan> work) throws SQLException {
        ControlRecord record = work.record();
        switch (record.kind()) {
            case EPOCH -> {
                target.beginEpoch(record, work.offsets());
                reporter.message("Epoch " + record.epoch() + " begins with transaction " + record.seq() + " (reason: "
                        + record.detail(ControlRecord.Detail.REASON) + ").");
            }
            case SNAPSHOT_BEGIN -> {
                if (!"true".equals(record.detail(ControlRecord.Detail.RESUMED))) {
                    prepare(tables(record));
                }
                reporter.snapshot(true);
                reporter.working();
            }
            case SNAPSHOT_END -> {
                target.endSnapshot();
                reporter.snapshot(false);
                reporter.working();
                reporter.message("The initial sync is complete.");
            }
            case GAP -> {
                target.auditGap(record);
                reporter.message("Changes of the source between " + record.detail(ControlRecord.Detail.FROM) + " and "
                        + record.detail(ControlRecord.Detail.TO) + " are lost, which "
                        + record.detail(ControlRecord.Detail.ACTOR) + " accepted.");
            }
            case INTENT, SCHEMA, BEGIN, END, HEARTBEAT, BARRIER ->
                throw new IllegalStateException(record.kind() + " is not executed");
        }
    }

    private static List<TableId> tables(ControlRecord record) {
        List<TableId> tables = new ArrayList<>();
        String json = record.detail(ControlRecord.Detail.TABLES);
        Matcher names = JSON_STRING.matcher(json == null ? "" : json);
        while (names.find()) {
            String[] parts = names.group(1).split("\\.", 2);
            if (parts.length == 2) {
                tables.add(new TableId(NameEscape.unescape(parts[0]), NameEscape.unescape(parts[1])));
            }
        }
        return tables;
    }

    private void prepare(List<TableId> tables) throws SQLException {
        switch (existingRows) {
            case FAIL_IF_NOT_EMPTY -> {
                List<TableId> notEmpty = target.notEmpty(tables);
                if (!notEmpty.isEmpty()) {
                    throw new TwinlogException(
                            Category.CONFIG,
                            "The initial sync of replication " + replication + " finds rows in " + notEmpty
                                    + " of the target. Empty these tables, or choose apply.existing.rows: truncate (empties"
                                    + " them) or upsert (overwrites rows with the same key).");
                }
            }
            case TRUNCATE -> target.empty(tables);
            case UPSERT -> {}
        }
    }
}
