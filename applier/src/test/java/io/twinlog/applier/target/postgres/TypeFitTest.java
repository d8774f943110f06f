package io.twinlog.applier.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypeFitTest {

    @ParameterizedTest(name = "{1} into {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    INT | smallint | bigint
                    INT | integer | numeric
                    DECIMAL | numeric(10,2) | numeric(10,2)
                    DECIMAL | numeric(10,2) | numeric(12,4)
                    DECIMAL | numeric(10,2) | numeric
                    TEXT | character varying(10) | character varying(20)
                    TEXT | character varying(10) | text
                    TEXT | text | character varying
                    TEXT | mood | public.mood
                    TEXT | app.mood | text
                    TEXT | "Odd.Name" | "x"."Odd.Name"
                    LOCAL_TIMESTAMP | timestamp(3) without time zone | timestamp without time zone
                    TEXT | numeric(5,2)[] | numeric[]
                    INT | app.posint | integer
                    """)
    void fits(XlogType type, String source, String target) {
        assertThat(TypeFit.fits(column(type, source), target(type, target))).isTrue();
    }

    @ParameterizedTest(name = "{1} into {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    LONG | bigint | integer
                    DECIMAL | numeric(10,2) | numeric(10,1)
                    DECIMAL | numeric(10,2) | numeric(11,4)
                    TEXT | numeric | numeric(38,10)
                    TEXT | character varying(20) | character varying(10)
                    TEXT | text | character varying(10)
                    TEXT | json | jsonb
                    LOCAL_TIMESTAMP | timestamp without time zone | timestamp(3) without time zone
                    LOCAL_TIMESTAMP | timestamp without time zone | timestamp with time zone
                    DOUBLE | double precision | real
                    TEXT | bit(5) | bit(4)
                    TEXT | character(5) | character(4)
                    TEXT | integer[] | integer
                    TEXT | interval | interval(0)
                    """)
    void does_not_fit(XlogType type, String source, String target) {
        assertThat(TypeFit.fits(column(type, source), target(type, target))).isFalse();
    }

    private static ColumnShape column(XlogType type, String sqlType) {
        return new ColumnShape("c", type, sqlType, 10, 2, false);
    }

    private static PostgresColumn target(XlogType type, String formatted) {
        return new PostgresColumn("c", formatted, Parameter.of(type).oid(), formatted, "=", false, false, false, false);
    }
}
