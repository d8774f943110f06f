package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a Debezium PostgreSQL connector has written, transaction by transaction where its transaction topic is read, else
 * change by change in the order of each partition.
 *
 * <p>Transactions are given out in the order of their BEGINs, each when all that its END counts has been read, whether or not the
 * topics are known where it will stand; until then it is held in memory. Kafka's offsets, stored with the rows, say where to go on.
 *
 * <p>What a restarted Debezium sends again, whole or in part, is known by its place in the source's log. A transaction is applied
 * when its commit is not behind the last applied one. A change belongs to an applied transaction when that one is remembered, or
 * when Debezium had seen fewer commits before it than are applied: {@code sequence} names the last commit before the change's own
 * transaction. What belongs to no transaction (rows of snapshots) keeps its place in its partition. One thread uses it.
 */
public final class DebeziumReader implements XlogReader {

    /** More is not held in memory. */
    private static final int MOST_PENDING = 200_000;
    /** Beyond this nothing more is read while what is missing stands on topics that are not read. */
    private static final int ENOUGH_PENDING = 20_000;
    /** A transaction in good health takes less from its first record to its last. */
    private static final Duration SUSPICIOUS_AFTER = Duration.ofSeconds(5);

    private final RecordFeed feed;
    private final Set<TopicPartition> partitions;
    private final Reading reading;
    private final BiConsumer<SinkRecord, DataException> undecodable;
    private final Obstacle obstacle;

    private final Positions positions = new Positions();
    private final Transactions transactions = new Transactions();
    private final StoredPlaces places = new StoredPlaces();
    private final LooseRecords loose = new LooseRecords();
    private final AppliedLog applied;
    private final GivenTransactions given;
    private Map<String, Long> missing = Map.of();
    private final LongSupplier nanoTime;
    private long movedNanos;

    /**
     * @param newSchema hears of each schema before the first event that has it
     * @param undecodable hears of records that are no change events; throws, or lets them pass
     */
    public DebeziumReader(
            String replication,
            RecordFeed feed,
            Set<TopicPartition> partitions,
            Reading reading,
            Consumer<Schema> newSchema,
            BiConsumer<SinkRecord, DataException> undecodable) {
        this(replication, feed, partitions, reading, newSchema, undecodable, System::nanoTime);
    }

    DebeziumReader(
            String replication,
            RecordFeed feed,
            Set<TopicPartition> partitions,
            Reading reading,
            Consumer<Schema> newSchema,
            BiConsumer<SinkRecord, DataException> undecodable,
            LongSupplier nanoTime) {
        this.feed = feed;
        this.partitions = Set.copyOf(partitions);
        this.reading = reading;
        this.undecodable = undecodable;
        this.applied = new AppliedLog(replication);
        this.given = new GivenTransactions(
                reading.isWhole() ? 1 : epochOf(partitions), new DebeziumEvents(replication, newSchema));
        this.nanoTime = nanoTime;
        this.movedNanos = nanoTime.getAsLong();
        this.obstacle = new Obstacle(reading, feed, this.partitions);
    }

