package io.twinlog.capture.mariadb.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GtidSetTest {

    @Test
    void what_the_server_prints_is_read_with_its_tags() {
        GtidSet set = GtidSet.parse("a-1:1-3:11:47-49:red:1-5:9:blue:2,\n b-2:4 ");
        assertThat(set).hasToString("a-1:1-3:11:47-49,a-1:blue:2,a-1:red:1-5:9,b-2:4");
        assertThat(GtidSet.parse(set.toString())).hasToString(set.toString());
        assertThat(GtidSet.parse("").isEmpty()).isTrue();
        assertThat(set.isBefore("a-1", 50)).isTrue();
        assertThat(set.isBefore("a-1", 20)).isFalse();
        assertThat(set.isBefore("c-3", 1)).isFalse();
    }

    @Test
    void it_is_a_set() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            GtidSet a = new GtidSet();
            GtidSet b = new GtidSet();
            TreeSet<Long> inA = new TreeSet<>();
            TreeSet<Long> inB = new TreeSet<>();
            for (int i = 0; i < 60; i++) {
                long number = 1 + random.nextInt(50);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        a.add("u", number);
                        inA.add(number);
                    }
                    case 1 -> {
                        b.add("u", number);
                        inB.add(number);
                    }
                    default -> {
                        a.remove("u", number);
                        inA.remove(number);
                    }
                }
            }
            assertEqual(seed, a, inA);
            TreeSet<Long> rest = new TreeSet<>(inA);
            rest.removeAll(inB);
            assertEqual(seed, a.minus(b), rest);
            inA.addAll(inB);
            assertEqual(seed, a.add(b), inA);
            assertEqual(seed, GtidSet.parse(a.toString()), inA);
        }
    }

    private static void assertEqual(long seed, GtidSet set, TreeSet<Long> numbers) {
        assertThat(set.isEmpty()).as("seed " + seed).isEqualTo(numbers.isEmpty());
        for (long number = 0; number < 53; number++) {
            assertThat(set.contains("u", number))
                    .as("seed " + seed + ", " + set)
                    .isEqualTo(numbers.contains(number));
        }
    }
}
