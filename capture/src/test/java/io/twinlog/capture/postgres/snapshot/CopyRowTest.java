package io.twinlog.capture.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.row.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyRowTest {

    private static final String[] PIECES = {"a", "\\", "\t", "\n", "\r", "\b", "\f", "\u000b", "N", "\\N", "ü", "\u0001"
    };

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void columns_come_back_as_they_were(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            List<String> columns = new ArrayList<>();
            StringBuilder line = new StringBuilder();
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                line.append(i == 0 ? "" : "\t");
                if (random.nextInt(5) == 0) {
                    columns.add(null);
                    line.append("\\N");
                    continue;
                }
                StringBuilder value = new StringBuilder();
                for (int piece = random.nextInt(6); piece > 0; piece--) {
                    value.append(PIECES[random.nextInt(PIECES.length)]);
                }
                columns.add(value.toString());
                line.append(escape(value.toString()));
            }
            Tuple tuple = new Tuple();
            CopyRow.parse(line.append('\n').toString().getBytes(StandardCharsets.UTF_8), tuple);
            assertThat(columns(tuple))
                    .as(Arrays.toString(line.toString().toCharArray()))
                    .isEqualTo(columns);
        }
    }

    private static List<String> columns(Tuple tuple) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < tuple.columns(); i++) {
            columns.add(
                    tuple.kind(i) == Tuple.NULL
                            ? null
                            : new String(tuple.buffer(), tuple.offset(i), tuple.length(i), StandardCharsets.UTF_8));
        }
        return columns;
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\b", "\\b")
                .replace("\f", "\\f")
                .replace("\u000b", "\\v");
    }
}
