package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * A comparison of every operation with plain arrays, for any size, offset, overlap and kind of
 * memory.
 */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class VdmOracleProperties {
    private static final int BUFFER = 70_000;

    private Vdm mover;

    /** Opens the mover under test. JUnit closes it after each property. */
    protected abstract Vdm open();

    /** Returns whether the properties use heap segments, too. */
    protected boolean takesHeapSegments() {
        return true;
    }

    /** Opens the mover. */
    @BeforeProperty
    public final void openMover() {
        mover = open();
    }

    /** Closes the mover. */
    @AfterProperty
    public final void closeMover() {
        mover.close();
    }

    /**
     * A range of the destination's buffer, a range of the source's buffer, and their kinds of
     * memory.
     */
    public record Ranges(int to, int from, int size, boolean heapTo, boolean heapFrom, long seed) {}

    /**
     * Ranges that fit into their buffers and lie close together. Most ranges in a common buffer
     * overlap.
     */
    @Provide
    public Arbitrary<Ranges> ranges() {
        Arbitrary<Integer> sizes = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of(0, 1, 63, 64, 65, 4_096)),
                Tuple.of(3, Arbitraries.integers().between(0, 130)),
                Tuple.of(2, Arbitraries.integers().between(0, 5_000)),
                Tuple.of(1, Arbitraries.integers().between(0, 65_536)));
        Arbitrary<Integer> offsets = Arbitraries.integers().between(0, 4_400);
        Arbitrary<Boolean> heap =
                takesHeapSegments() ? Arbitraries.of(true, false) : Arbitraries.just(false);
        return Combinators.combine(offsets, offsets, sizes, heap, heap, Arbitraries.longs())
                .as(Ranges::new);
    }

    private static byte[] noise(long seed) {
        byte[] bytes = new byte[BUFFER];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static MemorySegment buffer(Arena arena, boolean heap, byte[] content) {
        MemorySegment segment =
                heap ? MemorySegment.ofArray(new byte[BUFFER]) : arena.allocate(BUFFER);
        return segment.copyFrom(MemorySegment.ofArray(content));
    }

    private static void run(VdmFuture<VdmOutput> future, boolean withoutResult) {
        future.busyPoll();
        assertEquals(VdmResult.SUCCESS, future.result(), withoutResult ? "empty range" : "range");
    }

    /** Compares copies between two buffers. */
    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    public void memcpyGivesTheBytesOfAnArrayCopy(@ForAll("ranges") Ranges r) {
        try (Arena arena = Arena.ofShared()) {
            byte[] source = noise(r.seed);
            byte[] expected = noise(~r.seed);
            MemorySegment from = buffer(arena, r.heapFrom, source);
            MemorySegment to = buffer(arena, r.heapTo, expected);
            run(mover.memcpy(to.asSlice(r.to, r.size), from.asSlice(r.from, r.size)), r.size == 0);
            System.arraycopy(source, r.from, expected, r.to, r.size);
            assertArrayEquals(expected, to.toArray(ValueLayout.JAVA_BYTE));
            assertArrayEquals(source, from.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Compares moves within a buffer. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    public void memmoveGivesTheBytesOfAnArrayCopyThroughACopy(@ForAll("ranges") Ranges r) {
        try (Arena arena = Arena.ofShared()) {
            byte[] expected = noise(r.seed);
            MemorySegment buffer = buffer(arena, r.heapTo, expected);
            run(mover.memmove(buffer.asSlice(r.to, r.size), buffer.asSlice(r.from, r.size)),
                    r.size == 0);
            byte[] moved = Arrays.copyOfRange(expected, r.from, r.from + r.size);
            System.arraycopy(moved, 0, expected, r.to, r.size);
            assertArrayEquals(expected, buffer.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Compares the fill of a part. */
    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    public void memsetGivesTheBytesOfAnArrayFill(@ForAll("ranges") Ranges r, @ForAll byte value) {
        try (Arena arena = Arena.ofShared()) {
            byte[] expected = noise(r.seed);
            MemorySegment buffer = buffer(arena, r.heapTo, expected);
            run(mover.memset(buffer.asSlice(r.to, r.size), value), r.size == 0);
            Arrays.fill(expected, r.to, r.to + r.size, value);
            assertArrayEquals(expected, buffer.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Checks that memcpy refuses exactly the overlapping ranges. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    public void memcpyRefusesExactlyTheOverlappingRanges(@ForAll("ranges") Ranges r) {
        try (Arena arena = Arena.ofShared()) {
            byte[] before = noise(r.seed);
            MemorySegment buffer = buffer(arena, r.heapTo, before);
            int overlap = r.size - Math.abs(r.to - r.from);
            try {
                run(mover.memcpy(buffer.asSlice(r.to, r.size), buffer.asSlice(r.from, r.size)),
                        r.size == 0);
                assertEquals(true, overlap <= 0, "overlap of " + overlap + " was not refused");
                System.arraycopy(before, r.from, before, r.to, r.size);
            } catch (IllegalArgumentException e) {
                assertEquals(true,
                        e.getMessage().contains("overlap by %,d bytes".formatted(overlap)),
                        e.getMessage());
            }
            assertArrayEquals(before, buffer.toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
