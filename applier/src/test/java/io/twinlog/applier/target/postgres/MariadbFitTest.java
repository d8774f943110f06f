package io.twinlog.applier.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MariadbFitTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT|tinyint(1)|smallint|true",
                "INT|tinyint(1)|boolean|true",
                "INT|tinyint|boolean|false",
                "INT|tinyint unsigned|boolean|false",
                "TEXT|bit(1)|boolean|true",
                "TEXT|bit(2)|boolean|false",
                "TEXT|longtext|json|true",
                "TEXT|json|json|true",
                "TEXT|json|jsonb|false",
                "TEXT|varchar(20)|json|false",
                "TEXT|enum('a','b')|mood|true",
                "TEXT|set('a','b')|mood|false",
                "TEXT|varchar(20)|mood|false",
                "INT|tinyint unsigned|smallint|true",
                "INT|smallint unsigned|smallint|false",
                "INT|smallint unsigned|integer|true",
                "INT|int|bigint|true",
                "INT|int|numeric|true",
                "INT|year|smallint|true",
                "INT|year|date|false",
                "LONG|int unsigned|integer|false",
                "LONG|int unsigned|bigint|true",
                "FLOAT|float|real|true",
                "FLOAT|float|double precision|false",
                "DOUBLE|double|double precision|true",
                "BYTES|binary(16)|bytea|true",
                "BYTES|blob|text|false",
                "UUID|uuid|uuid|true",
                "UUID|uuid|text|true",
                "DATE|date|date|true",
                "DATE|date|timestamp without time zone|false",
                "TIMESTAMP|timestamp(3)|timestamp with time zone|true",
                "TIMESTAMP|timestamp(3)|timestamp(2) with time zone|false",
                "TIMESTAMP|timestamp|timestamp(0) with time zone|true",
                "TIMESTAMP|timestamp|timestamp without time zone|false",
                "LOCAL_TIMESTAMP|datetime(6)|timestamp(6) without time zone|true",
                "LOCAL_TIMESTAMP|datetime(6)|timestamp with time zone|false",
                "TIME|time(6)|time without time zone|true",
                "TIME|time(6)|time(3) without time zone|false",
                "TIME|time|interval|true",
                "TEXT|varchar(20)|character varying(20)|true",
                "TEXT|varchar(20)|character varying(19)|false",
                "TEXT|varchar(20)|character(20)|false",
                "TEXT|char(3)|character(3)|true",
                "TEXT|longtext|text|true",
                "TEXT|longtext|jsonb|false",
                "TEXT|enum('a(b','c')|text|true",
                "TEXT|enum('a(b','c')|character varying(9)|false",
                "TEXT|set('x')|character varying|true",
                "TEXT|bit(5)|bit(5)|true",
                "TEXT|bit(5)|bit(6)|false",
                "TEXT|bit(1)|bit(1)|true",
                "TEXT|bit(5)|bit varying|true",
                "TEXT|inet6|inet|true",
                "TEXT|inet6|bytea|false",
            })
    void a_column_fits_only_where_every_value_arrives_unchanged(
            XlogType type, String source, String target, boolean fits) {
        assertThat(fits(new ColumnShape("c", type, source, false), target)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12|2|numeric|true",
                "12|2|numeric(12,2)|true",
                "12|2|numeric(13,3)|true",
                "12|2|numeric(12,3)|false",
                "20|0|numeric(20,0)|true",
                "20|0|numeric(19,0)|false",
                "20|0|bigint|false",
            })
    void a_decimal_fits_where_all_of_its_digits_do(int precision, int scale, String target, boolean fits) {
        assertThat(fits(new ColumnShape("c", XlogType.DECIMAL, "decimal", precision, scale, false), target))
                .isEqualTo(fits);
    }

    private static boolean fits(ColumnShape source, String target) {
        TableShape shape = new TableShape("s", "t", ReplicaIdentity.FULL, List.of(source), TableShape.MARIADB);
        return MariadbFit.fits(
                shape,
                source,
                new PostgresColumn("c", target, 0, target, "=", false, false, false, target.equals("mood")));
    }
}
