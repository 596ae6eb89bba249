package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * A comparison of operations of any size, offset and split limit with the JDK on a byte array. The
 * simulated hardware moves each part at the last possible moment. Every byte that a part touches
 * must lie in the operation's own ranges.
 */
@Label("H5: an operation split into parts")
class DmlDataMoverSplitTest {
    /** All tries share one simulation, because its stubs take long to create. */
    private static final SimulatedDml DML = new SimulatedDml().withHardware();

    private static final int PAGE_FAULT = dml_h.DML_STATUS_PAGE_FAULT_ERROR;

    @AfterContainer
    static void noRuleWasBroken() {
        DML.close();
    }

    private static DmlDataMover open(boolean hardware, int limit) {
        DML.forget();
        DML.maxTransferBytes(hardware ? limit * 64L : Integer.MAX_VALUE);
        return DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .nativeMemoryIsPersistent(true)
                .library(DML.library())
                .path(hardware ? DmlPath.HARDWARE : DmlPath.SOFTWARE)
                .withoutTrial()
                .maxTransferBytes(limit * 64L)
                .slots(8)
                .open();
    }

    private static byte[] noise(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void finish(VdmFuture<VdmOutput> future) {
        for (int i = 0; future.poll() != FutureState.COMPLETE; i++) {
            assertTrue(i < 1_000_000, "does not end");
        }
        future.orThrow();
    }

    private static void check(
            boolean hardware, int limit, byte[] memory, byte[] expected,
            Function<MemorySegment, Function<DmlDataMover, VdmFuture<VdmOutput>>> operation) {
        try (DmlDataMover mover = open(hardware, limit);
                Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(memory.length, 64);
            segment.copyFrom(MemorySegment.ofArray(memory));
            finish(operation.apply(segment).apply(mover));
            assertArrayEquals(expected, segment.toArray(ValueLayout.JAVA_BYTE));
        }
        DML.close();
    }

    private static MemorySegment slice(MemorySegment memory, int offset, int size) {
        return DML.allow(memory.asSlice(offset, size));
    }

    @Property(tries = 500)
    void overlappingMovesMatchTheJdk(
            @ForAll boolean hardware,
            @ForAll @IntRange(min = 1, max = 20) int limit,
            @ForAll @IntRange(max = 3000) int size,
            @ForAll @IntRange(max = 1500) int from,
            @ForAll @IntRange(max = 1500) int to,
            @ForAll @IntRange(max = 3) int checks) {
        byte[] memory = noise(size, 4500);
        byte[] expected = memory.clone();
        System.arraycopy(memory, from, expected, to, size);
        check(
                hardware,
                limit,
                memory,
                expected,
                segment -> mover -> {
                    DML.always(Plan.succeed().afterChecks(checks));
                    return mover.memmove(slice(segment, to, size), slice(segment, from, size));
                });
    }

    @Property(tries = 300)
    void movesByLessThanAPartMatchTheJdk(
            @ForAll boolean hardware,
            @ForAll @IntRange(min = 1, max = 4) int limit,
            @ForAll @IntRange(min = 1, max = 1000) int size,
            @ForAll @IntRange(min = -300, max = 300) int shift) {
        byte[] memory = noise(size, 1600);
        byte[] expected = memory.clone();
        System.arraycopy(memory, 300, expected, 300 + shift, size);
        check(
                hardware,
                limit,
                memory,
                expected,
                segment -> mover -> mover.memmove(slice(segment, 300 + shift, size),
                        slice(segment, 300, size)));
    }

    @Property(tries = 200)
    void faultingCopiesMatchTheJdk(
            @ForAll boolean hardware,
            @ForAll @IntRange(min = 1, max = 8) int limit,
            @ForAll @IntRange(min = 1, max = 2000) int size,
            @ForAll @IntRange(max = 63) int from,
            @ForAll @IntRange(max = 63) int to,
            @ForAll long seed) {
        byte[] memory = noise(seed, 4500);
        byte[] expected = memory.clone();
        System.arraycopy(memory, from, expected, 2200 + to, size);
        var random = new Random(seed);
        check(
                hardware,
                limit,
                memory,
                expected,
                segment -> mover -> {
                    // A fourth of the submissions fault. At this rate, no part has 16 consecutive
                    // faults.
                    DML.always(
                            part -> random.nextInt(4) == 0
                                    ? Plan.fail(PAGE_FAULT).moving(random.nextLong(part.length()))
                                    : Plan.succeed());
                    return mover.memcpy(slice(segment, 2200 + to, size),
                            slice(segment, from, size));
                });
    }

    @Property(tries = 200)
    void fillsMatchTheJdk(
            @ForAll boolean hardware,
            @ForAll @IntRange(min = 1, max = 20) int limit,
            @ForAll @IntRange(max = 3000) int size,
            @ForAll @IntRange(max = 100) int to,
            @ForAll byte value) {
        byte[] memory = noise(size, 3200);
        byte[] expected = memory.clone();
        Arrays.fill(expected, to, to + size, value);
        check(hardware, limit, memory, expected,
                segment -> mover -> mover.memset(slice(segment, to, size), value));
    }

    @Property(tries = 200)
    @Label("H10: flushes exactly the cache lines that the range touches, each once")
    void flushesTheCoveringLines(
            @ForAll boolean hardware,
            @ForAll @IntRange(min = 1, max = 20) int limit,
            @ForAll @IntRange(min = 1, max = 3000) int size,
            @ForAll @IntRange(max = 200) int at) {
        byte[] memory = noise(size, 3200);
        var begin = new long[1];
        check(
                hardware,
                limit,
                memory,
                memory,
                segment -> mover -> {
                    begin[0] = segment.address();
                    return mover.flush(slice(segment, at, size));
                });
        long next = begin[0] + at / 64 * 64;
        for (Submission part : DML.submissions()) {
            assertEquals(next, part.destination());
            next += part.length();
        }
        assertEquals(begin[0] + (at + size + 63) / 64 * 64, next);
    }

    @Property(tries = 100)
    void partsMayEndInAnyOrder(@ForAll long seed) {
        var random = new Random(seed);
        try (DmlDataMover mover = open(true, 100);
                Arena arena = Arena.ofConfined()) {
            DML.always(Plan.hold());
            MemorySegment source =
                    DML.allow(arena.allocateFrom(ValueLayout.JAVA_BYTE, noise(seed, 800)));
            MemorySegment destination = DML.allow(arena.allocate(800));
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                copies.add(mover.memcpy(destination.asSlice(i * 100, 100),
                        source.asSlice(i * 100, 100)));
                assertSame(FutureState.RUNNING, copies.get(i).poll());
                order.add(i);
            }
            Collections.shuffle(order, random);
            for (int i : order) {
                DML.submissions().get(i).release();
                for (int other = 0; other < 8; other++) {
                    boolean before = copies.get(other).state() == FutureState.COMPLETE;
                    boolean after = copies.get(other).poll() == FutureState.COMPLETE;
                    assertEquals(before || other == i, after,
                            "future " + other + " when " + i + " ended");
                }
                assertSame(VdmResult.SUCCESS, copies.get(i).result());
            }
            assertEquals(-1, source.mismatch(destination));
        }
        DML.close();
    }
}
