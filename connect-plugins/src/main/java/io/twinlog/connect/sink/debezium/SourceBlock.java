package io.twinlog.connect.sink.debezium;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Where a change comes from, as the {@code source} of Debezium's envelope tells. Immutable.
 *
 * @param table schema and name
 * @param commitBefore place of the last commit before the change's own transaction, or -1. It never goes back in the order in which
 *     Debezium sends, which the place of the change itself does where transactions overlap
 * @param millis when the source committed it, since 1970; null where it is not told
 */
record SourceBlock(
        String table, long commitBefore, @Nullable Long millis) {

    /** The first of the two numbers of {@code sequence}, where it is known. */
    private static final Pattern SEQUENCE = Pattern.compile("^\\[\\s*\"(\\d+)\"");

    static SourceBlock of(Struct envelope) {
        Struct source = envelope.getStruct("source");
        return new SourceBlock(
                source.getString("schema") + "." + source.getString("table"), commitBefore(source), millis(source));
    }

    private static long commitBefore(Struct source) {
        String sequence = source.schema().field("sequence") == null ? null : source.getString("sequence");
        Matcher first = SEQUENCE.matcher(sequence == null ? "" : sequence);
        return first.find() ? Long.parseLong(first.group(1)) : -1;
    }

    /** The commit time that a block tells, if it tells one. */
    static @Nullable Long millis(Struct block) {
        return block.schema().field("ts_ms") == null ? null : block.getInt64("ts_ms");
    }
}
