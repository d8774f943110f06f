package io.twinlog.capture.publish;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends events and control records in order and numbers them: seq per transaction, ordinal per event. One session of capture
 * has one publisher; a failed send ends both, for what was stored behind it is unknown. Owned by one thread; {@link
 * #pendingSends} and {@link #ackedSends} may be read by any.
 */
public final class Publisher implements AutoCloseable {

    private final RecordSender sender;
    private final byte[] controlHeader;
    private final String controlLog;
    private final Clock clock;
    private final SourcePosition.Format positions;
    private final long epoch;
    private final AckLedger ledger;
    private final List<DataTopic> touched = new ArrayList<>();
    private final Map<String, String> facts = new LinkedHashMap<>();

    private long seq;
    private long ordinal;
    private long eventsSent;
    private long releasedSends;
    private AckLedger.@Nullable Group group;
    private @Nullable Transaction open;

    /** The head of a transaction; {@code position} is its commit. */
    public record Transaction(
            long position,
            long commitMicros,
            @Nullable Long txId,
            @Nullable String origin,
            Map<String, String> details) {}

    /**
     * @param storedSeq highest transaction that is stored; the next one gets the next number
     * @param resume where reading goes on behind it
     * @param positions how the source writes positions
     */
    public Publisher(
            KafkaClients kafka,
            TopicNames names,
            Clock clock,
            long epoch,
            long storedSeq,
            long resume,
            SourcePosition.Format positions) {
        this.sender = kafka.sender(names);
        this.controlLog = names.transactions();
        try {
            this.controlHeader = sender.publish(RegistryClient.valueSubject(controlLog), ControlCodec.SCHEMA);
        } catch (RuntimeException e) {
            sender.close();
            throw e;
        }
        this.clock = clock;
        this.positions = positions;
        this.epoch = epoch;
        this.seq = storedSeq;
        this.ledger = new AckLedger(storedSeq, resume);
    }

    public long epoch() {
        return epoch;
    }

    /** A position as the source writes it. */
    public String text(long position) {
        return positions.format(position);
    }

    /** The last transaction begun. */
    public long seq() {
        return seq;
    }

    public long eventsSent() {
        return eventsSent;
    }

    public long storedSeq() {
        return ledger.storedSeq();
    }

    public long storedPosition() {
        return ledger.storedPosition();
    }

    /** Invariant 1: what the source may forget, namely what an acknowledged control record lets us resume behind. */
    public long confirmable() {
        return ledger.confirmable();
    }

    /** Whether everything that was sent is stored. */
    public boolean isAllStored() {
        return ledger.isEmpty();
    }

    /** Number of sends that Kafka has not acknowledged. Any thread. */
    public long pendingSends() {
        return ledger.sent() - ledger.acked();
    }

    /** Number of sends that Kafka has acknowledged. Any thread. */
    public long ackedSends() {
        return ledger.acked();
    }

    /** Facts about the source and the snapshot that every heartbeat repeats, so that the log's tail suffices to resume. */
    public Map<String, String> facts() {
        return facts;
    }

    /** Publishes a schema before anything uses it, and returns what stands before the body of each record with it. */
    public byte[] publishSchema(String subject, Schema schema) {
        return sender.publish(subject, schema);
    }

    /** Opens the next transaction. */
    public TransactionPrefix begin(Transaction transaction) {
        checkFailure();
        if (open != null) {
            throw new IllegalStateException("Transaction " + seq + " is still open");
        }
        open = transaction;
        seq++;
        ordinal = 0;
        group = ledger.open();
        send(
                group,
                new ControlRecord(
                        ControlKind.BEGIN,
                        epoch,
                        seq,
                        text(transaction.position()),
                        transaction.txId(),
                        transaction.commitMicros(),
                        transaction.origin(),
                        0,
                        List.of(),
                        ledger.storedSeq(),
                        null,
                        transaction.details()));
        return new TransactionPrefix(
                epoch,
                seq,
                transaction.commitMicros(),
                transaction.txId(),
                text(transaction.position()),
                clock.millis(),
                transaction.origin());
    }

    /** The number that the next event of the open transaction gets. */
    public long nextOrdinal() {
        return ordinal + 1;
    }

    /** The index that the next event of the table gets; call once per event, before {@link #event}. */
    public long nextTableOrder(DataTopic topic) {
        return topic.nextTableOrder();
    }

    /** Sends the next event of the open transaction. */
    public void event(DataTopic topic, int partition, byte @Nullable [] key, byte[] value) {
        AckLedger.Group current = group;
        if (current == null) {
            throw new IllegalStateException("No transaction is open");
        }
        ordinal++;
        eventsSent++;
        if (topic.count(partition)) {
            touched.add(topic);
        }
        try {
            sender.send(topic.name(), partition, key, value, current.sending());
        } catch (KafkaException e) {
            throw failed(e);
        }
        if ((ordinal & 0x3FF) == 0) {
            checkFailure();
        }
    }

    /** Closes the open transaction. {@code position} is the place behind its commit, where reading goes on. */
    public void end(long position) {
        Transaction transaction = open;
        AckLedger.Group current = group;
        if (transaction == null || current == null) {
            throw new IllegalStateException("No transaction is open");
        }
        advance();
        long resume = ledger.storedPosition();
        send(
                current,
                new ControlRecord(
                        ControlKind.END,
                        epoch,
                        seq,
                        text(position),
                        transaction.txId(),
                        transaction.commitMicros(),
                        transaction.origin(),
                        ordinal,
                        counts(),
                        ledger.storedSeq(),
                        text(resume),
                        Map.of()));
        current.close(seq, position, resume);
        open = null;
        group = null;
    }

    private List<PartitionCount> counts() {
        List<PartitionCount> counts = new ArrayList<>();
        for (DataTopic topic : touched) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                long count = topic.counted(partition);
                if (count > 0) {
                    counts.add(new PartitionCount(topic.name(), partition, count));
                }
            }
            topic.transactionEnded();
        }
        touched.clear();
        return counts;
    }

    /**
     * Says where an idle source stands.
     *
     * @param position up to here the control log is complete
     * @param sourceEnd end of the source's log as last heard
     */
    public void heartbeat(long position, long sourceEnd) {
        advance();
        // With nothing in flight the position itself is where to go on; else the stored prefix is.
        long resume = ledger.isEmpty() ? later(position, ledger.storedPosition()) : ledger.storedPosition();
        Map<String, String> details = new LinkedHashMap<>(facts);
        details.put(Detail.SOURCE_END, text(sourceEnd));
        AckLedger.Group own = ledger.open();
        send(
                own,
                new ControlRecord(
                        ControlKind.HEARTBEAT,
                        epoch,
                        seq,
                        text(position),
                        null,
                        nowMicros(),
                        null,
                        0,
                        List.of(),
                        ledger.storedSeq(),
                        text(resume),
                        details));
        own.close(seq, position, resume);
    }

    /** Passes on a marker that somebody waits for. */
    public void barrier(long position, String token) {
        AckLedger.Group own = ledger.open();
        send(
                own,
                ControlRecord.of(
                        ControlKind.BARRIER, epoch, seq, text(position), nowMicros(), Map.of(Detail.TOKEN, token)));
        own.close(seq, position, 0);
    }

    /** Sends a record of one of the rarer kinds in its order. */
    public void control(ControlKind kind, @Nullable Long position, Map<String, String> details) {
        AckLedger.Group own = ledger.open();
        send(own, ControlRecord.of(kind, epoch, seq, position == null ? null : text(position), nowMicros(), details));
        own.close(seq, 0, 0);
    }

    /** Sends a control record, waits until it is stored and returns its offset. */
    public long store(ControlRecord record) {
        try {
            return ControlLogWriter.store(sender, controlLog, ControlCodec.encode(record, controlHeader));
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (org.apache.kafka.common.errors.InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** Learns what was stored; throws if a send failed. */
    public void advance() {
        checkFailure();
        ledger.advance();
    }

    /** Waits until everything is stored; false if that takes longer. */
    public boolean awaitStored(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        sender.flush();
        advance();
        if (open != null) {
            return false;
        }
        while (!ledger.isEmpty() && System.nanoTime() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            advance();
        }
        return ledger.isEmpty();
    }

    /** Nothing follows for the time being: what was sent need not wait for company. Returns at once. */
    public void release() {
        if (ledger.sent() != releasedSends) {
            releasedSends = ledger.sent();
            sender.release();
        }
    }

    private void send(AckLedger.Group sends, ControlRecord record) {
        checkFailure();
        try {
            sender.send(controlLog, 0, null, ControlCodec.encode(record, controlHeader), sends.sending());
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private void checkFailure() {
        Exception failure = ledger.failure();
        if (failure != null) {
            throw failed(failure);
        }
    }

    private TwinlogException failed(@Nullable Throwable cause) {
        if (cause instanceof RecordTooLargeException) {
            return new TwinlogException(
                    Category.CONFIG,
                    "An event of transaction " + seq + " is larger than Kafka takes: " + cause.getMessage()
                            + ". Nothing was dropped. Raise max.request.size and buffer.memory of the client, and"
                            + " max.message.bytes of the topic; the transaction is then sent again.",
                    cause);
        }
        if (cause instanceof AuthorizationException) {
            return new TwinlogException(Category.CONFIG, "Kafka refuses to store: " + cause.getMessage(), cause);
        }
        return new TwinlogException(
                Category.OUTAGE,
                "Kafka did not store all of transaction " + seq + " and those in flight before it: "
                        + (cause == null ? "unknown reason" : cause.getMessage()),
                cause);
    }

    private long nowMicros() {
        return clock.millis() * 1000;
    }

    private static long later(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /** Drops what is not sent yet; everything that is not stored comes again in the next session. */
    @Override
    public void close() {
        sender.close();
    }
}
