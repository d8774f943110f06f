package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a Debezium PostgreSQL connector has written, transaction by transaction where its transaction topic is read, else
 * change by change in the order of each partition.
 *
 * <p>Transactions are given out in the order of their BEGINs, each when all that its END counts has been read; until then it is held
 * in memory. Kafka's offsets, stored with the rows, say where to go on. What a restarted Debezium sends again is known by its place
 * in the source's log: not behind the last applied commit, and not later committed. One thread uses it.
 */
public final class DebeziumReader implements XlogReader {

    private static final long EPOCH = 1;
    private static final int MOST_PENDING = 200_000;
    /** The first of the two numbers in the source block's {@code sequence}, where it is known. */
    private static final Pattern SEQUENCE = Pattern.compile("^\\[\\s*\"(\\d+)\"");

    private final String replication;
    private final RecordFeed feed;
    private final Set<TopicPartition> partitions;
    private final String transactionTopic;
    private final Consumer<Schema> newSchema;
    private final BiConsumer<SinkRecord, DataException> undecodable;

    private final Positions positions = new Positions();
    private final Map<String, String> topicIds = new HashMap<>();
    private final ArrayDeque<SourceTransaction> begun = new ArrayDeque<>();
    private final Map<String, SourceTransaction> open = new HashMap<>();
    private final List<SinkRecord> loose = new ArrayList<>();
    private final ArrayDeque<Merged> ready = new ArrayDeque<>();
    private final Map<List<Object>, DebeziumTable> tables = new HashMap<>();
    private final Set<String> full = new HashSet<>();
    private long seq;
    private long appliedLsn;
    private long appliedMillis;

    /**
     * @param transactionTopic where Debezium writes BEGIN and END; empty: every change stands for itself
     * @param newSchema hears of each schema before the first event that has it
     * @param undecodable hears of records that are no change events; throws, or lets them pass
     */
    public DebeziumReader(
            String replication,
            RecordFeed feed,
            Set<TopicPartition> partitions,
            String transactionTopic,
            Consumer<Schema> newSchema,
            BiConsumer<SinkRecord, DataException> undecodable) {
        this.replication = replication;
        this.feed = feed;
        this.partitions = Set.copyOf(partitions);
        this.transactionTopic = transactionTopic;
        this.newSchema = newSchema;
        this.undecodable = undecodable;
    }

