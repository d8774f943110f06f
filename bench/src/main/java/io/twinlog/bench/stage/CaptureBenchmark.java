package io.twinlog.bench.stage;

import io.twinlog.capture.postgres.pgoutput.ChangeVisitor;
import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.row.Tuple;
import io.twinlog.sandbox.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Capture without sockets: what a row change costs between the walsender's bytes and Kafka's producer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx512m", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CaptureBenchmark {

    private static final int TRANSACTIONS = 1_000;
    private static final int EVENTS = TRANSACTIONS * SourceLog.EVENTS_PER_TRANSACTION;

    /** Inserts, or updates with the whole before image. */
    @Param({"insert", "update"})
    public String change = "insert";

    private SourceLog log = SourceLog.inserts(1);
    private @Nullable TypeNames types;

    @Setup
    public void prepare() throws SQLException {
        log = change.equals("insert") ? SourceLog.inserts(TRANSACTIONS) : SourceLog.updates(TRANSACTIONS);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start();
                Connection connection = server.connect("postgres")) {
            types = TypeNames.load(connection);
        }
    }

    /** pgoutput messages to columns in place. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void decode(Blackhole hole) {
        log.decodeInto(new Swallow(hole));
    }

    /** pgoutput messages to Avro records with keys, partitions, control records and acknowledgements. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void decodeAndEncode(Blackhole hole) {
        TypeNames known = types;
        if (known == null) {
            throw new IllegalStateException("Not prepared");
        }
        try (CapturedLog captured = new CapturedLog(known, 6, (topic, partition, key, value) -> {
            hole.consume(key);
            hole.consume(value);
        })) {
            log.decodeInto(captured);
        }
    }

    /** Looks at nothing. */
    private record Swallow(Blackhole hole) implements ChangeVisitor {

        @Override
        public void begin(long lsn, long micros, long xid) {
            hole.consume(lsn);
        }

        @Override
        public void origin(String name) {
            hole.consume(name);
        }

        @Override
        public void relation(Relation relation) {
            hole.consume(relation);
        }

        @Override
        public void type(int oid, String schema, String name) {
            hole.consume(oid);
        }

        @Override
        public void insert(int relation, long lsn, Tuple row) {
            hole.consume(row.length(0));
        }

        @Override
        public void update(int relation, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
            hole.consume(row.length(0));
        }

        @Override
        public void delete(int relation, long lsn, Tuple old, boolean oldIsKey) {
            hole.consume(old.length(0));
        }

        @Override
        public void truncate(int[] relations, long lsn) {
            hole.consume(relations);
        }

        @Override
        public void message(boolean transactional, long lsn, String prefix, byte[] content) {
            hole.consume(content);
        }

        @Override
        public void commit(long lsn, long endLsn, long micros) {
            hole.consume(endLsn);
        }
    }
}
