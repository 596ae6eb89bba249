package io.github.vdm4j.jvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The kernel that fills and compares with a pattern of eight bytes. The lowest byte of the {@code
 * long} comes first.
 */
public final class PatternKernel {
    private static final ValueLayout.OfLong PATTERN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The bytes that the kernel writes in longs. Copies fill the rest, because they are faster. */
    private static final int WRITTEN = 64;

    /** The bytes that a fill copies from the table first. The JDK executes shorter fills. */
    private static final int SEED = 512;

    /** The bytes of each copy within the destination. Both ranges fit into a core's L1 cache. */
    private static final int RUN = 1 << 13;

    private static final long LOW_BYTES = 0x0101_0101_0101_0101L;

    private PatternKernel() {}

    /**
     * A table of 128 KiB with a run of each byte, created at the first use. A loop would make short
     * fills slower, depending on the fills that preceded its compilation. A slice of the
     * destination would be an allocation.
     */
    private static final class Seeds {
        static final MemorySegment ALL = Arena.global().allocate(256L * SEED, 64);

        static {
            for (int value = 0; value < 256; value++) {
                ALL.asSlice((long) value * SEED, SEED).fill((byte) value);
            }
        }
    }

    /** Fills a segment of any kind, alignment and length. The pattern begins at its start. */
    public static void fill(MemorySegment destination, long pattern) {
        if (pattern == (pattern & 0xff) * LOW_BYTES) {
            fill(destination, (byte) pattern);
            return;
        }
        long size = destination.byteSize();
        int beginning = (int) Math.min(WRITTEN, size);
        int longs = beginning & -Long.BYTES;
        for (int i = 0; i < longs; i += Long.BYTES) {
            destination.set(PATTERN, i, pattern);
        }
        for (int i = longs; i < beginning; i++) {
            destination.set(ValueLayout.JAVA_BYTE, i, (byte) (pattern >>> (8 * (i - longs))));
        }
        repeat(destination, beginning, size);
    }

    private static void repeat(MemorySegment destination, long written, long size) {
        long done = written;
        while (done < size) {
            long part = Math.min(Math.min(done, RUN), size - done);
            MemorySegment.copy(destination, 0, destination, done, part);
            done += part;
        }
    }

    /**
     * Fills a segment with a byte. For {@value #SEED} bytes or more, it is faster than {@link
     * MemorySegment#fill}, because the JDK's copies are faster than its fills (docs/adr/0015).
     */
    public static void fill(MemorySegment destination, byte value) {
        long size = destination.byteSize();
        if (size < SEED) {
            destination.fill(value);
            return;
        }
        MemorySegment.copy(Seeds.ALL, (long) (value & 0xff) * SEED, destination, 0, SEED);
        repeat(destination, SEED, size);
    }

    /** Returns the offset of the first byte that differs from a pattern, or -1. */
    static long mismatch(MemorySegment source, long pattern) {
        long size = source.byteSize();
        if (size >= Long.BYTES) {
            long difference = source.get(PATTERN, 0) ^ pattern;
            if (difference != 0) {
                return Long.numberOfTrailingZeros(difference) / Byte.SIZE;
            }
            // Every further byte is correct if it equals the byte eight positions earlier.
            long rest = size - Long.BYTES;
            long equal = MismatchKernel.find(source, 0, source, Long.BYTES, rest);
            return equal < 0 ? -1 : equal + Long.BYTES;
        }
        for (int i = 0; i < size; i++) {
            if (source.get(ValueLayout.JAVA_BYTE, i) != (byte) (pattern >>> (8 * i))) {
                return i;
            }
        }
        return -1;
    }
}
