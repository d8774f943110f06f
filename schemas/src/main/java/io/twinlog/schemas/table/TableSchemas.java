package io.twinlog.schemas.table;

import io.twinlog.schemas.topic.NameEscape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Avro schemas of one table version: key, row and envelope; and the way back from an envelope schema to the shape.
 *
 * <p>Row columns are {@code [null, type]} with default null, so that adding and dropping columns stays compatible in
 * both directions. Original names and types are kept as the properties {@code column} and {@code sqlType}; the row
 * carries {@code twinlog.schema}, {@code twinlog.table}, {@code twinlog.identity} and, unless it is PostgreSQL's, {@code twinlog.connector}; a key column
 * carries {@code twinlog.key}.
 */
public final class TableSchemas {

    public static final String COLUMN = "column";
    public static final String SQL_TYPE = "sqlType";
    public static final String SCHEMA = "twinlog.schema";
    public static final String TABLE = "twinlog.table";
    public static final String IDENTITY = "twinlog.identity";
    public static final String CONNECTOR = "twinlog.connector";
    public static final String KEY = "twinlog.key";

    private TableSchemas() {}

    /** The key record: the key columns, never null, exact. */
    public static Schema key(String replication, TableShape shape) {
        List<Schema.Field> fields = new ArrayList<>();
        for (ColumnShape column : shape.columns()) {
            if (column.key()) {
                Schema type = column.type().holdsEveryValue() ? typeOf(column) : Schema.create(Schema.Type.STRING);
                Schema.Field field = new Schema.Field(NameEscape.forAvro(column.name()), type);
                field.addProp(COLUMN, column.name());
                field.addProp(SQL_TYPE, column.sqlType());
                fields.add(field);
            }
        }
        return Schema.createRecord("Key", null, namespace(replication, shape), false, fields);
    }

    /** The row record: every column, nullable. */
    public static Schema row(String replication, TableShape shape) {
        return row(replication, shape, new FieldNames().of(shape));
    }

