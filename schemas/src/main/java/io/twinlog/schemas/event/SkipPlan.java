package io.twinlog.schemas.event;

import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.MalformedEventException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * How to pass over a value nobody wants: its schema as a flat list of steps, since walking the schema itself for every event
 * costs more than all that is read. Immutable.
 */
final class SkipPlan {

    private enum Step {
        NUMBER,
        BYTES,
        /** {@link #sizes} tells how many. */
        FIXED,
        /** A union of null and one type: the next step is taken only for the second branch. */
        OPTIONAL,
        /** Collections, and unions of more: {@link #schemas} tells what. */
        OTHER
    }

    private final Step[] steps;
    private final int[] sizes;
    private final Schema[] schemas;

    private SkipPlan(List<Step> steps, List<Integer> sizes, List<Schema> schemas) {
        this.steps = steps.toArray(Step[]::new);
        this.sizes = sizes.stream().mapToInt(Integer::intValue).toArray();
        this.schemas = schemas.toArray(Schema[]::new);
    }

    static SkipPlan of(Schema schema) {
        List<Step> steps = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        List<Schema> schemas = new ArrayList<>();
        plan(schema, steps, sizes, schemas);
        return new SkipPlan(steps, sizes, schemas);
    }

    private static void plan(Schema schema, List<Step> steps, List<Integer> sizes, List<Schema> schemas) {
        switch (schema.getType()) {
            case NULL -> {}
            case RECORD -> schema.getFields().forEach(field -> plan(field.schema(), steps, sizes, schemas));
            case UNION -> {
                if (isOptional(schema)) {
                    add(Step.OPTIONAL, 0, schema, steps, sizes, schemas);
                    Schema present = schema.getTypes().get(1);
                    add(stepOf(present), sizeOf(present), present, steps, sizes, schemas);
                } else {
                    add(Step.OTHER, 0, schema, steps, sizes, schemas);
                }
            }
            default -> add(stepOf(schema), sizeOf(schema), schema, steps, sizes, schemas);
        }
    }

    private static boolean isOptional(Schema union) {
        return union.getTypes().size() == 2 && union.getTypes().get(0).getType() == Schema.Type.NULL;
    }

    private static void add(
            Step step, int size, Schema schema, List<Step> steps, List<Integer> sizes, List<Schema> schemas) {
        steps.add(step);
        sizes.add(size);
        schemas.add(schema);
    }

    private static Step stepOf(Schema schema) {
        return switch (schema.getType()) {
            case INT, LONG, ENUM -> Step.NUMBER;
            case STRING, BYTES -> Step.BYTES;
            case BOOLEAN, FLOAT, DOUBLE, FIXED -> Step.FIXED;
            default -> Step.OTHER;
        };
    }

    private static int sizeOf(Schema schema) {
        return switch (schema.getType()) {
            case BOOLEAN -> 1;
            case FLOAT -> 4;
            case DOUBLE -> 8;
            case FIXED -> schema.getFixedSize();
            default -> 0;
        };
    }

    /** @throws MalformedEventException if the bytes do not follow the schema */
    void skip(AvroInput in) {
        for (int i = 0; i < steps.length; i++) {
            switch (steps[i]) {
                case NUMBER -> in.readLong();
                case BYTES -> in.skipBytes();
                case FIXED -> in.skip(sizes[i]);
                case OPTIONAL -> {
                    int branch = in.readInt();
                    if (branch == 0) {
                        i++;
                    } else if (branch != 1) {
                        throw new MalformedEventException("A union of two has no branch " + branch);
                    }
                }
                case OTHER -> skipOther(in, schemas[i]);
            }
        }
    }

    private static void skipOther(AvroInput in, Schema schema) {
        switch (schema.getType()) {
            case UNION -> {
                int branch = in.readInt();
                if (branch < 0 || branch >= schema.getTypes().size()) {
                    throw new MalformedEventException("A union has no branch " + branch);
                }
                of(schema.getTypes().get(branch)).skip(in);
            }
            case ARRAY -> skipBlocks(in, of(schema.getElementType()), false);
            case MAP -> skipBlocks(in, of(schema.getValueType()), true);
            default -> of(schema).skip(in);
        }
    }

    private static void skipBlocks(AvroInput in, SkipPlan element, boolean named) {
        for (long n = blockCount(in); n != 0; n = blockCount(in)) {
            for (long i = 0; i < n; i++) {
                if (named) {
                    in.skipBytes();
                }
                element.skip(in);
            }
        }
    }

    /** Elements of the next block of a collection; a negative count is followed by the block's size in bytes. */
    static long blockCount(AvroInput in) {
        long n = in.readLong();
        if (n < 0) {
            in.readLong();
            n = -n;
        }
        return n;
    }
}
