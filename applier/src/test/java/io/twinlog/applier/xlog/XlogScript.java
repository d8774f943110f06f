package io.twinlog.applier.xlog;

import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.topic.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Plays capture: writes epochs, schemas and transactions with the numbers that capture would give them. The single steps are
 * public too, so that tests can leave something out or say it twice.
 */
public final class XlogScript {

    private final String replication;
    private final TopicNames names;
    private final XlogSink sink;
    private long epoch;
    private long seq;
    private long time = 1_700_000_000_000_000L;

    public XlogScript(String replication, XlogSink sink) {
        this.replication = replication;
        this.names = new TopicNames(replication);
        this.sink = sink;
    }

    public static ColumnShape key(String name, io.twinlog.schemas.table.XlogType type, String sqlType) {
        return new ColumnShape(name, type, sqlType, true);
    }

    public static ColumnShape column(String name, io.twinlog.schemas.table.XlogType type, String sqlType) {
        return new ColumnShape(name, type, sqlType, false);
    }

    public static ColumnShape decimal(String name, int precision, int scale) {
        return new ColumnShape(
                name,
                io.twinlog.schemas.table.XlogType.DECIMAL,
                "numeric(" + precision + "," + scale + ")",
                precision,
                scale,
                false);
    }

    public static TableShape shape(String table, ReplicaIdentity identity, ColumnShape... columns) {
        return new TableShape("public", table, identity, List.of(columns));
    }

    public long seq() {
        return seq;
    }

    public long epochNumber() {
        return epoch;
    }

    /** A new epoch that goes on behind the last transaction. */
    public XlogScript epoch() {
        return epoch(seq + 1, "start");
    }

    public XlogScript epoch(long firstSeq, String reason) {
        return epoch(firstSeq, Map.of(Detail.REASON, reason, Detail.SYSTEM_ID, "7000", Detail.DATABASE, "source"));
    }

    /** A new epoch that goes on behind the last transaction, of a source with these facts. */
    public XlogScript epoch(Map<String, String> facts) {
        return epoch(seq + 1, facts);
    }

    private XlogScript epoch(long firstSeq, Map<String, String> facts) {
        epoch++;
        seq = firstSeq - 1;
        sink.control(ControlRecord.of(ControlKind.EPOCH, epoch, firstSeq, position(), tick(), facts));
        return this;
    }

    private long tick() {
        return time += 1000;
    }

    private String position() {
        return Lsn.format(0x1000000L + seq * 0x100);
    }

    public static String position(long seq) {
        return Lsn.format(0x1000000L + seq * 0x100);
    }

    public TableScript table(TableShape shape, int partitions) {
        TableScript table = new TableScript(replication, shape, names.data(shape.schema(), shape.table()), partitions);
        sink.topic(table.topic(), partitions);
        sink.schema(table.writer().schema());
        sink.schema(table.writer().keySchema());
        sink.control(ControlRecord.of(
                ControlKind.SCHEMA,
                epoch,
                seq,
                null,
                tick(),
                Map.of(
                        Detail.SCHEMA,
                        shape.schema(),
                        Detail.TABLE,
                        shape.table(),
                        Detail.TOPIC,
                        table.topic(),
                        Detail.PARTITIONS,
                        Integer.toString(partitions),
                        Detail.FINGERPRINT,
                        String.format("%016x", table.writer().fingerprint()))));
        return table;
    }

    /** Writes a whole transaction. */
    public XlogScript commit(Consumer<Transaction> body) {
        Transaction transaction = begin();
        body.accept(transaction);
        transaction.end();
        return this;
    }

    /** Opens the next transaction. */
    public Transaction begin() {
        return begin(seq + 1, Map.of());
    }

    /** Opens a transaction of this number, once more if need be. */
    public Transaction begin(long number, Map<String, String> details) {
        seq = number;
        long committed = tick();
        sink.control(new ControlRecord(
                ControlKind.BEGIN,
                epoch,
                seq,
                position(),
                1000 + seq,
                committed,
                null,
                0,
                List.of(),
                0,
                null,
                details));
        return new Transaction(committed);
    }

    public XlogScript chunk(TableScript table, int chunk, Consumer<Transaction> body) {
        Transaction transaction = begin(
                seq + 1,
                Map.of(
                        Detail.CHUNK,
                        Integer.toString(chunk),
                        Detail.SCHEMA,
                        table.shape().schema(),
                        Detail.TABLE,
                        table.shape().table()));
        body.accept(transaction);
        transaction.end();
        return this;
    }

