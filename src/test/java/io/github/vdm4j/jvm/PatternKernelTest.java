package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A comparison of fills and comparisons with a loop over bytes. */
class PatternKernelTest {
    private static final long PATTERN = 0x0807_0605_0403_0201L;

    @Provide
    Arbitrary<Integer> sizes() {
        return Noise.sizes();
    }

    /** Returns patterns. Some of them have many equal bytes. */
    @Provide
    Arbitrary<Long> patterns() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.of(0L, -1L, 0x7777_7777_7777_7777L, 0x0100_0000_0000_0000L, 1L));
    }

    private static byte[] repeated(long pattern, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (pattern >>> 8 * (i % 8));
        }
        return bytes;
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void fillRepeatsThePatternFromTheFirstByte(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll("patterns") long pattern) {
        if (!kind.isWritable()) {
            return;
        }
        Placed destination = Placed.room(kind, misalignment, size);
        PatternKernel.fill(destination.segment(), pattern);
        assertArrayEquals(repeated(pattern, size), destination.bytes());
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void byteFillWritesOnlyTheSegment(
            @ForAll @IntRange(max = 40_000) int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll byte value) {
        if (!kind.isWritable()) {
            return;
        }
        Placed destination = Placed.room(kind, misalignment, size);
        PatternKernel.fill(destination.segment(), value);
        assertArrayEquals(repeated((value & 0xff) * 0x0101_0101_0101_0101L, size),
                destination.bytes());
    }

    @Test
    void byteFillIsCorrectAroundItsThresholds() {
        byte outside = 77;
        for (int size : new int[]{0, 1, 511, 512, 513, 1_023, 1_024, 1_025, 8_191, 8_192, 8_193,
            16_384, 24_577}) {
            MemorySegment around = MemorySegment.ofArray(new byte[size + 2]).fill(outside);
            PatternKernel.fill(around.asSlice(1, size), (byte) -3);
            byte[] expected = new byte[size + 2];
            Arrays.fill(expected, (byte) -3);
            expected[0] = outside;
            expected[size + 1] = outside;
            assertArrayEquals(expected, around.toArray(ValueLayout.JAVA_BYTE),
                    () -> "size " + size);
        }
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void filledRangeEqualsItsPattern(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll("patterns") long pattern) {
        Placed source = Placed.of(kind, misalignment, repeated(pattern, size));
        assertEquals(-1, PatternKernel.mismatch(source.segment(), pattern));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void mismatchFindsTheFirstDifferentByte(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll("patterns") long pattern,
            @ForAll @IntRange(max = 40_000) int where,
            @ForAll @IntRange(max = 20) int further,
            @ForAll @IntRange(min = 1, max = 255) int difference) {
        if (size == 0) {
            return;
        }
        byte[] bytes = repeated(pattern, size);
        int first = where % size;
        bytes[first] ^= (byte) difference;
        if (first + further < size && further > 0) {
            bytes[first + further] ^= (byte) difference; // This is less than a whole period.
        }
        Placed source = Placed.of(kind, misalignment, bytes);
        assertEquals(first, PatternKernel.mismatch(source.segment(), pattern));
    }

    @Test
    void theLowestByteOfThePatternComesFirst() {
        MemorySegment destination = MemorySegment.ofArray(new byte[11]);
        PatternKernel.fill(destination, PATTERN);
        assertArrayEquals(
                new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3},
                destination.toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    @Tag("slow")
    @Timeout(120)
    void fillCoversMoreThanFourGigabytes() {
        long size = (4L << 30) + 4_099;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(size);
            PatternKernel.fill(memory, PATTERN);
            assertEquals(-1, PatternKernel.mismatch(memory, PATTERN));
            for (long offset : new long[]{0, 4_097, 1L << 31, (4L << 30) - 1, 4L << 30, size - 1}) {
                assertEquals((byte) (PATTERN >>> 8 * (offset % 8)),
                        memory.get(ValueLayout.JAVA_BYTE, offset));
            }
            long last = size - 2;
            memory.set(ValueLayout.JAVA_BYTE, last, (byte) 99);
            assertEquals(last, PatternKernel.mismatch(memory, PATTERN));
        }
    }
}
