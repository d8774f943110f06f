package io.twinlog.bench.stage;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.fold.Segments;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.Merger;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.target.Target;
import io.twinlog.applier.target.postgres.PostgresDatabase;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.control.ControlCodec;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The applier without Kafka: what a row change costs from the record's bytes to the statement's parameters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx512m", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ApplierBenchmark {

    private static final int TRANSACTIONS = 500;
    private static final int EVENTS = TRANSACTIONS * SourceLog.EVENTS_PER_TRANSACTION;
    private static final int PARTITIONS = 6;

    /** Inserts, or updates with the whole before image. */
    @Param({"insert", "update"})
    public String change = "insert";

    private final List<Fetched> control = new ArrayList<>();
    private final List<Fetched> data = new ArrayList<>();
    private List<XlogEvent> events = List.of();
    private Map<Long, Schema> schemas = Map.of();
    private @Nullable EmbeddedPostgres server;
    private @Nullable Target target;

    private record Fetched(TopicPartition partition, long offset, byte @Nullable [] key, byte[] value) {}

    @Setup
    public void prepare() throws SQLException {
        EmbeddedPostgres started = EmbeddedPostgres.builder().start();
        server = started;
        try (Connection connection = started.connect("postgres")) {
            capture(TypeNames.load(connection));
        }
        started.execute(
                "postgres",
                "CREATE TABLE bench(id bigint PRIMARY KEY, a int, b int, amount numeric(12,2), note text, at timestamptz)");
        target = Target.open(
                new PostgresDatabase(started.jdbcUrl("postgres"), started.user(), "", CapturedLog.REPLICATION),
                CapturedLog.REPLICATION,
                false,
                new ConflictRules(ConflictPolicy.HOLD, 0, List.of()),
                Clock.systemUTC());
        EventDecoder decoder = new EventDecoder(id -> schema(id.value()));
        events = data.stream().map(record -> decode(decoder, record)).toList();
    }

    private void capture(TypeNames types) {
        long[] offsets = new long[PARTITIONS];
        try (CapturedLog captured = new CapturedLog(types, PARTITIONS, (topic, partition, key, value) -> {
            TopicPartition place = new TopicPartition(topic, partition);
            if (place.equals(CapturedLog.CONTROL)) {
                control.add(new Fetched(place, control.size(), null, value));
            } else {
                data.add(new Fetched(place, offsets[partition]++, key, value));
            }
        })) {
            SourceLog log = change.equals("insert") ? SourceLog.inserts(TRANSACTIONS) : SourceLog.updates(TRANSACTIONS);
            log.decodeInto(captured);
            schemas = captured.schemas();
        }
    }

    @TearDown
    public void end() {
        if (target != null) {
            target.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** Records to events whose columns are located. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void decode(Blackhole hole) {
        EventDecoder decoder = new EventDecoder(id -> schema(id.value()));
        for (Fetched record : data) {
            hole.consume(decode(decoder, record));
        }
    }

    /** Events of six partitions and the control log to source order. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void merge(Blackhole hole) {
        Merger merger = new Merger(CapturedLog.CONTROL, new EventId(1, 0, Long.MAX_VALUE), 0);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            merger.addPartition(new TopicPartition(data.get(0).partition().topic(), partition), 0);
        }
        events.forEach(merger::feed);
        for (Fetched record : control) {
            merger.feedControl(record.offset(), ControlCodec.decode(record.value()));
        }
        int given = 0;
        for (Merged item = merger.next(); item != null; item = merger.next()) {
            given += item.kind() == Merged.Kind.EVENT ? 1 : 0;
        }
        if (given != EVENTS) {
            throw new IllegalStateException(given + " events of " + EVENTS);
        }
        hole.consume(merger);
    }

    /** Events to net changes by key. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void fold(Blackhole hole) {
        hole.consume(Segments.of(Unit.of(events)));
    }

    /** Events to net changes, statements and their binary parameters. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void foldAndPlan(Blackhole hole) {
        hole.consume(Objects.requireNonNull(target).plan(events));
    }

    private static XlogEvent decode(EventDecoder decoder, Fetched record) {
        return decoder.decode(record.partition(), record.offset(), record.key(), record.value());
    }

    private Schema schema(long fingerprint) {
        return Objects.requireNonNull(schemas.get(fingerprint), "a schema that was published");
    }
}
