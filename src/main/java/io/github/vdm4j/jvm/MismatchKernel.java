package io.github.vdm4j.jvm;

import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The kernel that finds the first byte in which two ranges differ. */
final class MismatchKernel {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private MismatchKernel() {}

    /**
     * Returns the offset of the first differing byte, or -1. It compares mapped files long by long,
     * because the JDK's comparison crashes the process at a missing page. The JVM does not handle
     * page faults in the stub of this comparison.
     */
    static long find(MemorySegment first, long from, MemorySegment second, long secondFrom,
            long length) {
        if (!MemoryRegions.mayLackPages(first) && !MemoryRegions.mayLackPages(second)) {
            return MemorySegment.mismatch(first, from, from + length, second, secondFrom,
                    secondFrom + length);
        }
        long at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            long difference = first.get(LONG, from + at) ^ second.get(LONG, secondFrom + at);
            if (difference != 0) {
                return at + Long.numberOfTrailingZeros(difference) / Byte.SIZE;
            }
        }
        for (; at < length; at++) {
            if (first.get(ValueLayout.JAVA_BYTE, from + at) != second.get(ValueLayout.JAVA_BYTE,
                    secondFrom + at)) {
                return at;
            }
        }
        return -1;
    }
}