    public XlogScript snapshotBegin(TableScript... tables) {
        String json = List.of(tables).stream()
                .map(t -> "\""
                        + io.twinlog.schemas.topic.NameEscape.forTopic(t.shape().schema()) + "."
                        + io.twinlog.schemas.topic.NameEscape.forTopic(t.shape().table()) + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return note(ControlKind.SNAPSHOT_BEGIN, Map.of(Detail.TABLES, json, Detail.RESUMED, "false"));
    }

    public XlogScript snapshotEnd() {
        return note(ControlKind.SNAPSHOT_END, Map.of(Detail.ROWS, "0"));
    }

    public XlogScript note(ControlKind kind, Map<String, String> details) {
        sink.control(ControlRecord.of(kind, epoch, seq, position(), tick(), details));
        return this;
    }

    /** Says that everything so far is stored. */
    public XlogScript heartbeat() {
        return heartbeat(seq);
    }

    public XlogScript heartbeat(long storedSeq) {
        sink.control(new ControlRecord(
                ControlKind.HEARTBEAT,
                epoch,
                seq,
                position(),
                null,
                tick(),
                null,
                0,
                List.of(),
                storedSeq,
                position(),
                Map.of()));
        return this;
    }

    /** One source transaction under construction. */
    public final class Transaction {

        private final TransactionPrefix prefix;
        private final long number = seq;
        private final long committed;
        private final Map<TopicPartition, Long> counts = new TreeMap<>((a, b) -> {
            int byTopic = a.topic().compareTo(b.topic());
            return byTopic != 0 ? byTopic : Integer.compare(a.partition(), b.partition());
        });
        private long ordinal;

        private Transaction(long committed) {
            this.committed = committed;
            this.prefix = new TransactionPrefix(epoch, seq, committed, 1000 + seq, position(), null, null);
        }

        public Transaction insert(TableScript table, Object... row) {
            return event(table, Operation.INSERT, null, row, null, row);
        }

        public Transaction snapshot(TableScript table, Object... row) {
            return event(table, Operation.SNAPSHOT, null, row, null, row);
        }

        /** With identity KEY the before image is not logged. */
        public Transaction update(TableScript table, Object[] before, Object[] after) {
            boolean full = table.shape().identity() == ReplicaIdentity.FULL;
            return event(table, Operation.UPDATE, full ? before : null, after, null, after);
        }

        public Transaction delete(TableScript table, Object... row) {
            return event(table, Operation.DELETE, logged(table, row), null, null, row);
        }

        /** A primary-key change. */
        public Transaction move(TableScript table, Object[] before, Object[] after) {
            event(table, Operation.DELETE, logged(table, before), null, table.keyBody(after), before);
            return event(table, Operation.INSERT, null, after, table.keyBody(before), after);
        }

        private Object[] logged(TableScript table, Object[] row) {
            if (table.shape().identity() == ReplicaIdentity.FULL) {
                return row;
            }
            Object[] keyOnly = new Object[row.length];
            for (int index : table.shape().keyIndexes()) {
                keyOnly[index] = row[index];
            }
            return keyOnly;
        }

        public Transaction truncate(TableScript table) {
            byte[] value = table.value(Operation.TRUNCATE, ++ordinal, prefix, null, null, null);
            send(table.topic(), 0, null, value);
            return this;
        }

        /** An event whose images do not follow the schema. */
        public Transaction damaged(TableScript table, Object... row) {
            byte[] value = table.value(Operation.INSERT, ++ordinal, prefix, null, row, null);
            byte[] cut = java.util.Arrays.copyOf(value, value.length - 3);
            send(table.topic(), table.partition(row), table.key(row), cut);
            return this;
        }

        /** Counts an event that Kafka then loses. */
        public Transaction lost(TableScript table, Object... row) {
            ordinal++;
            counts.merge(new TopicPartition(table.topic(), table.partition(row)), 1L, Long::sum);
            return this;
        }

        private Transaction event(
                TableScript table,
                Operation operation,
                Object[] before,
                Object[] after,
                byte[] linked,
                Object[] keyed) {
            byte[] value = table.value(operation, ++ordinal, prefix, before, after, linked);
            send(table.topic(), table.partition(keyed), table.key(keyed), value);
            return this;
        }

        private void send(String topic, int partition, byte[] key, byte[] value) {
            counts.merge(new TopicPartition(topic, partition), 1L, Long::sum);
            sink.data(topic, partition, key, value);
        }

        public void end() {
            end(Math.max(0, number - 1));
        }

        public void end(long storedSeq) {
            List<PartitionCount> partitionCounts = new ArrayList<>();
            counts.forEach((tp, n) -> partitionCounts.add(new PartitionCount(tp.topic(), tp.partition(), n)));
            sink.control(new ControlRecord(
                    ControlKind.END,
                    epoch,
                    number,
                    position(),
                    1000 + number,
                    committed,
                    null,
                    ordinal,
                    partitionCounts,
                    storedSeq,
                    XlogScript.position(storedSeq),
                    Map.of()));
        }
    }
}
