package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.PropagationMode;

/**
 * The real library compared with plain arrays, for any size, offset, overlap and transfer limit.
 */
@AddLifecycleHook(value = RequiresDml.PropertyCondition.class,
        propagateTo = PropagationMode.ALL_DESCENDANTS)
class DmlBytesIT {
    private static final int LARGEST = 1 << 20;
    private static final int SLACK = 4_096;

    @Provide
    Arbitrary<Integer> sizes() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(0, 300)),
                Tuple.of(3, Arbitraries.integers().between(0, 20_000)),
                Tuple.of(1, Arbitraries.integers().between(0, LARGEST)));
    }

    @Provide
    Arbitrary<Integer> transfers() {
        return Arbitraries.of(64, 128, 192, 4_096, 65_536, 1 << 30);
    }

    @Provide
    Arbitrary<VdmFlags> flags() {
        return Arbitraries.of(VdmFlags.NONE, VdmFlags.NO_CACHE_HINT);
    }

    private static DmlDataMover mover(int transfer) {
        return DmlDataMover.builder()
                .nativeMemoryIsPersistent(true)
                .path(DmlPath.SOFTWARE)
                .slots(1)
                .maxTransferBytes(transfer)
                .open();
    }

    private static byte[] noise(int size, long seed) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static void finish(VdmFuture<VdmOutput> future) {
        future.busyPoll();
        assertEquals(VdmResult.SUCCESS, future.result());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void memcpyWritesOnlyTheRange(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = SLACK) int from,
            @ForAll @IntRange(max = SLACK) int to,
            @ForAll("transfers") int transfer,
            @ForAll("flags") VdmFlags flags,
            @ForAll long seed) {
        byte[] source = noise(size + SLACK, seed);
        byte[] expected = noise(size + SLACK + 1, seed + 1);
        try (Arena arena = Arena.ofConfined(); var mover = mover(transfer)) {
            MemorySegment reading =
                    arena.allocate(source.length).copyFrom(MemorySegment.ofArray(source));
            MemorySegment writing =
                    arena.allocate(expected.length).copyFrom(MemorySegment.ofArray(expected));
            finish(mover.memcpy(writing.asSlice(to, size), reading.asSlice(from, size), flags));
            System.arraycopy(source, from, expected, to, size);
            assertArrayEquals(expected, writing.toArray(ValueLayout.JAVA_BYTE));
            assertArrayEquals(source, reading.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void memmoveOfAnyOverlapMatchesAnArray(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = SLACK) int from,
            @ForAll @IntRange(max = SLACK) int to,
            @ForAll("transfers") int transfer,
            @ForAll("flags") VdmFlags flags,
            @ForAll long seed) {
        byte[] expected = noise(size + SLACK, seed);
        try (Arena arena = Arena.ofConfined(); var mover = mover(transfer)) {
            MemorySegment memory =
                    arena.allocate(expected.length).copyFrom(MemorySegment.ofArray(expected));
            finish(mover.memmove(memory.asSlice(to, size), memory.asSlice(from, size), flags));
            System.arraycopy(expected, from, expected, to, size);
            assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void memsetWritesOnlyTheRange(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = SLACK) int to,
            @ForAll("transfers") int transfer,
            @ForAll byte value,
            @ForAll("flags") VdmFlags flags,
            @ForAll long seed) {
        byte[] expected = noise(size + SLACK, seed);
        try (Arena arena = Arena.ofConfined(); var mover = mover(transfer)) {
            MemorySegment memory =
                    arena.allocate(expected.length).copyFrom(MemorySegment.ofArray(expected));
            finish(mover.memset(memory.asSlice(to, size), value, flags));
            Arrays.fill(expected, to, to + size, value);
            assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void flushChangesNothing(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = SLACK) int at,
            @ForAll("transfers") int transfer,
            @ForAll long seed) {
        byte[] expected = noise(size + SLACK, seed);
        try (Arena arena = Arena.ofConfined(); var mover = mover(transfer)) {
            MemorySegment memory =
                    arena.allocate(expected.length).copyFrom(MemorySegment.ofArray(expected));
            finish(mover.flush(memory.asSlice(at, size)));
            assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Property(tries = 20, edgeCases = EdgeCasesMode.NONE)
    void reusedOperationExecutesItsLastPreparation(
            @ForAll("transfers") int transfer,
            @ForAll long seed) {
        var random = new Random(seed);
        byte[] expected = noise(30_000, seed);
        try (Arena arena = Arena.ofConfined(); var mover = mover(transfer)) {
            MemorySegment memory =
                    arena.allocate(expected.length).copyFrom(MemorySegment.ofArray(expected));
            VdmOperation operation = mover.newOperation();
            for (int i = 0; i < 50; i++) {
                int size = random.nextInt(10_000);
                int from = random.nextInt(20_000);
                int to = random.nextInt(20_000);
                if (random.nextBoolean()) {
                    operation
                            .memmove(memory.asSlice(to, size), memory.asSlice(from, size),
                                    VdmFlags.NONE)
                            .busyPoll();
                    System.arraycopy(expected, from, expected, to, size);
                } else {
                    operation.memset(memory.asSlice(to, size), (byte) i, VdmFlags.NONE).busyPoll();
                    Arrays.fill(expected, to, to + size, (byte) i);
                }
                assertEquals(VdmResult.SUCCESS, operation.result());
            }
            assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