    // Each partition counts by itself, and events of two of them must not have the same id: it names their conflicts.
    private static long epochOf(Set<TopicPartition> partitions) {
        String names =
                partitions.stream().map(TopicPartition::toString).sorted().collect(Collectors.joining(","));
        return 1 + Utils.toPositive(Utils.murmur2(names.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean open(StoredProgress progress, Map<TopicPartition, StoredOffset> stored) {
        requireOneOrder();
        given.start(progress.seq());
        applied.start(progress);
        places.open(feed, partitions, stored, applied::gap, positions::start);
        return true;
    }

    private void requireOneOrder() {
        String topic = reading.transactionTopic();
        if (partitions.stream().filter(p -> p.topic().equals(topic)).count() > 1) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Topic " + topic + " has several partitions, so it does not tell the order of the"
                            + " transactions. Create it with one (at Debezium: topic.creation.groups=transactions,"
                            + " topic.creation.transactions.include=" + topic
                            + ", topic.creation.transactions.partitions=1), or use apply.order=key.");
        }
    }

    @Override
    public int poll(Duration wait) {
        if (positions.size() >= ENOUGH_PENDING && isWaitingForOthers()) {
            rest(wait);
            return 0;
        }
        List<SinkRecord> records = feed.poll(wait);
        for (SinkRecord record : records) {
            try {
                take(record);
            } catch (DataException e) {
                positions.passed(Place.of(record));
                undecodable.accept(record, e);
            }
        }
        give(!records.isEmpty());
        if (positions.size() > MOST_PENDING) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "More than " + MOST_PENDING + " records wait, which is more than is held in memory. "
                            + obstacle.of(transactions, positions) + ". Or use apply.order=key.");
        }
        return records.size();
    }

    // The worker restarts the task with more partitions when it has them; until then there is no use in reading on.
    private boolean isWaitingForOthers() {
        SourceTransaction first = transactions.first();
        return first == null
                ? partitions.stream().noneMatch(p -> p.topic().equals(reading.transactionTopic()))
                : first.isEnded() && obstacle.isElsewhere(missing);
    }

    private static void rest(Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private void take(SinkRecord record) {
        Object value = record.value();
        if (value == null) {
            // A tombstone, behind the delete that says the same.
            positions.passed(Place.of(record));
            return;
        }
        if (!(value instanceof Struct struct)) {
            throw new DataException(
                    "Its value is a " + value.getClass().getSimpleName()
                            + " without schema. Use a converter that keeps schemas (JsonConverter with schemas.enable=true, or Avro)");
        }
        if (struct.schema().field("data_collections") != null && struct.schema().field("status") != null) {
            takeBoundary(struct, record);
            return;
        }
        if (struct.schema().field("op") == null || struct.schema().field("source") == null) {
            throw new DataException("Its schema " + struct.schema().name()
                    + " is no envelope of Debezium's. Does a transformation unwrap it (ExtractNewRecordState)?");
        }
        SourceBlock source = SourceBlock.of(struct);
        // A message of the source's log changes no row.
        if (DebeziumTable.operation(struct) == null || reading.leftOut().test(source.table())) {
            positions.passed(Place.of(record));
            return;
        }
        Struct transaction = struct.schema().field("transaction") == null ? null : struct.getStruct("transaction");
        if (reading.isWhole() && transaction != null) {
            takeEvent(source, transaction, record);
        } else {
            takeLoose(source, DebeziumTable.operation(struct) != Operation.SNAPSHOT, record);
        }
    }

    private void takeBoundary(Struct value, SinkRecord record) {
        Place place = Place.of(record);
        if (!record.originalTopic().equals(reading.transactionTopic())) {
            positions.passed(place);
            return;
        }
        TransactionMark mark = TransactionMark.of(value);
        if (transactions.isDone(mark)) {
            applied.requireRepetition(mark.lsn(), SourceBlock.millis(value));
            positions.passed(place);
            return;
        }
        positions.read(place);
        transactions.boundary(mark, value, place);
    }

    private void takeEvent(SourceBlock source, Struct transaction, SinkRecord record) {
        Place place = Place.of(record);
        TransactionMark mark = TransactionMark.of(transaction);
        obstacle.sawTable(source.table());
        if (transactions.isDone(mark) || hasSeenLess(source) && applied.isBehind(mark.lsn())) {
            applied.requireRepetition(mark.lsn(), source.millis());
            positions.passed(place);
            return;
        }
        positions.read(place);
        transactions.event(mark, transaction.getInt64("total_order"), source.table(), record, place);
    }

    private void takeLoose(SourceBlock source, boolean streamed, SinkRecord record) {
        Place place = Place.of(record);
        // Where others are applied by transactions, that a later commit is applied says nothing of this change.
        if (streamed && !reading.isWhole() && hasSeenLess(source)) {
            applied.requireRepetition(source.commitBefore(), source.millis());
            positions.passed(place);
            return;
        }
        positions.read(place);
        loose.add(record);
    }

    /** Whether Debezium had seen fewer commits before the change than are applied. */
    private boolean hasSeenLess(SourceBlock source) {
        return source.commitBefore() >= 0 && applied.isBehind(source.commitBefore());
    }

    private void give(boolean anyRead) {
        Map<String, Long> missingBefore = missing;
        int before = given.size();
        missing = Map.of();
        giveLoose();
        for (SourceTransaction first = transactions.first();
                first != null && first.isEnded();
                first = transactions.first()) {
            if (applied.hasCommit(first.commitLsn())) {
                applied.requireRepetition(first.commitLsn(), SourceBlock.millis(first.end()));
                transactions.remove().places().forEach(positions::given);
            } else {
                missing = first.missing(reading.leftOut());
                if (!missing.isEmpty()) {
                    break;
                }
                SourceTransaction complete = transactions.remove();
                transactions.removeOvertaken(complete).forEach(positions::given);
                give(complete);
            }
            giveLoose();
        }
        if (given.size() > before || positions.size() == 0 || isMoving(anyRead, missingBefore)) {
            movedNanos = nanoTime.getAsLong();
        }
    }

    /** Whether what has been read brings the first transaction nearer to its end. */
    private boolean isMoving(boolean anyRead, Map<String, Long> before) {
        SourceTransaction first = transactions.first();
        if (first == null) {
            return false;
        }
        // Debezium begins the next one only behind its END.
        return first.isEnded() ? !missing.equals(before) : anyRead && transactions.begun() == 1;
    }

    private void giveLoose() {
        List<SinkRecord> free = loose.takeFree(positions);
        if (free.isEmpty()) {
            return;
        }
        long lsn = 0;
        long millis = 0;
        for (SinkRecord record : free) {
            SourceBlock source = SourceBlock.of((Struct) record.value());
            lsn = Math.max(lsn, source.commitBefore());
            Long time = source.millis();
            millis = time == null ? millis : Math.max(millis, time);
        }
        give(free, reading.isWhole() ? 0 : lsn, millis, null);
    }

    private void give(SourceTransaction transaction) {
        transaction.places().forEach(positions::given);
        Long millis = SourceBlock.millis(transaction.end());
        if (transaction.size() > 0) {
            give(
                    transaction.events(),
                    transaction.commitLsn(),
                    millis == null ? 0 : millis,
                    Long.valueOf(transaction.txId()));
        }
    }

    private void give(List<SinkRecord> records, long lsn, long millis, @Nullable Long txId) {
        applied.advance(lsn, millis);
        given.add(records, millis, txId, applied, positions.now());
    }

    @Override
    public @Nullable Merged next() {
        return given.take();
    }

    // Every transaction carries them: they are what says where to go on.
    @Override
    public void wantPositions() {}

    @Override
    public long backlog() {
        return positions.size();
    }

    @Override
    public long fetchedAhead() {
        return positions.size();
    }

    @Override
    public void checkForHoles() {}

    @Override
    public @Nullable String obstacle() {
        return nanoTime.getAsLong() - movedNanos < SUSPICIOUS_AFTER.toNanos()
                ? null
                : obstacle.of(transactions, positions);
    }

    @Override
    public Map<TopicPartition, StoredOffset> withTopicIds(Map<TopicPartition, Long> next) {
        return places.of(next);
    }

    @Override
    public void tellGroup(Map<TopicPartition, Long> next) {
        feed.tellApplied(next);
    }

    @Override
    public long reachableNanos() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        feed.assign(Set.of());
    }
}