    /** @param names of the fields, in the order of the columns */
    static Schema row(String replication, TableShape shape, List<String> names) {
        List<Schema.Field> fields = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            ColumnShape column = shape.columns().get(i);
            Schema.Field field = nullable(names.get(i), typeOf(column));
            field.addProp(COLUMN, column.name());
            field.addProp(SQL_TYPE, column.sqlType());
            if (column.key()) {
                field.addProp(KEY, true);
            }
            fields.add(field);
        }
        Schema row = Schema.createRecord("Value", null, namespace(replication, shape), false, fields);
        row.addProp(SCHEMA, shape.schema());
        row.addProp(TABLE, shape.table());
        row.addProp(IDENTITY, shape.identity().name().toLowerCase(Locale.ROOT));
        // Left out for PostgreSQL, whose schemas were published without it: their fingerprints stay.
        if (!shape.connector().equals(TableShape.POSTGRESQL)) {
            row.addProp(CONNECTOR, shape.connector());
        }
        return row;
    }

    /** The envelope of data records; its fields are listed in docs/xlog-format.md. */
    public static Schema envelope(String replication, TableShape shape) {
        return envelope(replication, shape, new FieldNames().of(shape));
    }

    /** @param names of the row's fields, in the order of the columns; see {@link FieldNames} */
    public static Schema envelope(String replication, TableShape shape, List<String> names) {
        String namespace = namespace(replication, shape);
        Schema row = row(replication, shape, names);
        Schema text = Schema.createRecord(
                "ExactText",
                "Values that their column's type cannot hold, as exact text",
                "io.twinlog.xlog",
                false,
                List.of(
                        new Schema.Field("column", Schema.create(Schema.Type.STRING)),
                        new Schema.Field("text", Schema.create(Schema.Type.STRING))));
        List<Schema.Field> fields = new ArrayList<>();
        fields.add(new Schema.Field("op", Schema.create(Schema.Type.STRING)));
        fields.add(new Schema.Field("epoch", Schema.create(Schema.Type.LONG)));
        fields.add(new Schema.Field("seq", Schema.create(Schema.Type.LONG)));
        fields.add(new Schema.Field("ordinal", Schema.create(Schema.Type.LONG)));
        fields.add(new Schema.Field("source", source()));
        fields.add(nullable("transaction", transaction()));
        fields.add(nullable("ts_ms", Schema.create(Schema.Type.LONG)));
        fields.add(nullable("origin", Schema.create(Schema.Type.STRING)));
        fields.add(nullable("unchanged", Schema.createArray(Schema.create(Schema.Type.STRING))));
        fields.add(nullable("linked_key", Schema.create(Schema.Type.BYTES)));
        fields.add(nullable("before_text", Schema.createArray(text)));
        fields.add(nullable("after_text", Schema.createArray(text)));
        fields.add(nullable("before", row));
        fields.add(nullable("after", row));
        return Schema.createRecord("Envelope", null, namespace, false, fields);
    }

    private static Schema source() {
        Schema string = Schema.create(Schema.Type.STRING);
        Schema number = Schema.create(Schema.Type.LONG);
        return Schema.createRecord(
                "Source",
                null,
                "io.twinlog.xlog",
                false,
                List.of(
                        new Schema.Field("version", string),
                        new Schema.Field("connector", string),
                        new Schema.Field("name", string),
                        new Schema.Field("db", string),
                        new Schema.Field("schema", string),
                        new Schema.Field("table", string),
                        nullable("snapshot", string),
                        new Schema.Field("ts_ms", number),
                        nullable("ts_us", number),
                        nullable("txId", number),
                        nullable("lsn", number),
                        nullable("position", string)));
    }

    private static Schema transaction() {
        return Schema.createRecord(
                "Transaction",
                null,
                "io.twinlog.xlog",
                false,
                List.of(
                        new Schema.Field("id", Schema.create(Schema.Type.STRING)),
                        new Schema.Field("total_order", Schema.create(Schema.Type.LONG)),
                        new Schema.Field("data_collection_order", Schema.create(Schema.Type.LONG))));
    }

    /** Whether a schema was made by {@link #envelope}. */
    public static boolean isEnvelope(Schema schema) {
        if (schema.getType() != Schema.Type.RECORD || schema.getField("after") == null) {
            return false;
        }
        Schema after = schema.getField("after").schema();
        return after.isUnion()
                && after.getTypes().size() == 2
                && after.getTypes().get(1).getObjectProp(IDENTITY) != null;
    }

    /** Reads the shape back from an envelope schema made by {@link #envelope}. */
    public static TableShape shapeOf(Schema envelope) {
        Schema row = envelope.getField("after").schema().getTypes().get(1);
        List<ColumnShape> columns = new ArrayList<>();
        for (Schema.Field field : row.getFields()) {
            Schema type = field.schema().getTypes().get(1);
            XlogType xlogType = xlogTypeOf(type);
            int precision = 0;
            int scale = 0;
            if (type.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
                precision = decimal.getPrecision();
                scale = decimal.getScale();
            }
            columns.add(new ColumnShape(
                    property(field, COLUMN),
                    xlogType,
                    property(field, SQL_TYPE),
                    precision,
                    scale,
                    Boolean.TRUE.equals(field.getObjectProp(KEY))));
        }
        ReplicaIdentity identity =
                ReplicaIdentity.valueOf(property(row, IDENTITY).toUpperCase(Locale.ROOT));
        Object connector = row.getObjectProp(CONNECTOR);
        return new TableShape(
                property(row, SCHEMA),
                property(row, TABLE),
                identity,
                columns,
                connector == null ? TableShape.POSTGRESQL : connector.toString());
    }

    private static String property(JsonProperties properties, String name) {
        Object value = properties.getObjectProp(name);
        if (value == null) {
            throw new IllegalArgumentException("The schema lacks the property '" + name + "': " + properties);
        }
        return value.toString();
    }

    private static XlogType xlogTypeOf(Schema type) {
        LogicalType logical = type.getLogicalType();
        String name = logical == null ? null : logical.getName();
        for (XlogType candidate : XlogType.values()) {
            if (candidate.avroType() == type.getType() && java.util.Objects.equals(candidate.logicalType(), name)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("No xlog type travels as " + type);
    }

    static Schema typeOf(ColumnShape column) {
        Schema type = Schema.create(column.type().avroType());
        return switch (column.type()) {
            case BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, TEXT -> type;
            case UUID -> LogicalTypes.uuid().addToSchema(type);
            case DECIMAL ->
                LogicalTypes.decimal(column.precision(), column.scale()).addToSchema(type);
            case DATE -> LogicalTypes.date().addToSchema(type);
            case TIME -> LogicalTypes.timeMicros().addToSchema(type);
            case TIMESTAMP -> LogicalTypes.timestampMicros().addToSchema(type);
            case LOCAL_TIMESTAMP -> LogicalTypes.localTimestampMicros().addToSchema(type);
        };
    }

    private static Schema.Field nullable(String name, Schema type) {
        Schema union = Schema.createUnion(Schema.create(Schema.Type.NULL), type);
        return new Schema.Field(name, union, null, Schema.Field.NULL_DEFAULT_VALUE);
    }

    private static String namespace(String replication, TableShape shape) {
        return NameEscape.forAvro(replication) + "." + NameEscape.forAvro(shape.schema()) + "."
                + NameEscape.forAvro(shape.table());
    }
}
