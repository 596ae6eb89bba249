package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.CompareResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Fills memory with a pattern, copies it to two ranges, and finds a different byte. */
public final class CompareMemory {
    static boolean isZero(Vdm mover, MemorySegment page) {
        return mover.comparePattern(page, 0).await().equal();
    }

    static long firstDifference(Vdm mover, MemorySegment one, MemorySegment other) {
        CompareResult result = mover.compare(one, other).await();
        return result.equal() ? -1 : result.mismatchOffset();
    }

    static void copyTwice(Vdm mover, MemorySegment first, MemorySegment second,
            MemorySegment source) {
        // the low 12 bits of both addresses must be equal
        mover.dualcast(first, second, source).await();
    }

    /** Fills a range, copies it, changes a byte, and prints its offset. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment page = arena.allocate(4_096);
            boolean zero = isZero(mover, page);
            mover.fill(page, 0x0807060504030201L).await(); // bytes 1, 2, ... 8, 1, 2, ...
            MemorySegment one = arena.allocate(4_096, 4_096);
            MemorySegment other = arena.allocate(4_096, 4_096);
            copyTwice(mover, one, other, page);
            other.set(JAVA_BYTE, 1_001, (byte) 0);
            System.out.println(
                    "zero: %b, differ at %d".formatted(zero, firstDifference(mover, one, other)));
        }
    }
}
