package io.twinlog.schemas.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.wire.SingleObject;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;

class TableSchemasTest {

    private static final TableShape ORDERS =
            new TableShape("Sales \"EU\"", "or-ders", ReplicaIdentity.FULL, allTypes());

    private static List<ColumnShape> allTypes() {
        List<ColumnShape> columns = new ArrayList<>();
        columns.add(new ColumnShape("1st", XlogType.LONG, "bigint", true));
        for (XlogType type : XlogType.values()) {
            columns.add(
                    type == XlogType.DECIMAL
                            ? new ColumnShape("c " + type, type, "numeric(12,2)", 12, 2, false)
                            : new ColumnShape("c " + type, type, type.name(), false));
        }
        return columns;
    }

    @Test
    void the_shape_is_read_back_from_the_published_text_of_its_envelope_schema() {
        String published = TableSchemas.envelope("shop", ORDERS).toString();

        assertThat(TableSchemas.shapeOf(new Schema.Parser().parse(published))).isEqualTo(ORDERS);
    }

    @Test
    void the_shape_says_whose_types_it_names() {
        TableShape mariadb =
                new TableShape("shop", "orders", ReplicaIdentity.FULL, ORDERS.columns(), TableShape.MARIADB);

        String published = TableSchemas.envelope("shop", mariadb).toString();

        assertThat(published).contains("\"twinlog.connector\":\"mariadb\"");
        assertThat(TableSchemas.shapeOf(new Schema.Parser().parse(published))).isEqualTo(mariadb);
    }

    @Test
    void schemas_of_postgresql_keep_their_text() {
        assertThat(TableSchemas.row("r", shape(ReplicaIdentity.KEY)).toString())
                .isEqualTo("{\"type\":\"record\",\"name\":\"Value\",\"namespace\":\"r.public.t\",\"fields\":["
                        + "{\"name\":\"id\",\"type\":[\"null\",\"long\"],\"default\":null,\"column\":\"id\","
                        + "\"sqlType\":\"bigint\",\"twinlog.key\":true}],"
                        + "\"twinlog.schema\":\"public\",\"twinlog.table\":\"t\",\"twinlog.identity\":\"key\"}");
    }

    @Test
    void the_fingerprint_of_published_text_is_the_writers() {
        Schema schema = TableSchemas.envelope("shop", ORDERS);

        assertThat(SingleObject.fingerprint(new Schema.Parser().parse(schema.toString())))
                .isEqualTo(SingleObject.fingerprint(schema));
    }

    @Test
    void versions_that_differ_in_scale_length_or_identity_only_have_different_fingerprints() {
        List<TableShape> versions = List.of(
                shape(ReplicaIdentity.FULL, new ColumnShape("a", XlogType.DECIMAL, "numeric(10,2)", 10, 2, false)),
                shape(ReplicaIdentity.FULL, new ColumnShape("a", XlogType.DECIMAL, "numeric(10,4)", 10, 4, false)),
                shape(ReplicaIdentity.KEY, new ColumnShape("a", XlogType.DECIMAL, "numeric(10,4)", 10, 4, false)),
                shape(ReplicaIdentity.FULL, new ColumnShape("a", XlogType.TEXT, "character varying(10)", false)),
                shape(ReplicaIdentity.FULL, new ColumnShape("a", XlogType.TEXT, "character varying(20)", false)));

        assertThat(versions.stream().map(v -> SingleObject.fingerprint(TableSchemas.envelope("r", v))))
                .doesNotHaveDuplicates();
    }

    @Test
    void added_dropped_and_renamed_columns_stay_compatible_in_both_directions() {
        TableShape one = shape(ReplicaIdentity.FULL, new ColumnShape("a", XlogType.INT, "integer", false));
        TableShape two = shape(
                ReplicaIdentity.FULL,
                new ColumnShape("a", XlogType.INT, "integer", false),
                new ColumnShape("b", XlogType.TEXT, "text", false));
        TableShape three = shape(ReplicaIdentity.FULL, new ColumnShape("c", XlogType.TEXT, "text", false));
        List<TableShape> versions = List.of(one, two, three);

        for (TableShape reader : versions) {
            for (TableShape writer : versions) {
                assertThat(SchemaCompatibility.checkReaderWriterCompatibility(
                                        TableSchemas.envelope("r", reader), TableSchemas.envelope("r", writer))
                                .getType())
                        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            }
        }
    }

    @Test
    void columns_that_differ_by_case_only_stay_apart() {
        TableShape shape = shape(
                ReplicaIdentity.FULL,
                new ColumnShape("A", XlogType.INT, "integer", false),
                new ColumnShape("a", XlogType.INT, "integer", false));

        assertThat(TableSchemas.shapeOf(TableSchemas.envelope("r", shape))).isEqualTo(shape);
    }

    private static TableShape shape(ReplicaIdentity identity, ColumnShape... columns) {
        List<ColumnShape> all = new ArrayList<>();
        all.add(new ColumnShape("id", XlogType.LONG, "bigint", true));
        all.addAll(List.of(columns));
        return new TableShape("public", "t", identity, all);
    }
}
