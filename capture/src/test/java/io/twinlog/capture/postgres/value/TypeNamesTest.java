package io.twinlog.capture.postgres.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypeNamesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numeric | 786438 | numeric(12,2)",
                "numeric | 133123 | numeric(2,-1)",
                "varchar | 24 | varchar(20)",
                "bpchar | 9 | bpchar(5)",
                "bit | 3 | bit(3)",
                "timestamptz | 3 | timestamptz(3)",
                "interval | 2147418115 | interval(3)",
                "interval | 470351871 | interval day to second",
                "text | -1 | text"
            })
    void modifiers_are_part_of_the_name(String name, int modifier, String expected) {
        TypeNames names = new TypeNames();
        names.put(1, "", name);
        assertThat(names.sqlType(1, modifier)).isEqualTo(expected);
    }

    @Test
    void user_types_are_qualified_and_quoted_where_needed() {
        TypeNames names = new TypeNames();
        names.put(20000, "public", "mood");
        names.put(20001, "My Schema", "a\"b");
        names.put(18, "pg_catalog", "char");
        assertThat(names.sqlType(20000, -1)).isEqualTo("public.mood");
        assertThat(names.sqlType(20001, -1)).isEqualTo("\"My Schema\".\"a\"\"b\"");
        assertThat(names.sqlType(18, -1)).isEqualTo("\"char\"");
    }

    @Test
    void a_type_that_nobody_names_stops_us() {
        assertThatThrownBy(() -> new TypeNames().sqlType(99_999, -1))
                .isInstanceOf(TwinlogException.class)
                .hasMessageContaining("99999");
    }

    @ParameterizedTest
    @CsvSource({
        "786438, DECIMAL, 12, 2",
        "327684, DECIMAL, 5, 0",
        "133123, TEXT, 0, 0",
        "131081, TEXT, 0, 0",
        "-1, TEXT, 0, 0"
    })
    void numeric_is_a_decimal_only_where_the_scale_fits(int modifier, XlogType type, int precision, int scale) {
        ColumnShape shape = ColumnTypes.shape("c", ColumnTypes.NUMERIC, modifier, "numeric", false);
        assertThat(shape.type()).isEqualTo(type);
        assertThat(shape.precision()).isEqualTo(precision);
        assertThat(shape.scale()).isEqualTo(scale);
    }
}