    @Override
    public boolean open(StoredProgress progress, Map<TopicPartition, StoredOffset> stored) {
        if (partitions.stream().filter(p -> p.topic().equals(transactionTopic)).count() > 1) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Topic " + transactionTopic + " has several partitions, so it does not tell the order of the"
                            + " transactions. Create it with one (at Debezium: topic.creation.groups=transactions,"
                            + " topic.creation.transactions.include=" + transactionTopic
                            + ", topic.creation.transactions.partitions=1), or use apply.order=key.");
        }
        seq = progress.seq();
        String position = progress.position();
        appliedLsn = position == null ? 0 : Long.parseLong(position);
        Instant committed = progress.commitTime();
        appliedMillis = committed == null ? 0 : committed.toEpochMilli();
        topicIds.putAll(feed.topicIds(
                partitions.stream().map(TopicPartition::topic).distinct().toList()));
        Map<TopicPartition, Long> begins = feed.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = feed.endOffsets(partitions);
        feed.assign(partitions);
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            StoredOffset known = stored.get(partition);
            long next = known == null ? begin : known.nextOffset();
            if (known != null && !known.topicId().equals(topicIds.get(partition.topic()))) {
                throw gap("topic " + partition.topic() + " was deleted and created again");
            }
            if (next < begin || next > ends.getOrDefault(partition, 0L)) {
                throw gap("the next record of " + partition + " is offset " + next + ", but Kafka holds " + begin
                        + " to " + ends.get(partition));
            }
            positions.start(partition, next);
            feed.seek(partition, next);
        }
        return true;
    }

    private TwinlogException gap(String why) {
        return new TwinlogException(
                Category.GAP,
                "Changes that Debezium captured for " + replication + " are lost: " + why
                        + ". Resynchronise the target with a snapshot of Debezium's.");
    }

    @Override
    public int poll(Duration wait) {
        List<SinkRecord> records = feed.poll(wait);
        for (SinkRecord record : records) {
            try {
                take(record);
            } catch (DataException e) {
                positions.passed(place(record));
                undecodable.accept(record, e);
            }
        }
        giveLoose();
        giveTransactions();
        if (positions.size() > MOST_PENDING) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "A transaction of the source has more than " + MOST_PENDING + " changes, or its END is missing on "
                            + transactionTopic + ": that is more than is held in memory. Use apply.order=key.");
        }
        return records.size();
    }

    private static SourceTransaction.Place place(SinkRecord record) {
        return new SourceTransaction.Place(
                new TopicPartition(record.originalTopic(), record.originalKafkaPartition()),
                record.originalKafkaOffset());
    }

    private void take(SinkRecord record) {
        Object value = record.value();
        if (value == null) {
            positions.passed(place(record));
            return;
        }
        if (!(value instanceof Struct struct)) {
            throw new DataException(
                    "Its value is a " + value.getClass().getSimpleName()
                            + " without schema. Use a converter that keeps schemas (JsonConverter with schemas.enable=true, or Avro)");
        }
        if (record.originalTopic().equals(transactionTopic)) {
            boundary(struct, record);
            return;
        }
        if (struct.schema().field("op") == null || struct.schema().field("source") == null) {
            throw new DataException("Its schema " + struct.schema().name()
                    + " is no envelope of Debezium's. Does a transformation unwrap it (ExtractNewRecordState)?");
        }
        if (DebeziumTable.operation(struct) == null) {
            positions.passed(place(record));
            return;
        }
        Struct transaction = struct.schema().field("transaction") == null ? null : struct.getStruct("transaction");
        if (transactionTopic.isEmpty() || transaction == null) {
            takeLoose(struct, record);
            return;
        }
        SourceTransaction owner = open.computeIfAbsent(txId(transaction), SourceTransaction::new);
        positions.read(place(record));
        boolean unused = owner.event(transaction.getInt64("total_order"), record, place(record));
    }

    // "571:53195829": the part behind the colon differs from event to event.
    private static String txId(Struct transaction) {
        String id = transaction.getString("id");
        int colon = id.indexOf(':');
        return colon < 0 ? id : id.substring(0, colon);
    }

    private void boundary(Struct value, SinkRecord record) {
        SourceTransaction transaction = open.computeIfAbsent(txId(value), SourceTransaction::new);
        if (!transaction.isBegun()) {
            begun.add(transaction);
        }
        positions.read(place(record));
        transaction.boundary(value, place(record));
    }

    private void takeLoose(Struct envelope, SinkRecord record) {
        Struct source = envelope.getStruct("source");
        long commit = commitBefore(source);
        boolean streamed = DebeziumTable.operation(envelope) != Operation.SNAPSHOT;
        if (streamed && transactionTopic.isEmpty() && commit >= 0 && commit < appliedLsn) {
            requireRepetition(commit, source.getInt64("ts_ms"));
            positions.passed(place(record));
            return;
        }
        positions.read(place(record));
        loose.add(record);
    }

    /**
     * Place of the last commit before the change's own transaction, or -1. It never goes back in the order in which Debezium
     * sends, which the place of the change itself does where transactions overlap.
     */
    private static long commitBefore(Struct source) {
        String sequence = source.schema().field("sequence") == null ? null : source.getString("sequence");
        Matcher first = SEQUENCE.matcher(sequence == null ? "" : sequence);
        return first.find() ? Long.parseLong(first.group(1)) : -1;
    }

    /** Invariant 2: an older place in the log with a later commit is another history. */
    private void requireRepetition(long lsn, @Nullable Long millis) {
        if (millis != null && millis > appliedMillis) {
            throw gap("the source's log goes from " + appliedLsn + " back to " + lsn
                    + " although the change is newer; was the source restored or replaced?");
        }
    }

    private void giveLoose() {
        if (loose.isEmpty()) {
            return;
        }
        long lsn = appliedLsn;
        long millis = 0;
        for (SinkRecord record : loose) {
            Struct source = ((Struct) record.value()).getStruct("source");
            lsn = Math.max(lsn, commitBefore(source));
            Long time = source.getInt64("ts_ms");
            millis = time == null ? millis : Math.max(millis, time);
        }
        boolean bySelf = transactionTopic.isEmpty();
        List<SinkRecord> records = List.copyOf(loose);
        loose.clear();
        give(
                records,
                bySelf ? lsn : appliedLsn,
                millis,
                null,
                records.stream().map(DebeziumReader::place).toList());
    }

    private void giveTransactions() {
        for (SourceTransaction head = begun.peek();
                head != null && head.isComplete(this::topicOf);
                head = begun.peek()) {
            begun.remove();
            open.remove(head.txId());
            Struct end = head.end();
            String id = end.getString("id");
            int colon = id.indexOf(':');
            long lsn = colon < 0 ? 0 : Long.parseLong(id.substring(colon + 1));
            Long millis = end.schema().field("ts_ms") == null ? null : end.getInt64("ts_ms");
            if (lsn != 0 && lsn <= appliedLsn) {
                requireRepetition(lsn, millis);
                head.places().forEach(positions::given);
            } else {
                give(head.events(), lsn, millis == null ? 0 : millis, Long.valueOf(head.txId()), head.places());
            }
        }
    }

    /** The topic of a table as an END names it, if it is read. */
    private @Nullable String topicOf(String collection) {
        String prefix = transactionTopic.substring(0, transactionTopic.lastIndexOf('.') + 1);
        String topic = (prefix + collection).replaceAll("[^A-Za-z0-9._-]", "_");
        return topicIds.containsKey(topic) ? topic : null;
    }

    private void give(
            List<SinkRecord> records,
            long lsn,
            long millis,
            @Nullable Long txId,
            List<SourceTransaction.Place> places) {
        places.forEach(positions::given);
        if (records.isEmpty()) {
            return;
        }
        seq++;
        appliedLsn = lsn;
        appliedMillis = Math.max(appliedMillis, millis);
        ControlRecord begin = new ControlRecord(
                ControlKind.BEGIN,
                EPOCH,
                seq,
                Long.toString(lsn),
                txId,
                appliedMillis * 1000,
                null,
                0,
                List.of(),
                0,
                null,
                Map.of());
        TransactionPrefix prefix =
                new TransactionPrefix(EPOCH, seq, appliedMillis * 1000, txId, Long.toString(lsn), millis, null);
        ready.add(new Merged.Began(begin));
        long ordinal = 0;
        for (SinkRecord record : records) {
            ready.add(event(record, prefix, ++ordinal));
        }
        ready.add(new Merged.Ended(begin, begin, positions.now()));
    }

    private XlogEvent event(SinkRecord record, TransactionPrefix prefix, long ordinal) {
        Struct envelope = (Struct) record.value();
        Operation operation = DebeziumTable.operation(envelope);
        if (operation == Operation.UPDATE && envelope.getStruct("before") != null) {
            full.add(record.originalTopic());
        }
        // With REPLICA IDENTITY DEFAULT a delete's image holds made-up values besides the key.
        ReplicaIdentity identity = operation == Operation.UPDATE && envelope.getStruct("before") == null
                        || operation == Operation.DELETE && !full.contains(record.originalTopic())
                ? ReplicaIdentity.KEY
                : ReplicaIdentity.FULL;
        List<Object> version = new ArrayList<>();
        version.add(identity);
        version.add(record.valueSchema());
        version.add(String.valueOf(record.keySchema())
                + (record.keySchema() == null ? "" : record.keySchema().fields()));
        DebeziumTable table = tables.get(version);
        if (table == null) {
            table = new DebeziumTable(replication, record, identity);
            table.schemas().forEach(newSchema);
            tables.put(version, table);
        }
        return table.event(record, prefix, ordinal);
    }

    @Override
    public @Nullable Merged next() {
        return ready.poll();
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
    public Map<TopicPartition, StoredOffset> withTopicIds(Map<TopicPartition, Long> next) {
        Map<TopicPartition, StoredOffset> offsets = new HashMap<>();
        next.forEach((partition, offset) ->
                offsets.put(partition, new StoredOffset(topicIds.getOrDefault(partition.topic(), ""), offset)));
        return offsets;
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
