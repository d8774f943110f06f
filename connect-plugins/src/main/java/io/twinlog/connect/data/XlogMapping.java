package io.twinlog.connect.data;

import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.status.StatusCodec;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableSchemas;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.topic.NameEscape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema.Type;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * One kind of xlog record (envelope or key of a table version, control, conflict or status record) with its Avro and its Connect
 * schema. What the Avro schema keeps as properties stands in the parameters of the Connect schema, so either is found from the
 * other, and a record that went through Connect has the bytes that it had before. Immutable; safe for many threads.
 */
public final class XlogMapping {

    private static final List<org.apache.avro.Schema> FIXED =
            List.of(ControlCodec.SCHEMA, ConflictCodec.SCHEMA, StatusCodec.SCHEMA);
    private static final GenericData ORDERED = new OrderedData();
    private static final String ENVELOPE = ".Envelope";
    private static final String KEY = ".Key";

    private final org.apache.avro.Schema avro;
    private final Schema connect;
    private final boolean event;

    private XlogMapping(org.apache.avro.Schema avro) {
        this.avro = avro;
        this.connect = connect(avro, Map.of(), false);
        this.event = isEvent(connect);
    }

    /** From the Avro schema of a record. */
    public static XlogMapping of(org.apache.avro.Schema avro) {
        return new XlogMapping(avro);
    }

    /**
     * From the schema of a Struct.
     *
     * @throws DataException if it is none of an xlog record
     */
    public static XlogMapping of(Schema connect) {
        return new XlogMapping(avro(connect));
    }

    public org.apache.avro.Schema avro() {
        return avro;
    }

    public Schema connect() {
        return connect;
    }

    /** Whether a Struct with this schema is an event of ours: an envelope that carries its identity. */
    public static boolean isEvent(@Nullable Schema schema) {
        return schema != null
                && schema.type() == Schema.Type.STRUCT
                && schema.name() != null
                && schema.name().endsWith(ENVELOPE)
                && schema.field("epoch") != null
                && schema.field("ordinal") != null;
    }

    /** Whether a Struct with this schema is a record of the control log. */
    public static boolean isControl(@Nullable Schema schema) {
        return schema != null && ControlCodec.SCHEMA.getFullName().equals(schema.name());
    }

    // --- schemas

    private static Schema connect(org.apache.avro.Schema type, Map<String, Object> properties, boolean optional) {
        if (type.getType() == Type.UNION) {
            return connect(type.getTypes().get(1), properties, true);
        }
        Object sqlType = properties.get(TableSchemas.SQL_TYPE);
        SchemaBuilder builder = switch (type.getType()) {
            case RECORD -> record(type);
            case ARRAY -> SchemaBuilder.array(connect(type.getElementType(), Map.of(), false));
            case MAP -> SchemaBuilder.map(Schema.STRING_SCHEMA, connect(type.getValueType(), Map.of(), false));
            default -> ConnectTypes.builder(type, sqlType == null ? null : sqlType.toString());
        };
        properties.forEach((name, value) -> builder.parameter(name, value.toString()));
        return optional ? builder.optional().build() : builder.build();
    }

    private static SchemaBuilder record(org.apache.avro.Schema type) {
        SchemaBuilder builder = SchemaBuilder.struct().name(type.getFullName());
        type.getObjectProps().forEach((name, value) -> builder.parameter(name, value.toString()));
        for (org.apache.avro.Schema.Field field : type.getFields()) {
            builder.field(field.name(), connect(field.schema(), field.getObjectProps(), false));
        }
        return builder;
    }

    private static org.apache.avro.Schema avro(Schema connect) {
        String name = connect.name();
        if (connect.type() == Schema.Type.STRUCT && name != null) {
            for (org.apache.avro.Schema fixed : FIXED) {
                if (fixed.getFullName().equals(name)) {
                    return fixed;
                }
            }
            String[] parts = name.split("\\.");
            if (parts.length == 4 && isEvent(connect)) {
                return envelope(NameEscape.unescape(parts[0]), connect);
            }
            if (parts.length == 4 && name.endsWith(KEY)) {
                return key(parts, connect);
            }
        }
        throw new DataException(
                "A value with the schema " + name + " (" + connect.type()
                        + ") is no xlog record. XlogConverter converts what Twinlog writes; use another converter for other topics.");
    }

    private static org.apache.avro.Schema envelope(String replication, Schema connect) {
        Schema row = connect.field("after").schema();
        List<String> names = row.fields().stream().map(Field::name).toList();
        return TableSchemas.envelope(replication, shape(row), names);
    }

