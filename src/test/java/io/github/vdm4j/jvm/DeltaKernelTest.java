package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * A comparison of delta records, and of their application, with DML's specification byte by byte.
 */
class DeltaKernelTest {
    private static final int MOST = 0x80000;

    /** The number of blocks of a range, and how many of 1,000 blocks differ. */
    record Ranges(int blocks, int differing, long seed) {
        byte[] original() {
            return Noise.bytes(8 * blocks, seed);
        }

        byte[] modified() {
            byte[] bytes = original();
            var random = new SplittableRandom(seed + 1);
            for (int block = 0; block < blocks; block++) {
                if (random.nextInt(1_000) < differing) {
                    bytes[8 * block + random.nextInt(8)] ^= (byte) random.nextInt(1, 256);
                }
            }
            return bytes;
        }
    }

    @Provide
    Arbitrary<Ranges> ranges() {
        Arbitrary<Integer> blocks = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 40), Arbitraries.integers().between(0, 2_000),
                Arbitraries.of(MOST / 8));
        return Combinators
                .combine(blocks, Arbitraries.of(0, 1, 20, 60, 500, 970, 1_000), Arbitraries.longs())
                .as(Ranges::new);
    }

    private static byte[] record(byte[] original, byte[] modified) {
        var record = new ByteArrayOutputStream();
        for (int at = 0; at < original.length; at += 8) {
            if (!Arrays.equals(original, at, at + 8, modified, at, at + 8)) {
                record.write(at / 8);
                record.write(at / 8 >> 8);
                record.write(modified, at, 8);
            }
        }
        return record.toByteArray();
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void recordContainsEachDifferentBlock(
            @ForAll("ranges") Ranges ranges,
            @ForAll Placed.Kind kind,
            @ForAll Placed.Kind otherKind,
            @ForAll @IntRange(max = 1) int misalignment) {
        byte[] original = ranges.original();
        byte[] modified = ranges.modified();
        byte[] expected = record(original, modified);
        Placed.Kind writable = kind.isWritable() ? kind : Placed.Kind.NATIVE;
        Placed record = Placed.room(writable, misalignment, Math.max(80, expected.length));

        long size = DeltaKernel.create(
                record.segment(),
                Placed.of(kind, 8 * misalignment, original).segment(),
                Placed.of(otherKind, misalignment, modified).segment());

        assertEquals(expected.length, size);
        assertArrayEquals(expected, Arrays.copyOf(record.bytes(), expected.length));
        MemorySegment made = record.segment().asSlice(0, size);
        assertNull(DeltaKernel.defect(made, original.length));
        Placed destination = Placed.of(writable, misalignment, original);
        DeltaKernel.apply(destination.segment(), made);
        assertArrayEquals(modified, destination.bytes());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void smallRecordOverflowsAndIsFilled(
            @ForAll("ranges") Ranges ranges, @ForAll @IntRange(min = 8, max = 3_000) int entries) {
        byte[] original = ranges.original();
        byte[] modified = ranges.modified();
        byte[] all = record(original, modified);
        int capacity = 10 * entries;
        Placed record = Placed.room(Placed.Kind.NATIVE, 0, capacity);

        long size = DeltaKernel.create(
                record.segment(), MemorySegment.ofArray(original), MemorySegment.ofArray(modified));

        int fits = Math.min(capacity, all.length);
        assertEquals(all.length <= capacity ? all.length : ~capacity, size);
        assertArrayEquals(Arrays.copyOf(all, fits), Arrays.copyOf(record.bytes(), fits));
    }

    @Test
    void theLastBlockOfTheLongestRangeIsRecorded() {
        byte[] original = new byte[MOST];
        byte[] modified = new byte[MOST];
        modified[MOST - 1] = 9;
        MemorySegment record = MemorySegment.ofArray(new byte[80]);
        assertEquals(
                10, DeltaKernel.create(record, MemorySegment.ofArray(original),
                        MemorySegment.ofArray(modified)));
        assertArrayEquals(
                new byte[]{-1, -1, 0, 0, 0, 0, 0, 0, 0, 9},
                record.asSlice(0, 10).toArray(ValueLayout.JAVA_BYTE));
        assertNull(DeltaKernel.defect(record.asSlice(0, 10), MOST));
        DeltaKernel.apply(MemorySegment.ofArray(original), record.asSlice(0, 10));
        assertArrayEquals(modified, original);
    }

    private static MemorySegment entries(int... blocks) {
        MemorySegment record = MemorySegment.ofArray(new byte[10 * blocks.length]);
        for (int i = 0; i < blocks.length; i++) {
            record.set(ValueLayout.JAVA_BYTE, 10L * i, (byte) blocks[i]);
            record.set(ValueLayout.JAVA_BYTE, 10L * i + 1, (byte) (blocks[i] >> 8));
        }
        return record;
    }

    @Test
    void h25EntryBeyondTheDestinationIsADefect() {
        assertNull(DeltaKernel.defect(entries(0, 511), 4_096));
        assertEquals(
                "entry 1 of the delta record is for offset 4,096, outside of the 4,096 bytes of "
                        + "the destination",
                DeltaKernel.defect(entries(0, 512), 4_096));
        assertEquals(
                "entry 0 of the delta record is for offset 524,280, outside of the 4,096 bytes "
                        + "of the destination",
                DeltaKernel.defect(entries(0xffff, 512), 4_096));
        assertEquals(
                "entry 0 of the delta record is for offset 0, outside of the 0 bytes of the "
                        + "destination",
                DeltaKernel.defect(entries(0), 0));
    }

    @Test
    void h25UnorderedEntryIsADefect() {
        assertNull(DeltaKernel.defect(entries(1, 2, 511), 4_096));
        assertEquals(
                "entry 2 of the delta record is for offset 16, after one for 16: they must ascend",
                DeltaKernel.defect(entries(1, 2, 2), 4_096));
        assertEquals(
                "entry 1 of the delta record is for offset 0, after one for 8: they must ascend",
                DeltaKernel.defect(entries(1, 0), 4_096));
    }

    @Test
    void h25TruncatedEntryIsADefect() {
        assertEquals(
                "the delta record has 15 bytes: it must be a multiple of 10",
                DeltaKernel.defect(entries(0, 1).asSlice(0, 15), 4_096));
        assertNull(DeltaKernel.defect(MemorySegment.NULL, 4_096));
    }

    @Test
    void entryChangedAfterTheCheckWritesInsideOnly() {
        MemorySegment destination = MemorySegment.ofArray(new byte[64]).asSlice(0, 32);
        assertThrows(IndexOutOfBoundsException.class,
                () -> DeltaKernel.apply(destination, entries(4)));
    }
}
