package io.twinlog.schemas.event;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.table.TableSchemas;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.RecordHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads data records written with one schema. Fields are found by their names in the writer's order, fields of later
 * versions are skipped. Safe for many threads.
 *
 * <p>Idea: most of what is skipped are the names at the head of {@code source}, the same bytes in record after record. So they are
 * compared with those of the record before, eight at a time, instead of being parsed.
 */
public final class EnvelopeReader {

    private enum Part {
        OP,
        EPOCH,
        SEQ,
        ORDINAL,
        UNCHANGED,
        LINKED_KEY,
        BEFORE_TEXT,
        AFTER_TEXT,
        BEFORE,
        AFTER,
        SOURCE,
        OTHER
    }

    /** How to get past a field. */
    private enum Step {
        NUMBER,
        OPTIONAL_NUMBER,
        OPTIONAL_BYTES,
        OTHER;

        static Step of(Schema schema) {
            if (schema.getType() == Schema.Type.LONG || schema.getType() == Schema.Type.INT) {
                return NUMBER;
            }
            boolean optional = schema.getType() == Schema.Type.UNION
                    && schema.getTypes().size() == 2
                    && schema.getTypes().get(0).getType() == Schema.Type.NULL;
            return switch (optional ? schema.getTypes().get(1).getType() : Schema.Type.NULL) {
                case INT, LONG -> OPTIONAL_NUMBER;
                case STRING, BYTES -> OPTIONAL_BYTES;
                default -> OTHER;
            };
        }
    }

    /**
     * The fields of {@code source}.
     *
     * @param names how many strings stand at its head
     * @param steps how to get past each of the rest
     * @param schemas of the rest
     */
    private record SourceLayout(int names, Step[] steps, Schema[] schemas) {

        static SourceLayout of(Schema source) {
            List<Schema> all =
                    source.getFields().stream().map(Schema.Field::schema).toList();
            int names = 0;
            while (names < all.size() && all.get(names).getType() == Schema.Type.STRING) {
                names++;
            }
            List<Schema> rest = all.subList(names, all.size());
            return new SourceLayout(
                    names, rest.stream().map(Step::of).toArray(Step[]::new), rest.toArray(Schema[]::new));
        }
    }

    private final TableShape shape;
    private final RowLayout layout;
    private final Part[] parts;
    private final Schema[] schemas;
    private final SourceLayout source;
    private Names lastNames = new Names(new byte[0]);

    /** Encoded strings at the head of {@code source}. Threads may see each other's or not: any that a record begins with will do. */
    private record Names(byte[] encoded) {}

    public EnvelopeReader(Schema schema) {
        this.shape = TableSchemas.shapeOf(schema);
        this.layout = new RowLayout(shape);
        List<Schema.Field> fields = schema.getFields();
        this.parts = new Part[fields.size()];
        this.schemas = new Schema[fields.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = switch (fields.get(i).name()) {
                case "op" -> Part.OP;
                case "epoch" -> Part.EPOCH;
                case "seq" -> Part.SEQ;
                case "ordinal" -> Part.ORDINAL;
                case "unchanged" -> Part.UNCHANGED;
                case "linked_key" -> Part.LINKED_KEY;
                case "before_text" -> Part.BEFORE_TEXT;
                case "after_text" -> Part.AFTER_TEXT;
                case "before" -> Part.BEFORE;
                case "after" -> Part.AFTER;
                case "source" -> Part.SOURCE;
                default -> Part.OTHER;
            };
            schemas[i] = fields.get(i).schema();
        }
        Schema.Field sourceField = schema.getField("source");
        this.source = sourceField == null
                ? new SourceLayout(0, new Step[0], new Schema[0])
                : SourceLayout.of(sourceField.schema());
    }

    public TableShape shape() {
        return shape;
    }

    public RowLayout layout() {
        return layout;
    }

