package io.twinlog.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

    @Test
    void every_category_has_its_exit_code() {
        Map<Category, Integer> codes = Arrays.stream(Category.values())
                .collect(Collectors.toMap(
                        Function.identity(),
                        category ->
                                ExitCode.of(new TwinlogException(category, "x")).number()));

        assertThat(codes)
                .isEqualTo(Map.of(
                        Category.OUTAGE, 1,
                        Category.TRANSIENT, 1,
                        Category.CONFIG, 2,
                        Category.SCHEMA, 1,
                        Category.GAP, 3,
                        Category.HALT, 1,
                        Category.BUG, 1));
    }

    @Test
    void what_nobody_foresaw_is_an_error() {
        assertThat(ExitCode.of(new IllegalStateException("x"))).isEqualTo(ExitCode.ERROR);
    }
}
