package io.twinlog.schemas.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;

class FieldNamesTest {

    private final List<Schema> published = new ArrayList<>();
    private final FieldNames names = new FieldNames();

    @Test
    void added_dropped_renamed_and_retyped_columns_keep_every_version_readable_with_every_other() {
        publish(column("id", XlogType.INT), column("v", XlogType.INT));
        publish(column("id", XlogType.INT), column("v", XlogType.INT), column("added", XlogType.TEXT));
        publish(column("id", XlogType.INT), column("added", XlogType.TEXT));
        publish(column("id", XlogType.INT), column("renamed", XlogType.TEXT));
        publish(column("id", XlogType.INT), column("v", XlogType.TEXT));
        publish(column("id", XlogType.LONG), column("v", XlogType.TIMESTAMP));
        publish(column("id", XlogType.LONG), column("v", XlogType.LONG));

        assertFullTransitive();
    }

    @Test
    void a_retyped_column_gets_a_name_of_its_own_and_its_old_one_again_with_its_old_type() {
        assertThat(publish(column("v", XlogType.INT))).containsExactly("v");
        assertThat(publish(column("v", XlogType.TEXT))).containsExactly("v_2");
        assertThat(publish(column("v", XlogType.UUID))).containsExactly("v_3");
        assertThat(publish(column("v", XlogType.INT))).containsExactly("v");
        assertThat(publish(column("v", XlogType.TEXT))).containsExactly("v_2");
    }

    @Test
    void a_decimal_changes_its_name_with_its_scale_and_not_with_its_precision() {
        assertThat(publish(decimal(10, 2))).containsExactly("d");
        assertThat(publish(decimal(12, 2))).containsExactly("d");
        assertThat(publish(decimal(12, 4))).containsExactly("d_2");
    }

    @Test
    void a_column_that_has_the_name_already_is_not_met() {
        assertThat(publish(column("v", XlogType.INT), column("v_2", XlogType.TEXT)))
                .containsExactly("v", "v_2");
        List<String> retyped = publish(column("v", XlogType.TEXT), column("v_2", XlogType.TEXT));
        assertThat(retyped).doesNotHaveDuplicates().contains("v_2");
        assertFullTransitive();
    }

    @Test
    void the_shape_says_the_columns_own_names() {
        publish(column("v", XlogType.INT));
        publish(column("v", XlogType.TEXT));

        assertThat(TableSchemas.shapeOf(published.get(1)).columns().get(0).name())
                .isEqualTo("v");
    }

    @Test
    void names_do_not_depend_on_the_order_in_which_the_history_is_read() {
        List<String> columns = List.of("a", "b", "a_2", "b_3");
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            FieldNames live = new FieldNames();
            List<Schema> history = new ArrayList<>();
            TableShape last = null;
            for (int version = 0; version < 6; version++) {
                List<ColumnShape> shape = new ArrayList<>();
                for (String column : columns) {
                    if (random.nextInt(3) > 0) {
                        XlogType[] types = {XlogType.INT, XlogType.TEXT, XlogType.UUID, XlogType.DATE};
                        shape.add(column(column, types[random.nextInt(types.length)]));
                    }
                }
                last = new TableShape("public", "t", ReplicaIdentity.KEY, shape);
                Schema schema = TableSchemas.envelope("r", last, live.of(last));
                live.remember(schema);
                history.add(schema);
            }
            published.clear();
            published.addAll(history);
            assertFullTransitive();
            Collections.shuffle(history, random);
            FieldNames reread = new FieldNames();
            history.forEach(reread::remember);
            assertThat(reread.of(last)).as("seed " + seed).isEqualTo(live.of(last));
        }
    }

    private List<String> publish(ColumnShape... columns) {
        TableShape shape = new TableShape("public", "t", ReplicaIdentity.KEY, List.of(columns));
        List<String> given = names.of(shape);
        Schema schema = TableSchemas.envelope("r", shape, given);
        names.remember(schema);
        published.add(schema);
        return given;
    }

    // What registries call FULL_TRANSITIVE, with Avro's own checker.
    private void assertFullTransitive() {
        for (Schema schema : published) {
            try {
                new SchemaValidatorBuilder().mutualReadStrategy().validateAll().validate(schema, published);
            } catch (SchemaValidationException e) {
                throw new AssertionError("Versions exclude each other", e);
            }
        }
    }

    private static ColumnShape column(String name, XlogType type) {
        return new ColumnShape(name, type, type.name().toLowerCase(java.util.Locale.ROOT), false);
    }

    private static ColumnShape decimal(int precision, int scale) {
        return new ColumnShape(
                "d", XlogType.DECIMAL, "numeric(" + precision + "," + scale + ")", precision, scale, false);
    }
}