    /**
     * Reads a whole record, header included. Row images are located, not decoded.
     *
     * @throws MalformedEventException if the bytes do not follow the schema
     */
    public DataEvent read(byte[] record) {
        AvroInput in = new AvroInput(record, RecordHeader.length(record), record.length);
        int op = 0;
        long epoch = 0;
        long seq = 0;
        long ordinal = 0;
        long sourcePosition = -1;
        List<String> unchanged = List.of();
        byte @Nullable [] linkedKey = null;
        List<ExactText> beforeText = List.of();
        List<ExactText> afterText = List.of();
        int @Nullable [] before = null;
        int @Nullable [] after = null;
        for (int i = 0; i < parts.length; i++) {
            switch (parts[i]) {
                case OP -> {
                    int length = in.readLength();
                    op = length == 1 ? in.readByte() : 0;
                }
                case EPOCH -> epoch = in.readLong();
                case SEQ -> seq = in.readLong();
                case ORDINAL -> ordinal = in.readLong();
                case UNCHANGED -> unchanged = present(in) ? readStrings(in) : List.of();
                case LINKED_KEY -> linkedKey = present(in) ? in.readBytes() : null;
                case BEFORE_TEXT -> beforeText = present(in) ? readTexts(in) : List.of();
                case AFTER_TEXT -> afterText = present(in) ? readTexts(in) : List.of();
                case BEFORE -> before = present(in) ? scan(in) : null;
                case AFTER -> after = present(in) ? scan(in) : null;
                case SOURCE -> {
                    sourcePosition = in.position();
                    skipSource(in);
                }
                case OTHER -> skip(in, schemas[i]);
            }
        }
        if (in.remaining() != 0) {
            throw new MalformedEventException(in.remaining() + " bytes follow the end of the record");
        }
        RowImage beforeImage = before == null ? null : new RowImage(shape, record, before, beforeText);
        RowImage afterImage = after == null ? null : new RowImage(shape, record, after, afterText);
        return new DataEvent(
                this,
                Operation.of(op),
                new EventId(epoch, seq, ordinal),
                beforeImage,
                afterImage,
                unchanged,
                linkedKey,
                record,
                (int) sourcePosition);
    }

    private int[] scan(AvroInput in) {
        int[] offsets = new int[layout.columns()];
        layout.scan(in, offsets);
        return offsets;
    }

    private static boolean present(AvroInput in) {
        int branch = in.readByte();
        if (branch != EnvelopeWriter.ABSENT && branch != EnvelopeWriter.PRESENT) {
            throw new MalformedEventException("A field of the envelope has the union branch " + branch);
        }
        return branch == EnvelopeWriter.PRESENT;
    }

    private static List<String> readStrings(AvroInput in) {
        List<String> result = new ArrayList<>();
        for (long n = blockCount(in); n != 0; n = blockCount(in)) {
            for (long i = 0; i < n; i++) {
                result.add(in.readString());
            }
        }
        return result;
    }

    private static List<ExactText> readTexts(AvroInput in) {
        List<ExactText> result = new ArrayList<>();
        for (long n = blockCount(in); n != 0; n = blockCount(in)) {
            for (long i = 0; i < n; i++) {
                result.add(new ExactText(in.readString(), in.readString()));
            }
        }
        return result;
    }

    private static long blockCount(AvroInput in) {
        long n = in.readLong();
        if (n < 0) {
            in.readLong();
            n = -n;
        }
        return n;
    }

    private void skipSource(AvroInput in) {
        byte[] names = lastNames.encoded();
        int from = in.position();
        if (names.length > 0
                && names.length <= in.remaining()
                && Arrays.equals(in.buffer(), from, from + names.length, names, 0, names.length)) {
            in.skip(names.length);
        } else {
            for (int i = 0; i < source.names(); i++) {
                in.skipBytes();
            }
            lastNames = new Names(Arrays.copyOfRange(in.buffer(), from, in.position()));
        }
        Step[] steps = source.steps();
        for (int i = 0; i < steps.length; i++) {
            switch (steps[i]) {
                case NUMBER -> in.skipLong();
                case OPTIONAL_NUMBER -> {
                    if (present(in)) {
                        in.skipLong();
                    }
                }
                case OPTIONAL_BYTES -> {
                    if (present(in)) {
                        in.skipBytes();
                    }
                }
                case OTHER -> skip(in, source.schemas()[i]);
            }
        }
    }

    private static void skip(AvroInput in, Schema schema) {
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> in.skip(1);
            case INT, LONG, ENUM -> in.skipLong();
            case FLOAT -> in.skip(4);
            case DOUBLE -> in.skip(8);
            case STRING, BYTES -> in.skipBytes();
            case FIXED -> in.skip(schema.getFixedSize());
            case UNION -> skip(in, branch(schema, in.readInt()));
            case RECORD -> schema.getFields().forEach(field -> skip(in, field.schema()));
            case ARRAY -> {
                for (long n = blockCount(in); n != 0; n = blockCount(in)) {
                    for (long i = 0; i < n; i++) {
                        skip(in, schema.getElementType());
                    }
                }
            }
            case MAP -> {
                for (long n = blockCount(in); n != 0; n = blockCount(in)) {
                    for (long i = 0; i < n; i++) {
                        in.skipBytes();
                        skip(in, schema.getValueType());
                    }
                }
            }
        }
    }

    private static Schema branch(Schema union, int index) {
        List<Schema> branches = union.getTypes();
        if (index < 0 || index >= branches.size()) {
            throw new MalformedEventException("A union has no branch " + index);
        }
        return branches.get(index);
    }
}
