package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RangeIndexTest {
    private record Range(long start, long length) {}

    private static long nanosPerLookUp(int ranges) {
        var index = new RangeIndex<Range>((range, key) -> true);
        for (int i = 0; i < ranges; i++) {
            index.add(4_096L * i, 4_096, new Range(4_096L * i, 4_096));
        }
        long[] rounds = new long[30];
        for (int round = 0; round < rounds.length; round++) {
            long before = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                long address = 4_096L * (i * 31L % ranges) + 5;
                assertEquals(address & -4_096L, index.find(address, 64, null).start());
            }
            rounds[round] = System.nanoTime() - before;
        }
        Arrays.sort(rounds);
        return rounds[0] / 10_000 + 1;
    }

    @Test
    void lookUpTimeIsIndependentOfTheNumber() {
        nanosPerLookUp(1_000); // This compiles the look-up.
        long one = nanosPerLookUp(1);
        long many = nanosPerLookUp(100_000);
        // A search through all ranges would take 50,000 times the time.
        assertTrue(many < 100 * one, "%d ns for 1, %d ns for 100,000".formatted(one, many));
    }

    @Property(tries = 300)
    void lookUpMatchesALinearSearch(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int steps) {
        Random random = new Random(seed);
        var index = new RangeIndex<Range>((range, key) -> range.start() % 3 != (Integer) key);
        List<Range> all = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            if (!all.isEmpty() && random.nextInt(3) == 0) {
                Range gone = all.remove(random.nextInt(all.size()));
                index.remove(gone.start(), gone.length(), gone);
            } else {
                var range =
                        new Range(random.nextInt(1_000), random.nextInt(1 << random.nextInt(10)));
                all.add(range);
                index.add(range.start(), range.length(), range);
            }
            assertEquals(all.isEmpty(), index.isEmpty());
            for (int i = 0; i < 20; i++) {
                long address = random.nextInt(1_100);
                long length = random.nextInt(40);
                int key = random.nextInt(4);
                Range expected = all.stream()
                        .filter(range -> range.start() % 3 != key
                                && range.start() <= address
                                && address + length <= range.start() + range.length())
                        .findFirst()
                        .orElse(null);
                assertSame(expected, index.find(address, length, key));
            }
        }
    }

    @Test
    void fullHeapLeavesNoHalfOfARange() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofSeconds(60),
                List.of("-Xmx8m", "-XX:+UseSerialGC", "-XX:-UseTLAB"), FullHeapRanges.class);
        assertTrue(child.output().contains(FullHeapRanges.WORKS), child::toString);
    }

    @Test
    void rangeOfAllAddressesIsFound() {
        var index = new RangeIndex<String>((range, key) -> true);
        index.add(0, Long.MAX_VALUE, "all");
        assertEquals("all", index.find(0x7fff_0000_0000L, 1 << 20, null));
        index.remove(0, Long.MAX_VALUE, "all");
        assertTrue(index.isEmpty());
    }
}