    /** The shape of the table that the rows of an envelope have. */
    private static TableShape shape(Schema row) {
        List<ColumnShape> columns = new ArrayList<>();
        for (Field field : row.fields()) {
            columns.add(ConnectTypes.column(
                    parameter(field.schema(), TableSchemas.COLUMN),
                    parameter(field.schema(), TableSchemas.SQL_TYPE),
                    field.schema().parameters().containsKey(TableSchemas.KEY),
                    field.schema()));
        }
        return new TableShape(
                parameter(row, TableSchemas.SCHEMA),
                parameter(row, TableSchemas.TABLE),
                ReplicaIdentity.valueOf(parameter(row, TableSchemas.IDENTITY).toUpperCase(Locale.ROOT)),
                columns,
                row.parameters().getOrDefault(TableSchemas.CONNECTOR, TableShape.POSTGRESQL));
    }

    private static org.apache.avro.Schema key(String[] name, Schema connect) {
        List<ColumnShape> columns = new ArrayList<>();
        for (Field field : connect.fields()) {
            columns.add(ConnectTypes.column(
                    parameter(field.schema(), TableSchemas.COLUMN),
                    parameter(field.schema(), TableSchemas.SQL_TYPE),
                    true,
                    field.schema()));
        }
        return TableSchemas.key(
                NameEscape.unescape(name[0]),
                new TableShape(
                        NameEscape.unescape(name[1]), NameEscape.unescape(name[2]), ReplicaIdentity.KEY, columns));
    }

    private static String parameter(Schema schema, String name) {
        String value = schema.parameters() == null ? null : schema.parameters().get(name);
        if (value == null) {
            throw new DataException("The schema " + schema.name() + " lacks the parameter " + name
                    + ": a transformation or a converter has dropped what tells a column's name and type");
        }
        return value;
    }

    // --- values

    /**
     * Reads a record.
     *
     * @param start where its Avro body starts
     * @throws DataException if the bytes do not follow the schema
     */
    public Struct read(byte[] record, int start) {
        try {
            GenericRecord value = new GenericDatumReader<GenericRecord>(avro, avro, ORDERED)
                    .read(null, DecoderFactory.get().binaryDecoder(record, start, record.length - start, null));
            return (Struct) Objects.requireNonNull(toConnect(avro, connect, value));
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            throw new DataException("The record does not follow its schema " + avro.getFullName(), e);
        }
    }

    /** Maps keep their order, so that a record keeps its bytes. */
    private static final class OrderedData extends GenericData {
        @Override
        public Object newMap(Object old, int size) {
            return new LinkedHashMap<>();
        }
    }

    private static @Nullable Object toConnect(org.apache.avro.Schema type, Schema schema, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.getType()) {
            case UNION -> toConnect(type.getTypes().get(1), schema, value);
            case RECORD -> {
                Struct struct = new Struct(schema);
                GenericRecord record = (GenericRecord) value;
                for (org.apache.avro.Schema.Field field : type.getFields()) {
                    Field target = schema.field(field.name());
                    struct.put(target, toConnect(field.schema(), target.schema(), record.get(field.pos())));
                }
                yield struct;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (Object element : (Iterable<?>) value) {
                    list.add(toConnect(type.getElementType(), schema.valueSchema(), element));
                }
                yield list;
            }
            case MAP -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                ((Map<?, ?>) value)
                        .forEach((key, element) ->
                                map.put(key.toString(), toConnect(type.getValueType(), schema.valueSchema(), element)));
                yield map;
            }
            default -> ConnectTypes.toConnect(type, value);
        };
    }

    /** Writes a record behind a header. */
    public byte[] write(Struct value, byte[] header) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        bytes.writeBytes(header);
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            Object record = toAvro(avro, event ? SpecialFloats.fromTexts(value) : value);
            new GenericDatumWriter<Object>(avro).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AvroRuntimeException | ClassCastException e) {
            throw new DataException("A value does not fit the schema " + avro.getFullName(), e);
        }
        return bytes.toByteArray();
    }

    private static @Nullable Object toAvro(org.apache.avro.Schema type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.getType()) {
            case UNION -> toAvro(type.getTypes().get(1), value);
            case RECORD -> {
                GenericRecord record = new GenericData.Record(type);
                Struct struct = (Struct) value;
                for (org.apache.avro.Schema.Field field : type.getFields()) {
                    record.put(field.pos(), toAvro(field.schema(), struct.get(field.name())));
                }
                yield record;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (Object element : (Iterable<?>) value) {
                    list.add(toAvro(type.getElementType(), element));
                }
                yield list;
            }
            case MAP -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                ((Map<?, ?>) value)
                        .forEach((key, element) -> map.put(key.toString(), toAvro(type.getValueType(), element)));
                yield map;
            }
            default -> ConnectTypes.toAvro(type, value);
        };
    }
}
