package io.twinlog.schemas.conflict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.wire.MalformedEventException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConflictCodecTest {

    private static final ConflictRecord CONFLICT = conflict();

    private static ConflictRecord conflict() {
        Map<String, @Nullable String> row = new HashMap<>();
        row.put("id", "1");
        row.put("größe", "ü😀");
        row.put("gone", null);
        return new ConflictRecord(
                "1-4711-3",
                ConflictKind.UPDATE_DIFFERS,
                "public",
                "orders",
                Map.of("id", "1"),
                "u",
                "The row differs in 1 column",
                List.of("größe"),
                row,
                row,
                null,
                List.of(row),
                "orders_code_key",
                ReplicaIdentity.FULL,
                ConflictPolicy.HOLD,
                ConflictOutcome.HELD,
                "The policy says so",
                "1-4700-1",
                "pg_other",
                "23505",
                1,
                "0/16B3748",
                "815",
                1,
                2,
                "shop.public.orders",
                0,
                99,
                new byte[] {1, 2},
                new byte[] {3, 4, 5});
    }

    @Test
    void every_field_comes_back_as_it_was() {
        ConflictRecord read = ConflictCodec.decode(ConflictCodec.encode(CONFLICT));

        assertThat(read).usingRecursiveComparison().isEqualTo(CONFLICT);
    }

    @Test
    void every_truncation_is_refused() {
        byte[] bytes = ConflictCodec.encode(CONFLICT);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ConflictCodec.decode(cut)).isInstanceOf(MalformedEventException.class);
        }
    }
}
