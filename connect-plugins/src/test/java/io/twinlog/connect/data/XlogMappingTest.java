package io.twinlog.connect.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.FieldNames;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableSchemas;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class XlogMappingTest {

    private static final TableShape ORDERS =
            new TableShape("Sales \"EU\"", "or-ders.x", ReplicaIdentity.FULL, allTypes());

    private static final TableShape ITEMS =
            new TableShape("shop", "items", ReplicaIdentity.FULL, ORDERS.columns(), TableShape.MARIADB);

    private static List<ColumnShape> allTypes() {
        List<ColumnShape> columns = new ArrayList<>();
        columns.add(new ColumnShape("1st", XlogType.LONG, "bigint", true));
        columns.add(new ColumnShape("day", XlogType.DATE, "date", true));
        for (XlogType type : XlogType.values()) {
            columns.add(
                    type == XlogType.DECIMAL
                            ? new ColumnShape("c " + type, type, "numeric(12,2)", 12, 2, false)
                            : new ColumnShape("c " + type, type, type == XlogType.TEXT ? "jsonb" : type.name(), false));
        }
        return columns;
    }

    @Test
    void the_avro_schema_is_found_again_from_the_connect_schema() {
        FieldNames names = new FieldNames();
        names.remember(TableSchemas.envelope(
                "shop-1",
                new TableShape(
                        ORDERS.schema(),
                        ORDERS.table(),
                        ReplicaIdentity.FULL,
                        List.of(new ColumnShape("c UUID", XlogType.INT, "integer", false)))));
        for (org.apache.avro.Schema avro : List.of(
                TableSchemas.envelope("shop-1", ORDERS, names.of(ORDERS)),
                TableSchemas.envelope("shop-1", ORDERS),
                TableSchemas.envelope("shop-1", ITEMS),
                TableSchemas.key("shop-1", ORDERS),
                ControlCodec.SCHEMA,
                ConflictCodec.SCHEMA)) {
            XlogMapping there = XlogMapping.of(avro);
            XlogMapping back = XlogMapping.of(there.connect());

            assertThat(back.avro().toString()).isEqualTo(avro.toString());
            assertThat(back.connect()).isEqualTo(there.connect());
        }
    }

    @Test
    void a_control_record_keeps_its_bytes_also_through_json() {
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 20; i > 0; i--) {
            details.put("detail " + i, "ü" + i);
        }
        ControlRecord record = new ControlRecord(
                ControlKind.END,
                3,
                17,
                "0/16B3748",
                4711L,
                1_700_000_000_000_001L,
                null,
                2,
                List.of(new PartitionCount("shop.public.orders", 2, 2)),
                16,
                "0/16B3700",
                details);
        byte[] bytes = ControlCodec.encode(record);
        XlogMapping mapping = XlogMapping.of(ControlCodec.SCHEMA);

        Struct struct = mapping.read(bytes, SingleObject.HEADER_BYTES);
        byte[] header = RecordHeader.singleObject(ControlCodec.FINGERPRINT);

        assertThat(mapping.write(struct, header)).isEqualTo(bytes);
        try (JsonConverter json = new JsonConverter()) {
            json.configure(Map.of("schemas.enable", "true"), false);
            SchemaAndValue back = json.toConnectData("t", json.fromConnectData("t", mapping.connect(), struct));
            Struct restored = (Struct) back.value();
            assertThat(ControlCodec.decode(XlogMapping.of(restored.schema()).write(restored, header)))
                    .isEqualTo(record);
        }
    }

    @Test
    void what_is_no_xlog_record_is_refused() {
        Schema other = SchemaBuilder.struct()
                .name("com.example.Other")
                .field("a", Schema.INT32_SCHEMA)
                .build();

        assertThatThrownBy(() -> XlogMapping.of(other))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("com.example.Other")
                .hasMessageContaining("no xlog record");
        assertThatThrownBy(() -> XlogMapping.of(ControlCodec.SCHEMA).read(new byte[] {1, 2, 3}, 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("does not follow its schema");
    }
}
