package io.twinlog.connect.data;

import io.twinlog.schemas.table.TableSchemas;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * NaN and the infinities in rows of an envelope. JSON has no such numbers, and Connect's JsonConverter reads 0 where it has written
 * them. So where a converter may be of that kind they travel as exact texts, like other values that a column's type cannot hold.
 * Stateless.
 */
public final class SpecialFloats {

    private static final String[] IMAGES = {"before", "after"};
    private static final String TEXTS = "_text";
    private static final String COLUMN = "column";
    private static final String TEXT = "text";

    private SpecialFloats() {}

    /** Moves them from the rows of an envelope into its texts; changes the Struct. */
    public static Struct toTexts(Struct envelope) {
        for (String image : IMAGES) {
            if (envelope.get(image) instanceof Struct row) {
                for (Field field : row.schema().fields()) {
                    Object value = isFloat(field.schema()) ? row.get(field) : null;
                    if (value != null && !Double.isFinite(((Number) value).doubleValue())) {
                        add(envelope, image + TEXTS, column(field), value.toString());
                        row.put(field, null);
                    }
                }
            }
        }
        return envelope;
    }

    private static void add(Struct envelope, String field, String column, String text) {
        List<Object> texts = new ArrayList<>();
        if (envelope.get(field) instanceof List<?> present) {
            texts.addAll(present);
        }
        Schema entry = envelope.schema().field(field).schema().valueSchema();
        texts.add(new Struct(entry).put(COLUMN, column).put(TEXT, text));
        envelope.put(field, texts);
    }

    /** Moves them back; the given Struct stays as it is. */
    static Struct fromTexts(Struct envelope) {
        Struct result = envelope;
        for (String image : IMAGES) {
            if (envelope.get(image + TEXTS) instanceof List<?> texts && envelope.get(image) instanceof Struct row) {
                List<Object> others = new ArrayList<>();
                Struct restored = null;
                for (Object entry : texts) {
                    Struct text = (Struct) entry;
                    Field field = floatField(row.schema(), text.getString(COLUMN));
                    if (field == null) {
                        others.add(text);
                    } else {
                        restored = restored == null ? copy(row) : restored;
                        restored.put(field, number(field.schema(), text.getString(TEXT)));
                    }
                }
                if (restored != null) {
                    result = result == envelope ? copy(envelope) : result;
                    result.put(image, restored);
                    result.put(image + TEXTS, others.isEmpty() ? null : others);
                }
            }
        }
        return result;
    }

    private static Struct copy(Struct struct) {
        Struct copy = new Struct(struct.schema());
        for (Field field : struct.schema().fields()) {
            copy.put(field, struct.getWithoutDefault(field.name()));
        }
        return copy;
    }

    private static @Nullable Field floatField(Schema row, String column) {
        for (Field field : row.fields()) {
            if (isFloat(field.schema()) && column(field).equals(column)) {
                return field;
            }
        }
        return null;
    }

    private static boolean isFloat(Schema schema) {
        return schema.type() == Schema.Type.FLOAT32 || schema.type() == Schema.Type.FLOAT64;
    }

    private static String column(Field field) {
        return field.schema().parameters() == null
                ? field.name()
                : field.schema().parameters().getOrDefault(TableSchemas.COLUMN, field.name());
    }

    private static Object number(Schema schema, String text) {
        // Not by the condition of an expression, which would make a double of either.
        if (schema.type() == Schema.Type.FLOAT32) {
            return Float.parseFloat(text);
        }
        return Double.parseDouble(text);
    }
}
